import { expect, it } from "vitest";

import type { RunRow, RunStatus } from "../../api/views";

import { filterOf, queryOf, withStatus } from "./filter";
import { NO_ROWS, withNews, withPage, type Rows } from "./rows";

const ALL = filterOf(new URLSearchParams());

function row(id: string, createdAt: number, status: RunStatus = "running"): RunRow {
  const blank = { workflow: "w", graph_hash: "", input: "", output: null, error: null, seq: 0, updated_at: 0 };
  return { ...blank, id, status, created_at: createdAt, wake_at: null, parent: null, tenant: "", owner: null, target: "" };
}

function ids(rows: Rows): string {
  return rows.rows.map((one) => one.id).join("");
}

const CBA: Rows = { rows: [row("c", 30), row("b", 20), row("a", 10)], next: "more" };

it("a filter comes back from its query, and unknown statuses do not", () => {
  const filter = filterOf(new URLSearchParams("status=failed,bogus,running&text=a%26b"));
  expect(filter).toEqual({ status: ["running", "failed"], workflow: "", tenant: "", text: "a&b" });
  expect(queryOf(filter).toString()).toBe("status=running%2Cfailed&text=a%26b");
  expect(withStatus(filter, "failed").status).toEqual(["running"]);
});

it("a further page is put at the end, and no run twice", () => {
  const more = withPage(CBA, { runs: [row("a", 10), row("z", 5)], next: null });
  expect(ids(more)).toBe("cbaz");
  expect(more.next).toBeNull();
});

it("a run that changed stays in its place, a new one comes on top", () => {
  const now = withNews(CBA, [row("b", 20, "failed"), row("d", 40)], ALL);
  expect(ids(now)).toBe("dcba");
  expect(now.rows[2]?.status).toBe("failed");
});

it("a run older than what was read waits for its page", () => {
  expect(ids(withNews(CBA, [row("y", 1)], ALL))).toBe("cba");
  expect(ids(withNews({ ...CBA, next: null }, [row("y", 1)], ALL))).toBe("cbay");
});

it("a run that no longer fits the filter goes", () => {
  const running = withStatus(ALL, "running");
  expect(ids(withNews(CBA, [row("b", 20, "completed"), row("e", 50, "failed")], running))).toBe("ca");
  expect(ids(withNews(NO_ROWS, [row("e", 50)], running))).toBe("e");
});
