/** The list of runs, live: its first page, further pages as somebody scrolls, and what the server tells meanwhile. */

import { useCallback, useEffect, useRef, useState } from "react";
import { runCounts, runs, runsStream } from "../../api/calls";
import type { Problem } from "../../api/http";
import { follow } from "../../api/stream";
import { asProblem } from "../../api/useLoaded";
import type { RunCounts, RunsNews } from "../../api/views";
import { queryOf, type RunsFilter } from "./filter";
import { NO_ROWS, withNews, withPage, type Rows } from "./rows";

const PAGE = 200;

export interface RunsList {
  readonly rows: Rows;
  readonly counts: RunCounts | null;
  readonly problem: Problem | null;
  /** The rows are those of the filter; false while they are still those of the one before. */
  readonly isRead: boolean;
  readonly more: () => void;
  readonly reload: () => void;
}

interface State {
  readonly key: string | null;
  readonly rows: Rows;
  readonly counts: RunCounts | null;
  readonly problem: Problem | null;
}

/** Read and follow the runs of a filter. */
export function useRuns(filter: RunsFilter): RunsList {
  const key = queryOf(filter).toString();
  const [state, setState] = useState<State>({ key: null, rows: NO_ROWS, counts: null, problem: null });
  const [turn, setTurn] = useState(0);
  const isAsking = useRef(false);
  useEffect(() => {
    const reading = new AbortController();
    const fail = (error: unknown) => {
      if (!reading.signal.aborted) setState((old) => ({ ...old, key, problem: asProblem(error) }));
    };
    const read = () => {
      runs({ ...filter, limit: PAGE }, reading.signal).then((page) => setState((old) => begun(old, key, page, filter))).catch(fail);
    };
    let wasLost = false;
    const stop = follow({
      where: () => runsStream(filter),
      glances: true,
      on: {
        runs: (data) => {
          const news = data as RunsNews;
          setState((old) => (old.key === key ? told(old, news, filter) : old));
          if (!news.is_whole) read();
        },
      },
      onState: (link) => {
        if (link === "live" && wasLost) read();
        wasLost = link === "lost";
      },
    });
    read();
    runCounts(filter).then((counts) => !reading.signal.aborted && setState((old) => ({ ...old, counts }))).catch(fail);
    return () => {
      reading.abort();
      stop();
    };
    // The filter is told apart by its query.
  }, [key, turn]);
  const next = state.rows.next;
  const more = useCallback(() => {
    if (next === null || isAsking.current) return;
    isAsking.current = true;
    runs({ ...filter, limit: PAGE, cursor: next })
      .then((page) => setState((old) => (old.key === key && old.rows.next === next ? { ...old, rows: withPage(old.rows, page) } : old)))
      .catch((error: unknown) => setState((old) => ({ ...old, problem: asProblem(error) })))
      .finally(() => (isAsking.current = false));
  }, [key, next]);
  const reload = useCallback(() => setTurn((old) => old + 1), []);
  return { rows: state.rows, counts: state.counts, problem: state.problem, isRead: state.key === key, more, reload };
}

function begun(old: State, key: string, page: { runs: Rows["rows"]; next: string | null }, filter: RunsFilter): State {
  const rows = old.key === key ? withNews(old.rows, page.runs, filter) : withPage(NO_ROWS, page);
  return { ...old, key, rows, problem: null };
}

function told(old: State, news: RunsNews, filter: RunsFilter): State {
  return { ...old, rows: withNews(old.rows, news.changed, filter), counts: news.counts };
}
