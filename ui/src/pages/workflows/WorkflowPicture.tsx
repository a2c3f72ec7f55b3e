import { useMemo, useState } from "react";
import { workflowPicture } from "../../api/calls";
import { useLoaded } from "../../api/useLoaded";
import type { Picture } from "../../api/views";
import { Graph } from "../run/Graph";
import { StandingStore } from "../run/standings";
import "../run/graph.css";

/** The graph of a workflow, with no run laid over it. */
export function WorkflowPicture({ name, picture }: { readonly name: string; readonly picture: Picture }) {
  const shown = useMemo(() => new StandingStore(), []);
  const [at, setAt] = useState("");
  const [fold, setFold] = useState<readonly string[] | null>(null);
  const folded = useLoaded(`picture ${name} ${fold?.join() ?? ""}`, async () => (fold === null ? picture : workflowPicture(name, fold)));
  const toggle = (place: string) => setFold((old) => (old?.includes(place) ? old.filter((one) => one !== place) : [...(old ?? []), place]));
  return (
    <section className="workflow-picture" aria-label={`Graph of ${name}`}>
      <Graph picture={folded.data ?? picture} shown={shown} at={at} onSelect={setAt} onFold={toggle} />
    </section>
  );
}
