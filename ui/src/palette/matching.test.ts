import { expect, it } from "vitest";

import { matching, type Entry } from "./matching";

const entries = ["Breakers & limits", "Start a run", "Runs", "Open a journal"].map(
  (title): Entry => ({ id: title, title, aside: "", group: "pages", run: () => undefined }),
);
const titles = (typed: string) => matching(entries, typed).map((entry) => entry.title);

it("holds every word that was typed, the best first", () => {
  expect(titles("ru")).toEqual(["Runs", "Start a run"]);
  expect(titles("run start")).toEqual(["Start a run"]);
  expect(titles("xyz")).toEqual([]);
  expect(titles("")).toHaveLength(4);
});
