/** The rows of a journal, loaded as they come into view; without a filter any place can be gone to at once. */

import { useCallback, useEffect, useRef, useState } from "react";
import type { Problem } from "../../api/http";
import { asProblem } from "../../api/useLoaded";
import type { JournalRow } from "../../api/views";
import type { RunModel } from "./model";
import type { JournalFilter, RunSource } from "./source";

const PAGE = 200;

class Rows {
  /** By their index in the table. */
  readonly found = new Map<number, JournalRow>();
  readonly asked = new Set<number>();
  count: number;
  /** With a filter: the `after` of what is not loaded yet; null when all is. */
  next: number | null = 0;

  constructor(readonly source: RunSource, readonly filter: JournalFilter, readonly isWhole: boolean, total: number) {
    this.count = isWhole ? total : 0;
  }
}

export interface JournalRows {
  readonly count: number;
  readonly rowAt: (index: number) => JournalRow | undefined;
  readonly onSeen: (first: number, last: number) => void;
  /** The row of an event, or of the last one before it. */
  readonly indexOf: (seq: number) => number;
  readonly problem: Problem | null;
  readonly isLoading: boolean;
}

export function useJournalRows(model: RunModel, filter: JournalFilter, total: number): JournalRows {
  const { source } = model;
  const isWhole = filter.kinds.length === 0 && filter.text === "" && filter.address === "";
  const key = JSON.stringify(filter);
  const rows = useRef<Rows | null>(null);
  const [, setTurn] = useState(0);
  const [problem, setProblem] = useState<Problem | null>(null);
  const again = useCallback(() => setTurn((turn) => turn + 1), []);
  if (!rows.current || rows.current.source !== source || JSON.stringify(rows.current.filter) !== key) {
    rows.current = new Rows(source, filter, isWhole, total);
  }
  const mine = rows.current;
  if (isWhole && mine.count < total) mine.count = total;
  const failed = useCallback((error: unknown) => setProblem(asProblem(error)), []);
  useEffect(() => {
    setProblem(null);
    if (!mine.isWhole) loadNext(mine).then(again, failed);
  }, [mine, again, failed]);
  useEffect(() => {
    const take = (news: readonly JournalRow[] | null, last: number) => {
      if (mine.isWhole) keep(mine, news ?? [], last);
      else if (mine.next === null) mine.next = mine.found.get(mine.count - 1)?.seq ?? 0;
      again();
    };
    model.rows.add(take);
    return () => {
      model.rows.delete(take);
    };
  }, [model, mine, again]);
  const onSeen = useCallback(
    (first: number, last: number) => {
      if (mine.isWhole) for (const page of missing(mine, first, last)) loadPage(mine, page).then(again, failed);
      else if (mine.next !== null && last >= mine.count - 20) loadNext(mine).then(again, failed);
    },
    [mine, again, failed],
  );
  return {
    count: mine.count,
    rowAt: (index) => mine.found.get(index),
    onSeen,
    indexOf: (seq) => indexOf(mine, seq),
    problem,
    isLoading: !mine.isWhole && mine.next !== null,
  };
}

function keep(rows: Rows, news: readonly JournalRow[], last: number): void {
  rows.count = Math.max(rows.count, last);
  for (const row of news) rows.found.set(row.seq - 1, row);
}

function missing(rows: Rows, first: number, last: number): number[] {
  const found: number[] = [];
  for (let page = Math.floor(first / PAGE); page * PAGE < last; page += 1) {
    const end = Math.min(rows.count, (page + 1) * PAGE);
    let isMissing = false;
    for (let index = Math.max(first, page * PAGE); index < Math.min(last, end); index += 1) {
      if (!rows.found.has(index)) isMissing = true;
    }
    if (isMissing && !rows.asked.has(page)) found.push(page);
  }
  return found;
}

async function loadPage(rows: Rows, page: number): Promise<void> {
  rows.asked.add(page);
  try {
    const answer = await rows.source.journal(page * PAGE, rows.filter, PAGE);
    for (const row of answer.rows) rows.found.set(row.seq - 1, row);
  } finally {
    rows.asked.delete(page);
  }
}

async function loadNext(rows: Rows): Promise<void> {
  const after = rows.next;
  if (after === null || rows.asked.has(after)) return;
  rows.asked.add(after);
  try {
    const answer = await rows.source.journal(after, rows.filter, PAGE);
    for (const row of answer.rows) rows.found.set(rows.count++, row);
    rows.next = answer.next;
  } finally {
    rows.asked.delete(after);
  }
}

function indexOf(rows: Rows, seq: number): number {
  if (rows.isWhole) return seq - 1;
  let best = -1;
  for (const [index, row] of rows.found) if (row.seq <= seq && index > best) best = index;
  return best;
}
