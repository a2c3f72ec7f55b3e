/** A run, from the server or from a file: graph, timeline and journal around one selection. */

import { useEffect, useRef, useState, useSyncExternalStore } from "react";
import { download } from "../../api/calls";
import type { Problem } from "../../api/http";
import { asProblem } from "../../api/useLoaded";
import { askWho } from "../../app/here";
import { useKeys } from "../../app/keys";
import { complain } from "../../app/toasts";
import { Loading, Refused } from "../../components/Said";
import { Graph } from "./Graph";
import { Inspector } from "./Inspector";
import { Journal } from "./Journal";
import { RunModel, type Known } from "./model";
import { Replay } from "./Replay";
import { RunHead } from "./RunHead";
import { TABS, useSelection, type Selection, type Tab } from "./selection";
import type { RunSource } from "./source";
import { Steps } from "./Steps";
import { Timeline } from "./Timeline";
import "./run.css";
import "./graph.css";
import "./timeline.css";

export function RunView({ source }: { readonly source: RunSource }) {
  const [model, setModel] = useState<RunModel | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [turn, setTurn] = useState(0);
  const selection = useSelection();
  const fold = useRef(selection.fold);
  fold.current = selection.fold;
  useEffect(() => {
    const made = new RunModel(source);
    setProblem(null);
    made
      .begin(fold.current)
      .then(() => setModel(made))
      .catch((error: unknown) => {
        const found = asProblem(error);
        if (found.status === 401) askWho();
        setProblem(found);
      });
    return () => made.end();
  }, [source, turn]);
  if (problem) return <Refused problem={problem} again={() => setTurn(turn + 1)} />;
  if (!model) return <Loading />;
  return <Shown model={model} selection={selection} />;
}

function Shown({ model, selection }: { readonly model: RunModel; readonly selection: Selection }) {
  const known = useSyncExternalStore(model.subscribe, model.snapshot);
  useOpening(known, selection);
  useRunKeys(selection);
  const folded = selection.fold.join();
  useEffect(() => {
    model.refold(selection.fold).catch(complain);
  }, [model, folded]);
  if (!known) return null;
  return (
    <div className="run">
      <RunHead model={model} known={known} selection={selection} />
      <div className="run-body">
        <section className="run-main" aria-label="The run">
          <Tabs tab={selection.tab} onTab={selection.setTab} known={known} />
          <div className="run-tab" role="tabpanel" id="run-tab" aria-labelledby={`tab-${selection.tab}`}>
            <TabShown model={model} known={known} selection={selection} />
          </div>
        </section>
        <Inspector model={model} known={known} selection={selection} />
      </div>
    </div>
  );
}

function TabShown({ model, known, selection }: { readonly model: RunModel; readonly known: Known; readonly selection: Selection }) {
  const { tab, at, select } = selection;
  const isOver = ["completed", "failed", "cancelled", "compensated"].includes(known.page.run.status);
  if (tab === "timeline") return <Timeline source={model.source} seq={known.seq} at={at} onSelect={select} />;
  if (tab === "journal") return <Journal model={model} total={known.seq} selection={selection} />;
  if (tab === "steps") return <Steps steps={known.steps} at={at} onSelect={select} />;
  const file = model.source.isOffline ? undefined : download(model.source.id, "picture.svg");
  const onFold = model.source.isOffline ? undefined : selection.toggleFold;
  return (
    <>
      <Graph picture={known.picture} shown={model.shown} at={at} onSelect={select} onFold={onFold} file={file} />
      <Replay model={model} last={known.seq} seq={selection.seq} isOver={isOver} onSeq={selection.selectEvent} />
    </>
  );
}

/** Open on the step that needs a look, and go on to the next that does, unless a person or the address said which. */
function useOpening(known: Known | null, selection: Selection): void {
  const isChosen = useRef(selection.at !== "" || selection.seq !== null);
  const opened = useRef("");
  const opensAt = known?.page.opens_at ?? "";
  const { at, seq } = selection;
  useEffect(() => {
    if (!known || isChosen.current) return;
    isChosen.current = opened.current !== "" && (at !== opened.current || seq !== null);
    if (isChosen.current || !opensAt || opensAt === opened.current) return;
    opened.current = opensAt;
    selection.selectEvent(seq, opensAt);
  }, [known, opensAt, at, seq]);
}

function useRunKeys({ setTab, select }: Selection): void {
  useKeys("This run", [
    { key: "1", says: "Graph", run: () => setTab("graph") },
    { key: "2", says: "Timeline", run: () => setTab("timeline") },
    { key: "3", says: "Journal", run: () => setTab("journal") },
    { key: "4", says: "Steps", run: () => setTab("steps") },
    { key: "Escape", says: "The run itself, no step", run: () => select("") },
  ]);
}

const NAMES: Record<Tab, string> = { graph: "Graph", timeline: "Timeline", journal: "Journal", steps: "Steps" };

function Tabs({ tab, onTab, known }: { readonly tab: Tab; readonly onTab: (tab: Tab) => void; readonly known: Known }) {
  const counts: Partial<Record<Tab, number>> = { journal: known.seq, steps: known.steps.length };
  const move = (step: number) => {
    const next = TABS[(TABS.indexOf(tab) + step + TABS.length) % TABS.length];
    if (!next) return;
    onTab(next);
    document.getElementById(`tab-${next}`)?.focus();
  };
  return (
    <div
      className="tabs"
      role="tablist"
      aria-label="Ways to look at the run"
      onKeyDown={(event) => {
        if (event.key === "ArrowRight") move(1);
        else if (event.key === "ArrowLeft") move(-1);
      }}
    >
      {TABS.map((one) => (
        <button
          key={one}
          id={`tab-${one}`}
          type="button"
          role="tab"
          aria-selected={one === tab}
          aria-controls={one === tab ? "run-tab" : undefined}
          tabIndex={one === tab ? 0 : -1}
          onClick={() => onTab(one)}
        >
          {NAMES[one]}
          {counts[one] !== undefined && <span className="faint number">{counts[one]}</span>}
        </button>
      ))}
    </div>
  );
}
