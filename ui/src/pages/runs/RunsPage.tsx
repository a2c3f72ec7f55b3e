/** All runs, live: filtered by the address, moved through by the keyboard, acted on together. */

import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useHere } from "../../app/here";
import { useKeys } from "../../app/keys";
import { changeQuery, go, Link, runHref, useQuery } from "../../app/router";
import { Header } from "../../components/Header";
import { Icon } from "../../components/Icon";
import { Empty, Loading, Refused } from "../../components/Said";
import { useNarrow } from "../../components/useNarrow";
import { VirtualTable } from "../../components/VirtualTable";
import { BulkBar } from "./BulkBar";
import { columnsOf } from "./columns";
import { filterOf, isOpen, withStatus, type RunsFilter } from "./filter";
import { FirstVisit } from "./FirstVisit";
import { Search } from "./Search";
import { StatusChips } from "./StatusChips";
import { useRuns, type RunsList } from "./useRuns";
import "./runs.css";

const AHEAD = 60;

export function RunsPage() {
  const [query] = useQuery();
  const filter = useMemo(() => filterOf(query), [query]);
  const list = useRuns(filter);
  const { canOperate } = useHere();
  const isFirst = list.isRead && list.rows.rows.length === 0 && isOpen(filter) && !list.problem;
  return (
    <>
      <Header title="Runs">
        {!isFirst && <Search filter={filter} />}
        {canOperate && (
          <Link className="button" href="/workflows">
            <Icon name="plus" /> Start a run
          </Link>
        )}
      </Header>
      {!isFirst && (
        <StatusChips
          counts={list.counts}
          chosen={filter.status}
          onToggle={(status) => changeQuery({ status: withStatus(filter, status).status.join(",") })}
          onAll={() => changeQuery({ status: null })}
        />
      )}
      {isFirst ? <FirstVisit /> : <List list={list} filter={filter} />}
    </>
  );
}

function List({ list, filter }: { readonly list: RunsList; readonly filter: RunsFilter }) {
  const { rows } = list.rows;
  const [currentId, setCurrentId] = useState<string | null>(null);
  const [picked, setPicked] = useState<ReadonlySet<string>>(new Set());
  const current = useCurrent(rows, currentId);
  const isNarrow = useNarrow();
  const toggle = useCallback((id: string) => setPicked((old) => toggled(old, id)), []);
  const hasTenants = rows.some((row) => row.tenant !== "");
  const isAll = rows.length > 0 && rows.every((row) => picked.has(row.id));
  const pickAll = useCallback(() => setPicked(new Set(rows.map((row) => row.id))), [rows]);
  const toggleAll = useCallback(() => (isAll ? setPicked(new Set()) : pickAll()), [isAll, pickAll]);
  const columns = useMemo(
    () => columnsOf({ ids: picked, toggle, isAll, toggleAll }, { isNarrow, hasTenants }),
    [picked, toggle, isAll, toggleAll, isNarrow, hasTenants],
  );
  const move = (step: number) => setCurrentId(rows[Math.min(rows.length - 1, Math.max(0, current + step))]?.id ?? null);
  const currentRow = rows[current];
  useKeys("Runs", [
    { key: "j", says: "Next run", run: () => move(1) },
    { key: "k", says: "Run before", run: () => move(-1) },
    { key: "Enter", says: "Open the run", run: () => currentRow && go(runHref(currentRow.id)) },
    { key: "x", says: "Select the run, or not", run: () => currentRow && toggle(currentRow.id) },
    { key: "X", says: "Select all runs that are loaded", run: pickAll },
  ]);
  const { more } = list;
  const seen = useCallback(
    (_first: number, last: number) => {
      if (last + AHEAD > rows.length) more();
    },
    [rows.length, more],
  );
  if (list.problem && rows.length === 0) return <Refused problem={list.problem} again={list.reload} />;
  if (!list.isRead && rows.length === 0) return <Loading />;
  if (rows.length === 0) return <NoneFit filter={filter} />;
  return (
    <>
      {picked.size > 0 && <BulkBar ids={[...picked]} onClear={() => setPicked(new Set())} />}
      <VirtualTable
        label="Runs"
        columns={columns}
        count={rows.length}
        rowAt={(index) => rows[index]}
        current={current}
        onCurrent={(index) => setCurrentId(rows[index]?.id ?? null)}
        onOpen={(index) => rows[index] && go(runHref(rows[index].id))}
        onSeen={seen}
        keyOf={(row) => row.id}
        rowClass={(row) => (picked.has(row.id) ? "is-picked" : "")}
        rowHeight={isNarrow ? 44 : 32}
      />
    </>
  );
}

/** The place of the current run, which stays the current one when others come before it. */
function useCurrent(rows: readonly { readonly id: string }[], id: string | null): number {
  const last = useRef(-1);
  const found = id === null ? -1 : rows.findIndex((row) => row.id === id);
  const place = id !== null && found < 0 ? Math.min(last.current, rows.length - 1) : found;
  useEffect(() => {
    last.current = place;
  }, [place]);
  return place;
}

function NoneFit({ filter }: { readonly filter: RunsFilter }) {
  return (
    <Empty title="No run fits">
      {filter.text && <p className="faint">The text is looked for in ids, inputs and errors.</p>}
      <Link className="button" href="/">
        Show all runs
      </Link>
    </Empty>
  );
}

function toggled(old: ReadonlySet<string>, id: string): ReadonlySet<string> {
  const now = new Set(old);
  if (!now.delete(id)) now.add(id);
  return now;
}
