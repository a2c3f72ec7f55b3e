/** The rows of the list of runs as far as they were read: pages by cursor, and what the server tells meanwhile. */

import type { RunPageOfList, RunRow } from "../../api/views";

import { stays, type RunsFilter } from "./filter";

/** Newest first; `next`: the cursor of what comes after them, null at the end. */
export interface Rows {
  readonly rows: readonly RunRow[];
  readonly next: string | null;
}

export const NO_ROWS: Rows = { rows: [], next: null };

/** Rows with a further page at their end; runs that are there already stay where they are. */
export function withPage(known: Rows, page: RunPageOfList): Rows {
  const ids = new Set(known.rows.map((row) => row.id));
  return { rows: [...known.rows, ...page.runs.filter((row) => !ids.has(row.id))], next: page.next };
}

/** Rows after news: known runs in place, new ones on top, those that no longer fit taken out. */
export function withNews(known: Rows, changed: readonly RunRow[], filter: RunsFilter): Rows {
  const news = new Map(changed.map((row) => [row.id, row]));
  const rows: RunRow[] = [];
  for (const old of known.rows) {
    const told = news.get(old.id);
    const row = told && told.seq >= old.seq ? told : old;
    news.delete(old.id);
    if (row === old || stays(filter, row)) rows.push(row);
  }
  const last = known.next === null ? undefined : known.rows.at(-1);
  const fresh = [...news.values()].filter((row) => stays(filter, row) && (last === undefined || isBefore(row, last)));
  return { rows: merged(fresh.sort(compare), rows), next: known.next };
}

function merged(fresh: readonly RunRow[], rows: readonly RunRow[]): readonly RunRow[] {
  if (fresh.length === 0) return rows;
  const all: RunRow[] = [];
  let at = 0;
  for (const row of fresh) {
    for (let old = rows[at]; old !== undefined && isBefore(old, row); old = rows[at]) {
      all.push(old);
      at += 1;
    }
    all.push(row);
  }
  return all.concat(rows.slice(at));
}

function isBefore(one: RunRow, other: RunRow): boolean {
  return compare(one, other) < 0;
}

function compare(one: RunRow, other: RunRow): number {
  return other.created_at - one.created_at || (one.id < other.id ? 1 : -1);
}
