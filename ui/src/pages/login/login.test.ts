import { expect, it, vi } from "vitest";

vi.stubGlobal("location", new URL("http://127.0.0.1:8800/login"));
vi.stubGlobal("window", { matchMedia: () => ({ matches: false }) });
vi.stubGlobal("navigator", { platform: "" });
const { placeWithin } = await import("./LoginPage");

it.each([
  ["/inbox?run=a%20b", "/inbox?run=a%20b"],
  ["//example.org/x", "/"],
  ["https://example.org/", "/"],
  ["/\\example.org", "/"],
  ["javascript:alert(1)", "/"],
  ["/login?next=/", "/"],
  [null, "/"],
])("after %j one is at %j", (next, place) => {
  expect(placeWithin(next)).toBe(place);
});
