/** How a run stands, place by place: patches change what they name, and tell only those who look at it. */

import type { NodeStanding, Patch, Standing } from "../../api/views";

export type Way = readonly [string, string];

/** One way as a key; places hold no line breaks. */
export const wayKey = (source: string, target: string): string => `${source}\n${target}`;

/** A standing that can be changed in place. */
export interface Laid {
  seq: number;
  at: number;
  readonly nodes: Map<string, NodeStanding>;
  readonly taken: Set<string>;
  /** With the number of the way in the order of undoing, from 1. */
  readonly undone: Map<string, number>;
}

export function emptyLaid(): Laid {
  return { seq: 0, at: 0, nodes: new Map(), taken: new Set(), undone: new Map() };
}

export function laid(standing: Standing): Laid {
  const found = emptyLaid();
  found.seq = standing.seq;
  found.at = standing.at;
  for (const [place, node] of Object.entries(standing.nodes)) found.nodes.set(place, node);
  for (const [source, target] of standing.taken) found.taken.add(wayKey(source, target));
  for (const [source, target] of standing.undone) addUndone(found, source, target);
  return found;
}

export function copyOf(old: Laid): Laid {
  return {
    seq: old.seq,
    at: old.at,
    nodes: new Map(old.nodes),
    taken: new Set(old.taken),
    undone: new Map(old.undone),
  };
}

/** Change `into` as a patch says; what is older than `into` is left out. Return the keys of what may look different. */
export function applyPatch(into: Laid, patch: Patch): string[] {
  if (patch.seq < into.seq && !patch.resets) return [];
  const changed: string[] = [];
  if (patch.resets) {
    changed.push(...into.nodes.keys(), ...into.taken, ...into.undone.keys());
    into.nodes.clear();
    into.taken.clear();
    into.undone.clear();
  }
  for (const [place, node] of Object.entries(patch.nodes)) {
    if (node === null) into.nodes.delete(place);
    else into.nodes.set(place, node);
    changed.push(place);
  }
  for (const [source, target] of patch.taken ?? []) {
    into.taken.add(wayKey(source, target));
    changed.push(wayKey(source, target));
  }
  for (const [source, target] of patch.undone ?? []) changed.push(addUndone(into, source, target));
  into.seq = patch.seq;
  into.at = patch.at;
  return changed;
}

function addUndone(into: Laid, source: string, target: string): string {
  const key = wayKey(source, target);
  if (!into.undone.has(key)) into.undone.set(key, into.undone.size + 1);
  return key;
}

/** What is shown now. Nodes and lines of the picture listen to their own key alone. */
export class StandingStore {
  private laid: Laid = emptyLaid();
  private readonly byKey = new Map<string, Set<() => void>>();
  private readonly whole = new Set<() => void>();

  readonly subscribe = (listener: () => void): (() => void) => {
    this.whole.add(listener);
    return () => this.whole.delete(listener);
  };

  subscribeTo(key: string): (listener: () => void) => () => void {
    return (listener) => {
      const found = this.byKey.get(key) ?? new Set();
      this.byKey.set(key, found.add(listener));
      return () => found.delete(listener);
    };
  }

  readonly seq = (): number => this.laid.seq;
  readonly at = (): number => this.laid.at;
  node(place: string): NodeStanding | undefined {
    return this.laid.nodes.get(place);
  }
  isTaken(key: string): boolean {
    return this.laid.taken.has(key);
  }
  undoneAs(key: string): number {
    return this.laid.undone.get(key) ?? 0;
  }
  undoneWays(): readonly string[] {
    return [...this.laid.undone.keys()];
  }

  /** Show another standing; whoever sees no difference is not told. */
  show(next: Laid): void {
    const old = this.laid;
    this.laid = next;
    this.tell(differing(old, next));
  }

  take(patch: Patch): void {
    const changed = applyPatch(this.laid, patch);
    this.tell(changed);
  }

  private tell(keys: Iterable<string>): void {
    for (const key of new Set(keys)) for (const listener of this.byKey.get(key) ?? []) listener();
    for (const listener of this.whole) listener();
  }
}

function differing(old: Laid, next: Laid): Set<string> {
  const found = new Set<string>();
  for (const [place, node] of old.nodes) if (!isSame(node, next.nodes.get(place))) found.add(place);
  for (const place of next.nodes.keys()) if (!old.nodes.has(place)) found.add(place);
  for (const key of symmetric(old.taken, next.taken)) found.add(key);
  for (const key of symmetric(new Set(old.undone.keys()), new Set(next.undone.keys()))) found.add(key);
  return found;
}

function symmetric(left: ReadonlySet<string>, right: ReadonlySet<string>): string[] {
  return [...[...left].filter((key) => !right.has(key)), ...[...right].filter((key) => !left.has(key))];
}

function isSame(left: NodeStanding, right: NodeStanding | undefined): boolean {
  if (left === right) return true;
  return (
    right !== undefined && left.words === right.words && left.status === right.status && left.address === right.address
  );
}

const KEPT_EVERY = 250;

/** A journal's patches, and the standing after any of them: a copy is kept every so often, the rest is folded again. */
export class Replay {
  private readonly kept: Laid[] = [emptyLaid()];
  readonly patches: readonly Patch[];

  constructor(patches: readonly Patch[]) {
    this.patches = patches;
    const now = emptyLaid();
    for (const [index, patch] of patches.entries()) {
      applyPatch(now, patch);
      if ((index + 1) % KEPT_EVERY === 0) this.kept.push(copyOf(now));
    }
  }

  get last(): number {
    return this.patches.at(-1)?.seq ?? 0;
  }

  /** The standing after event number `seq`. */
  upTo(seq: number): Laid {
    const count = this.countUpTo(seq);
    const block = Math.floor(count / KEPT_EVERY);
    const found = copyOf(this.kept[block] ?? emptyLaid());
    for (const patch of this.patches.slice(block * KEPT_EVERY, count)) applyPatch(found, patch);
    return found;
  }

  private countUpTo(seq: number): number {
    let low = 0;
    let high = this.patches.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.patches[middle]?.seq ?? 0) <= seq) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
