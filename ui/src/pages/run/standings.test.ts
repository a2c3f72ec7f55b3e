import { describe, expect, it, vi } from "vitest";
import type { NodeStanding, Patch } from "../../api/views";
import { Replay, StandingStore, applyPatch, emptyLaid, wayKey } from "./standings";

const node = (words: string, address = "a"): NodeStanding => ({
  status: "done",
  words,
  address,
  visits: 1,
  attempts: 1,
  items_done: 0,
  items_total: null,
});

const patch = (seq: number, more: Partial<Patch> = {}): Patch => ({
  seq,
  at: seq,
  nodes: {},
  taken: null,
  undone: null,
  resets: false,
  redraws: false,
  ...more,
});

describe("a patch", () => {
  it("changes what it names and leaves the rest", () => {
    const laid = emptyLaid();
    applyPatch(laid, patch(1, { nodes: { a: node("done"), b: node("running") }, taken: [["START", "a"]] }));
    applyPatch(laid, patch(2, { nodes: { b: null } }));
    expect([...laid.nodes.keys()]).toEqual(["a"]);
    expect([...laid.taken]).toEqual([wayKey("START", "a")]);
    expect(laid.seq).toBe(2);
  });

  it("that is older than what is shown changes nothing", () => {
    const laid = emptyLaid();
    applyPatch(laid, patch(5, { nodes: { a: node("new") } }));
    applyPatch(laid, patch(4, { nodes: { a: node("old") } }));
    expect(laid.nodes.get("a")?.words).toBe("new");
  });

  it("that resets begins anew, and tells everybody who was shown", () => {
    const laid = emptyLaid();
    applyPatch(laid, patch(3, { nodes: { a: node("done") }, undone: [["b", "a"]] }));
    const changed = applyPatch(laid, patch(4, { nodes: { c: node("done") }, resets: true }));
    expect([...laid.nodes.keys()]).toEqual(["c"]);
    expect(laid.undone.size).toBe(0);
    expect(changed).toEqual(expect.arrayContaining(["a", "c", wayKey("b", "a")]));
  });
});

describe("a store", () => {
  it("tells those alone whose place stands differently", () => {
    const store = new StandingStore();
    const [a, b] = [vi.fn(), vi.fn()];
    store.subscribeTo("a")(a);
    store.subscribeTo("b")(b);
    store.take(patch(1, { nodes: { a: node("done") } }));
    expect([a.mock.calls.length, b.mock.calls.length]).toEqual([1, 0]);
    const next = new Replay([patch(1, { nodes: { a: node("done"), b: node("done") } })]).upTo(1);
    store.show(next);
    expect([a.mock.calls.length, b.mock.calls.length]).toEqual([1, 1]);
  });
});

describe("a replay", () => {
  const patches = Array.from({ length: 1_000 }, (_, index) =>
    patch(index + 1, { nodes: { [`n${index % 7}`]: node(`at ${index + 1}`) } }),
  );

  it("stands after any event as if told from the beginning", () => {
    const replay = new Replay(patches);
    for (const seq of [0, 1, 249, 250, 251, 500, 777, 1_000]) {
      const told = emptyLaid();
      for (const one of patches.slice(0, seq)) applyPatch(told, one);
      const found = replay.upTo(seq);
      expect([...found.nodes].sort()).toEqual([...told.nodes].sort());
    }
  });

  it("goes to the last event before a number that has none", () => {
    expect(new Replay([patch(2), patch(9)]).upTo(8).seq).toBe(2);
  });
});
