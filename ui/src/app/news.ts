/** News of all runs, for whoever wants to look again: told at most twice a second. */

import { useEffect, useRef } from "react";
import type { RunsNews } from "../api/views";

const listeners = new Set<(news: RunsNews) => void>();

/** Tell everybody; the frame does, from its one stream. */
export function tellNews(news: RunsNews): void {
  for (const listener of listeners) listener(news);
}

/** Hear of every change of runs while the component is shown. */
export function useNews(heard: (news: RunsNews) => void): void {
  const latest = useRef(heard);
  latest.current = heard;
  useEffect(() => {
    const listener = (news: RunsNews) => latest.current(news);
    listeners.add(listener);
    return () => {
      listeners.delete(listener);
    };
  }, []);
}
