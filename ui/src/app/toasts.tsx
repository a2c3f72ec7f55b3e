/** Short messages about what was done or refused, seen in a corner and read out by screen readers. */

import { useSyncExternalStore } from "react";
import { asProblem } from "../api/useLoaded";
import { Icon } from "../components/Icon";

export interface Toast {
  readonly id: number;
  readonly tone: "done" | "failed";
  readonly text: string;
}

const SHOWN_MS = 6_000;
const listeners = new Set<() => void>();
let shown: readonly Toast[] = [];
let spoken = "";
let count = 0;

function set(next: readonly Toast[]): void {
  shown = next;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Say that something was done. */
export function say(text: string): void {
  add({ id: (count += 1), tone: "done", text });
}

/** Say that something failed; it stays until it is put away. */
export function complain(error: unknown): void {
  add({ id: (count += 1), tone: "failed", text: asProblem(error).message });
}

/** Read out to screen readers alone. */
export function announce(text: string): void {
  spoken = text;
  for (const listener of listeners) listener();
}

function add(toast: Toast): void {
  set([...shown.slice(-3), toast]);
  if (toast.tone === "done") window.setTimeout(() => drop(toast.id), SHOWN_MS);
}

function drop(id: number): void {
  set(shown.filter((one) => one.id !== id));
}

export function Toasts() {
  const toasts = useSyncExternalStore(subscribe, () => shown);
  const words = useSyncExternalStore(subscribe, () => spoken);
  return (
    <>
      <div className="toasts" role="status" aria-live="polite">
        {toasts.map((toast) => (
          <div key={toast.id} className={`toast tone-${toast.tone}`}>
            <Icon name={toast.tone === "done" ? "check" : "alert"} />
            <span>{toast.text}</span>
            <button type="button" className="ghost" aria-label="Put this message away" onClick={() => drop(toast.id)}>
              <Icon name="close" />
            </button>
          </div>
        ))}
      </div>
      <div className="unseen" aria-live="polite" data-testid="announced">
        {words}
      </div>
    </>
  );
}
