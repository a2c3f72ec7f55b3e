/** Everything about what is selected: an event, a step, or the run itself. */

import { useEffect, useRef } from "react";
import { useLoaded } from "../../api/useLoaded";
import type { JournalRow } from "../../api/views";
import { Icon } from "../../components/Icon";
import { JsonView } from "../../components/JsonView";
import { Loading, Refused } from "../../components/Said";
import { Time } from "../../components/Time";
import type { Known, RunModel } from "./model";
import { RunDetail } from "./RunDetail";
import type { Selection } from "./selection";
import { StepShown } from "./StepShown";
import { saying } from "./kinds";

interface Props {
  readonly model: RunModel;
  readonly known: Known;
  readonly selection: Selection;
}

export function Inspector({ model, known, selection }: Props) {
  const { at, seq, tab } = selection;
  return (
    <aside className="inspector" aria-label="Inspector">
      {tab === "journal" && seq !== null && seq > 0 && <EventShown model={model} seq={seq} />}
      {at ? (
        <StepLoaded key={at} model={model} known={known} selection={selection} />
      ) : (
        <RunDetail known={known} source={model.source} />
      )}
    </aside>
  );
}

function StepLoaded({ model, known, selection }: Props) {
  const { at } = selection;
  const { source } = model;
  const line = model.step(at);
  const version = line ? `${line.status} ${line.attempts} ${line.ended_at} ${line.note}` : String(known.seq);
  const loaded = useLoaded(`${source.id} ${at}`, () => source.step(at));
  const seen = useRef(version);
  const { reload } = loaded;
  useEffect(() => {
    if (seen.current === version) return;
    seen.current = version;
    reload();
  }, [version, reload]);
  if (loaded.data) {
    return <StepShown step={loaded.data} line={line} source={source} known={known} selection={selection} />;
  }
  if (!loaded.problem) return <Loading />;
  if (loaded.problem.status === 404) return <NotReached at={at} onClose={() => selection.select("")} />;
  return <Refused problem={loaded.problem} again={loaded.reload} />;
}

function NotReached({ at, onClose }: { readonly at: string; readonly onClose: () => void }) {
  return (
    <section className="inspected">
      <header className="inspected-head">
        <h2 className="mono clip">{at}</h2>
        <button type="button" className="ghost" aria-label="Back to the run" onClick={onClose}>
          <Icon name="close" />
        </button>
      </header>
      <p className="faint">The run has not reached this step.</p>
    </section>
  );
}

function EventShown({ model, seq }: { readonly model: RunModel; readonly seq: number }) {
  const loaded = useLoaded<JournalRow>(`${model.source.id} ${seq}`, () => model.source.journalRow(seq));
  const row = loaded.data;
  return (
    <section className="inspected event-shown" aria-label="Event">
      {row ? (
        <>
          <header className="inspected-head">
            <h2>
              <span className="faint number">#{row.seq}</span> {saying(row.kind)}
            </h2>
            <span className="faint small">
              <Time at={row.at} />
            </span>
          </header>
          <JsonView text={row.body} label="event as JSON" />
        </>
      ) : (
        loaded.problem && <Refused problem={loaded.problem} again={loaded.reload} />
      )}
    </section>
  );
}
