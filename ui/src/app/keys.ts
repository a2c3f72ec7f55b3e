/** Keys: pages say which ones they take; the list of all that are taken now is what `?` shows. */

import { useLayoutEffect, useRef, useSyncExternalStore } from "react";

export interface Key {
  /** `j`, `Shift+R`, `mod+k` (⌘ or Ctrl), or one after the other: `g r`. */
  readonly key: string;
  /** What it does, in a few words, for the list. */
  readonly says: string;
  readonly run: () => void;
  /** Also while typing in a field. */
  readonly anywhere?: boolean;
}

interface Group {
  readonly title: string;
  keys: readonly Key[];
}

const groups: Group[] = [];
const listeners = new Set<() => void>();
let listed: readonly Group[] = [];
let before = "";
let forget: number | undefined;

/** Take keys while the component is shown, from the moment it is seen on; the latest group wins. */
export function useKeys(title: string, keys: readonly Key[]): void {
  const group = useRef<Group>({ title, keys });
  group.current.keys = keys;
  useLayoutEffect(() => {
    const mine = group.current;
    groups.unshift(mine);
    tell();
    return () => {
      groups.splice(groups.indexOf(mine), 1);
      tell();
    };
  }, []);
}

/** Every key that is taken now, by group, the page's first. */
export function useKeyList(): readonly Group[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => listed,
  );
}

/** Begin to listen; called once. */
export function listenToKeys(): void {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing) return;
    const pressed = named(event);
    const found = find(before ? `${before} ${pressed}` : pressed) ?? find(pressed);
    before = "";
    window.clearTimeout(forget);
    if (found && (found.anywhere || !isTyping(event.target)) && (found.anywhere || !hasDialog())) {
      event.preventDefault();
      found.run();
    } else if (!found && !isTyping(event.target) && begins(pressed)) {
      before = pressed;
      forget = window.setTimeout(() => (before = ""), 1_000);
    }
  });
}

function tell(): void {
  listed = [...groups];
  for (const listener of listeners) listener();
}

function find(key: string): Key | undefined {
  for (const group of groups) {
    const found = group.keys.find((one) => one.key === key);
    if (found) return found;
  }
  return undefined;
}

function begins(key: string): boolean {
  return groups.some((group) => group.keys.some((one) => one.key.startsWith(`${key} `)));
}

function named(event: KeyboardEvent): string {
  const key = event.key.length === 1 ? event.key : event.key.replace("Arrow", "");
  const mod = event.metaKey || event.ctrlKey ? "mod+" : "";
  const alt = event.altKey ? "Alt+" : "";
  const shift = event.shiftKey && event.key.length > 1 ? "Shift+" : "";
  return `${mod}${alt}${shift}${mod ? key.toLowerCase() : key}`;
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName);
}

function hasDialog(): boolean {
  return document.querySelector("dialog[open]") !== null;
}
