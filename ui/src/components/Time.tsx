/** Times and durations: short to read, whole on hover. */

import { useEffect, useState } from "react";

/** Return a span of time in its two largest units: `2 d 3 h`, `1.24 s`, `250 ms`. */
export function duration(ms: number): string {
  if (ms < 1_000) return `${Math.max(0, Math.round(ms))} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(ms < 10_000 ? 2 : 1)} s`;
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 60) return `${minutes} min ${Math.floor((ms % 60_000) / 1_000)} s`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return `${hours} h ${minutes % 60} min`;
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

const DAY_MS = 86_400_000;
const CLOCK = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false });
const DATE = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" });

export const clock = (ms: number): string => CLOCK.format(ms);

export function moment(ms: number, now: number): string {
  return Math.abs(now - ms) < DAY_MS ? CLOCK.format(ms) : `${DATE.format(ms)} ${CLOCK.format(ms)}`;
}

export function ago(ms: number, now: number): string {
  const past = now - ms;
  if (past < 0) return `in ${rough(-past)}`;
  return past < 5_000 ? "now" : `${rough(past)} ago`;
}

function rough(ms: number): string {
  if (ms < 60_000) return `${Math.round(ms / 1_000)} s`;
  if (ms < 3_600_000) return `${Math.round(ms / 60_000)} min`;
  if (ms < 2 * DAY_MS) return `${Math.round(ms / 3_600_000)} h`;
  return `${Math.round(ms / DAY_MS)} d`;
}

const tickers = new Set<() => void>();
let beat: number | undefined;

/** The present, told once a second to whatever shows ages; one timer for the whole page. */
export function useNow(isNeeded = true): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    if (!isNeeded) return undefined;
    const tick = () => setNow(Date.now());
    tickers.add(tick);
    beat ??= window.setInterval(() => {
      if (!document.hidden) for (const one of tickers) one();
    }, 1_000);
    return () => {
      tickers.delete(tick);
      if (tickers.size > 0) return;
      window.clearInterval(beat);
      beat = undefined;
    };
  }, [isNeeded]);
  return now;
}

/** A point in time; `isAgo`: as an age that goes on. */
export function Time({ at, isAgo }: { readonly at: number; readonly isAgo?: boolean }) {
  const now = useNow(isAgo === true);
  const whole = new Date(at).toISOString();
  return (
    <time dateTime={whole} title={whole} className="number">
      {isAgo ? ago(at, now) : moment(at, now)}
    </time>
  );
}

/** How long something took, or takes so far. */
export function Took({ from, to }: { readonly from: number; readonly to: number | null }) {
  const now = useNow(to === null);
  return <span className="number">{duration((to ?? now) - from)}</span>;
}
