/** Steps that can not go on without a person: writes in doubt, failed compensations, code that changed. */

import { useEffect, useRef } from "react";
import { parked } from "../../api/calls";
import { useLoaded } from "../../api/useLoaded";
import type { ParkedRow } from "../../api/views";
import { useKeys } from "../../app/keys";
import { useNews } from "../../app/news";
import { changeQuery, Link, useQuery } from "../../app/router";
import { Header } from "../../components/Header";
import { Icon } from "../../components/Icon";
import { Empty, Loading, Refused } from "../../components/Said";
import { Time } from "../../components/Time";
import { Parked } from "./Parked";
import "../inbox/inbox.css";
import "./parked.css";

const PAGES_MAX = 10;

const idOf = (row: ParkedRow): string => `${row.run_id}:${row.path}`;

async function all(run: string): Promise<readonly ParkedRow[]> {
  const found: ParkedRow[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const list = await parked({ run, cursor });
    found.push(...list.parked);
    cursor = list.next;
    if (cursor === null) break;
  }
  return found;
}

export function ParkedPage() {
  const [query] = useQuery();
  const run = query.get("run") ?? "";
  const loaded = useLoaded(`parked ${run}`, () => all(run));
  const rows = loaded.data ?? [];
  const runs = new Set(rows.map((row) => row.run_id));
  useNews((news) => {
    const isMore = !news.is_whole || (run === "" && news.parked !== rows.length);
    if (isMore || news.changed.some((row) => row.status === "parked" || runs.has(row.id))) loaded.reload();
  });
  const place = useRef(0);
  const found = rows.findIndex((row) => idOf(row) === query.get("step"));
  const at = found >= 0 ? found : Math.min(place.current, rows.length - 1);
  useEffect(() => {
    place.current = Math.max(0, at);
  }, [at]);
  const row = rows[at];
  const move = (step: number) => {
    const next = rows[Math.min(rows.length - 1, Math.max(0, at + step))];
    if (next) changeQuery({ step: idOf(next) }, { replace: true });
  };
  useKeys("Parked", [
    { key: "j", says: "Next step", run: () => move(1) },
    { key: "k", says: "Step before", run: () => move(-1) },
  ]);
  return (
    <>
      <Header title="Parked" beside={<Beside count={rows.length} run={run} />} />
      {loaded.problem && rows.length === 0 && <Refused problem={loaded.problem} again={loaded.reload} />}
      {!loaded.data && !loaded.problem && <Loading />}
      {loaded.data && !row && (
        <Empty title="Nothing is parked">
          <p className="faint">A write of which nobody knows whether it happened, or an undoing that failed, waits here for a decision.</p>
        </Empty>
      )}
      {row && (
        <div className="split">
          <ol className="split-list" aria-label="Parked steps">
            {rows.map((one) => (
              <li key={idOf(one)}>
                <ParkedLink row={one} isChosen={one === row} />
              </li>
            ))}
          </ol>
          <Parked key={`${idOf(row)} ${row.version}`} row={row} onGone={loaded.reload} />
        </div>
      )}
    </>
  );
}

function Beside({ count, run }: { readonly count: number; readonly run: string }) {
  if (!run) return count > 0 ? <span className="faint number">{count} to decide, oldest first</span> : null;
  return (
    <span className="faint">
      of run {run} · <Link href="/parked">all</Link>
    </span>
  );
}

function ParkedLink({ row, isChosen }: { readonly row: ParkedRow; readonly isChosen: boolean }) {
  const query = new URLSearchParams(location.search);
  query.set("step", idOf(row));
  return (
    <a
      className="split-item"
      href={`/parked?${query}`}
      aria-current={isChosen ? "true" : undefined}
      onClick={(event) => {
        event.preventDefault();
        changeQuery({ step: idOf(row) }, { replace: true });
      }}
    >
      <span className="split-title clip is-parked">
        <Icon name="parked" /> {row.tool || row.path} <span className="faint">{row.reason}</span>
      </span>
      <span className="split-about">
        <span className="clip">{row.workflow} · {row.run_id}</span>
        <Time at={row.parked_at} isAgo />
      </span>
    </a>
  );
}
