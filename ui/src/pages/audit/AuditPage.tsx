/** What people did here: who, with what right, to what, and what became of it. */

import { useCallback, useEffect, useRef, useState } from "react";
import { audit, type AuditPage as Page } from "../../api/calls";
import type { Problem } from "../../api/http";
import { asProblem } from "../../api/useLoaded";
import { Link, runHref } from "../../app/router";
import { Header } from "../../components/Header";
import { Empty, Loading, Refused } from "../../components/Said";
import { Time } from "../../components/Time";
import { useNarrow } from "../../components/useNarrow";
import { VirtualTable, type Column } from "../../components/VirtualTable";

const AHEAD = 30;

type Entry = Page["entries"][number];

const COLUMNS: readonly Column<Entry>[] = [
  { name: "at", title: "When", width: "132px", cell: (entry) => <Time at={entry.at} /> },
  { name: "by", title: "Who", width: "minmax(80px, 0.6fr)", cell: (entry) => <span title={entry.by}>{entry.by}</span> },
  { name: "scope", title: "Scope", width: "76px", cell: (entry) => entry.scope },
  { name: "act", title: "Act", width: "minmax(90px, 0.8fr)", cell: (entry) => entry.act },
  { name: "target", title: "On", width: "minmax(100px, 1fr)", cell: (entry) => <Target entry={entry} /> },
  { name: "detail", title: "Detail", width: "minmax(0, 2fr)", cell: (entry) => <span title={entry.detail}>{entry.detail}</span> },
  { name: "outcome", title: "Outcome", width: "minmax(70px, 0.7fr)", cell: (entry) => <span title={entry.outcome}>{entry.outcome}</span> },
];
const NARROW = COLUMNS.filter((column) => ["at", "by", "act", "outcome"].includes(column.name));

const OF_RUNS = new Set(["cancel", "retry", "resume", "signal", "fork"]);

/** The run that an act was done to, "" where it was none. */
function runOf({ act, target }: Entry): string {
  if (OF_RUNS.has(act)) return target;
  if (act === "answer" || act === "resolve") return target.split(" ")[0] ?? "";
  return act === "start" ? target.slice(target.indexOf(" ") + 1) : "";
}

function Target({ entry }: { readonly entry: Entry }) {
  const run = runOf(entry);
  if (run === "" || !entry.target.includes(run)) return <span title={entry.target}>{entry.target}</span>;
  return (
    <Link href={runHref(run)} tabIndex={-1} title={entry.target}>
      {entry.target}
    </Link>
  );
}

export function AuditPage() {
  const [entries, setEntries] = useState<readonly Entry[] | null>(null);
  const [next, setNext] = useState<string | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [current, setCurrent] = useState(-1);
  const isAsking = useRef(false);
  const read = useCallback((cursor: string | null) => {
    if (isAsking.current) return;
    isAsking.current = true;
    audit(cursor)
      .then((page) => {
        setEntries((old) => [...(cursor ? (old ?? []) : []), ...page.entries]);
        setNext(page.next);
        setProblem(null);
      })
      .catch((error: unknown) => setProblem(asProblem(error)))
      .finally(() => (isAsking.current = false));
  }, []);
  useEffect(() => read(null), [read]);
  const columns = useNarrow() ? NARROW : COLUMNS;
  const count = entries?.length ?? 0;
  const seen = useCallback(
    (_first: number, last: number) => {
      if (next !== null && last + AHEAD > count) read(next);
    },
    [next, count, read],
  );
  return (
    <>
      <Header title="Audit" beside={<span className="faint">every act of a person, newest first</span>} />
      {problem && !entries && <Refused problem={problem} again={() => read(null)} />}
      {!entries && !problem && <Loading />}
      {entries && count === 0 && <Empty title="Nobody has done anything yet" />}
      {entries && count > 0 && (
        <VirtualTable label="Acts" columns={columns} count={count} rowAt={(index) => entries[index]} current={current} onCurrent={setCurrent} onSeen={seen} />
      )}
    </>
  );
}
