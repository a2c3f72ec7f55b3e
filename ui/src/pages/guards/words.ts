/** How breakers stand, in words. */

import type { BreakerRow, StepStatus } from "../../api/views";

interface Standing {
  /** What it does, in a word. */
  readonly word: string;
  readonly means: string;
  /** The status that looks the same: its colour and icon. */
  readonly as: StepStatus;
}

const CLOSED: Standing = { word: "closed", means: "calls go through", as: "done" };

const STATES: Readonly<Record<string, Standing>> = {
  closed: CLOSED,
  open: { word: "open", means: "calls are refused", as: "failed" },
  half_open: { word: "half-open", means: "a few calls try it out", as: "retrying" },
  forced_open: { word: "held open", means: "a person ordered it: calls are refused", as: "parked" },
  disabled: { word: "disabled", means: "a person ordered it: calls go through, nothing is counted", as: "skipped" },
};

/** How a breaker stands; a state that is not known says its own name. */
export function standingOf(breaker: BreakerRow): Standing {
  const key = breaker.state.toLowerCase().replaceAll("-", "_");
  return STATES[key] ?? { word: breaker.state, means: "", as: "skipped" };
}

/** The window in words; where this server made no calls, nothing is known of it. */
export function windowOf(breaker: BreakerRow): string {
  if (breaker.calls === null) return "no calls from here";
  const failures = breaker.failures ?? 0;
  const slow = breaker.slow ?? 0;
  return `${breaker.calls === 1 ? "1 call" : `${breaker.calls} calls`} · ${failures} failed${slow > 0 ? ` · ${slow} slow` : ""}`;
}

/** How often it opened, since this server began. */
export function tripsOf(trips: number): string {
  return trips === 0 ? "never opened here" : `opened ${trips === 1 ? "once" : `${trips} times`} here`;
}

/** Part of a whole, in percent, at most 100. */
export function share(part: number, whole: number | null): number {
  return whole === null || whole <= 0 ? 0 : Math.min(100, Math.round((part / whole) * 100));
}

/** Micro-units as money. */
export function money(micros: number): string {
  return (micros / 1_000_000).toLocaleString("en", { minimumFractionDigits: 2, maximumFractionDigits: 4 });
}
