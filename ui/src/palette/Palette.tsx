/** The palette: type a few letters, go to a page, a run or a workflow, or have something done. */

import { useEffect, useId, useMemo, useRef, useState, type KeyboardEvent } from "react";
import { runs, workflows } from "../api/calls";
import type { RunRow, WorkflowRow } from "../api/views";
import { go, runHref } from "../app/router";
import { Dialog } from "../components/Dialog";
import { matching, type Entry } from "./matching";
import "./palette.css";

const PAUSE_MS = 120;
const RUNS = 8;
const GROUPS = { runs: "Runs", pages: "Pages", acts: "Acts", workflows: "Workflows" } as const;

interface Props {
  /** What is there whatever is typed: pages and acts. */
  readonly entries: readonly Entry[];
  readonly onClose: () => void;
}

export function Palette({ entries, onClose }: Props) {
  const [typed, setTyped] = useState("");
  const [at, setAt] = useState(0);
  const found = useFound(typed);
  const shown = useMemo(() => grouped([...found.map(asEntry), ...matching(entries, typed)]), [found, entries, typed]);
  const id = useId();
  const list = useRef<HTMLUListElement>(null);
  const chosen = shown[Math.min(at, shown.length - 1)];
  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: "nearest" });
  }, [at, shown]);
  const take = (entry: Entry | undefined) => {
    if (!entry) return;
    onClose();
    entry.run();
  };
  const pressed = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) setAt((old) => (Math.min(old, shown.length - 1) + step + shown.length) % Math.max(1, shown.length));
    else if (event.key === "Enter") take(chosen);
    else return;
    event.preventDefault();
  };
  return (
    <Dialog title="Go to" onClose={onClose}>
      <div className="palette">
        <input
          role="combobox"
          aria-expanded="true"
          aria-controls={id}
          aria-activedescendant={chosen ? `${id}:${chosen.id}` : undefined}
          aria-label="Go to a run, a page, an act"
          autoFocus
          spellCheck={false}
          autoComplete="off"
          placeholder="A run, a page, an act…"
          value={typed}
          onKeyDown={pressed}
          onChange={(event) => {
            setTyped(event.target.value);
            setAt(0);
          }}
        />
        <ul ref={list} id={id} role="listbox" aria-label="What fits">
          {shown.map((entry, index) => (
            <li
              key={entry.id}
              id={`${id}:${entry.id}`}
              role="option"
              aria-selected={entry === chosen}
              className={index > 0 && shown[index - 1]?.group !== entry.group ? "is-first" : ""}
              onClick={() => take(entry)}
              onMouseMove={() => setAt(index)}
            >
              <span className="clip">{entry.title}</span>
              <span className="faint">{entry.aside}</span>
              <span className="palette-group">{GROUPS[entry.group]}</span>
            </li>
          ))}
        </ul>
        {shown.length === 0 && <p className="faint" role="status">Nothing fits.</p>}
      </div>
    </Dialog>
  );
}

function grouped(entries: readonly Entry[]): readonly Entry[] {
  const order = Object.keys(GROUPS);
  return [...entries].sort((one, other) => order.indexOf(one.group) - order.indexOf(other.group));
}

type Found = { readonly run: RunRow } | { readonly workflow: WorkflowRow };

function asEntry(found: Found): Entry {
  if ("run" in found) {
    const { id, workflow, status } = found.run;
    return { id: `run ${id}`, title: id, aside: `${workflow} · ${status}`, group: "runs", run: () => go(runHref(id)) };
  }
  const { name, kind } = found.workflow;
  return { id: `workflow ${name}`, title: name, aside: kind, group: "workflows", run: () => go(`/workflows/${encodeURIComponent(name)}`) };
}

/** Runs and workflows that fit what is typed, a moment after it was typed. */
function useFound(typed: string): readonly Found[] {
  const [found, setFound] = useState<readonly Found[]>([]);
  useEffect(() => {
    const text = typed.trim();
    const asking = new AbortController();
    const timer = window.setTimeout(() => {
      const some = Promise.all([runs({ text, limit: RUNS }, asking.signal), workflows()]);
      some.then(([page, list]) => !asking.signal.aborted && setFound([...page.runs.map((run) => ({ run })), ...fitting(list.workflows, text)])).catch(() => undefined);
    }, PAUSE_MS);
    return () => {
      window.clearTimeout(timer);
      asking.abort();
    };
  }, [typed]);
  return found;
}

function fitting(all: readonly WorkflowRow[], text: string): readonly Found[] {
  if (text === "") return [];
  return all.filter((one) => one.name.toLowerCase().includes(text.toLowerCase())).slice(0, RUNS).map((workflow) => ({ workflow }));
}
