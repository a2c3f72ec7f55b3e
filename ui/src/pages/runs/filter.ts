/** The filter of the list of runs; it lives in the address of the page and goes to the API as it is. */

import { RUN_STATUSES, type RunRow, type RunStatus } from "../../api/views";

export interface RunsFilter {
  readonly status: readonly RunStatus[];
  readonly workflow: string;
  readonly tenant: string;
  readonly text: string;
}

/** Read a filter from the query of an address; statuses that are none are left out. */
export function filterOf(query: URLSearchParams): RunsFilter {
  const asked = new Set((query.get("status") ?? "").split(","));
  return {
    status: RUN_STATUSES.filter((status) => asked.has(status)),
    workflow: query.get("workflow") ?? "",
    tenant: query.get("tenant") ?? "",
    text: query.get("text") ?? "",
  };
}

/** The query of a filter, without what it leaves open. */
export function queryOf(filter: RunsFilter): URLSearchParams {
  const query = new URLSearchParams();
  if (filter.status.length > 0) query.set("status", filter.status.join(","));
  for (const name of ["workflow", "tenant", "text"] as const) {
    if (filter[name] !== "") query.set(name, filter[name]);
  }
  return query;
}

/** The filter with a status added, or taken away where it was in it. */
export function withStatus(filter: RunsFilter, status: RunStatus): RunsFilter {
  const isIn = filter.status.includes(status);
  return { ...filter, status: RUN_STATUSES.filter((one) => (one === status ? !isIn : filter.status.includes(one))) };
}

export function isOpen(filter: RunsFilter): boolean {
  return queryOf(filter).size === 0;
}

/** Tells whether a run that has changed is still of those asked for; its text is the server's to search. */
export function stays(filter: RunsFilter, row: RunRow): boolean {
  return filter.status.length === 0 || filter.status.includes(row.status);
}
