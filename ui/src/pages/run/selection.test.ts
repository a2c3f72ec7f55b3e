import { expect, it } from "vitest";
import { placeOf } from "./selection";

it("finds the place of an address, whatever visit, item or undoing it is", () => {
  expect(placeOf("articles[1]/draft#2")).toBe("articles/draft");
  expect(placeOf("flight.undo")).toBe("flight");
  expect(placeOf("plan#2[3]/a.b")).toBe("plan/a.b");
});
