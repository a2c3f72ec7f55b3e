/** What is selected, kept in the address: a step, an event, a tab; graph, timeline, journal and inspector share it. */

import { useCallback, useMemo } from "react";
import { changeQuery, useQuery } from "../../app/router";

export const TABS = ["graph", "timeline", "journal", "steps"] as const;
export type Tab = (typeof TABS)[number];

export interface Selection {
  readonly tab: Tab;
  /** The address of a step; "" for the run itself. */
  readonly at: string;
  /** An event: the picture shows how the run stood after it. Null: the present. */
  readonly seq: number | null;
  readonly fold: readonly string[];
  readonly setTab: (tab: Tab) => void;
  readonly select: (at: string) => void;
  readonly selectEvent: (seq: number | null, at?: string) => void;
  readonly toggleFold: (place: string) => void;
}

export function useSelection(): Selection {
  const [query] = useQuery();
  const tab = TABS.find((one) => one === query.get("tab")) ?? "graph";
  const at = query.get("at") ?? "";
  const number = Number.parseInt(query.get("seq") ?? "", 10);
  const seq = Number.isFinite(number) && number >= 0 ? number : null;
  const folded = query.get("fold") ?? "";
  const fold = useMemo(() => (folded ? folded.split(",") : []), [folded]);
  const setTab = useCallback((next: Tab) => changeQuery({ tab: next === "graph" ? null : next }), []);
  const select = useCallback((next: string) => changeQuery({ at: next || null }), []);
  const selectEvent = useCallback((next: number | null, where?: string) => {
    const changes = { seq: next === null ? null : String(next) };
    changeQuery(where === undefined ? changes : { ...changes, at: where || null }, { replace: true });
  }, []);
  const toggleFold = useCallback(
    (place: string) => {
      const next = fold.includes(place) ? fold.filter((one) => one !== place) : [...fold, place];
      changeQuery({ fold: next.join(",") || null });
    },
    [fold],
  );
  return { tab, at, seq, fold, setTab, select, selectEvent, toggleFold };
}

/** The place in the picture of a step's address: without visits, items and generations. */
export function placeOf(address: string): string {
  return address
    .split("/")
    .map((part) => part.replace(/\.undo$/, "").replace(/(?:#\d+|\[\d+\])+$/, ""))
    .join("/");
}
