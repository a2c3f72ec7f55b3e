import { describe, expect, it } from "vitest";

import { answerOf, rawAnswer } from "./answer";
import { blank, type Draft } from "./draft";
import { fieldOf, takes, type Field } from "./field";
import type { Json } from "./json";
import { startsFor, startValue } from "./starts";

const TRIP: Json = {
  $defs: {
    Leg: {
      type: "object",
      properties: { to: { type: "string", minLength: 2 }, nights: { type: "integer", minimum: 1, maximum: 30 } },
      required: ["to", "nights"],
    },
    Seat: { type: "string", enum: ["aisle", "window"] },
  },
  type: "object",
  properties: {
    choice: { const: "edit", default: "edit", type: "string" },
    legs: { type: "array", items: { $ref: "#/$defs/Leg" }, minItems: 1 },
    seat: { $ref: "#/$defs/Seat", default: "aisle" },
    price: { anyOf: [{ type: "number" }, { type: "null" }], default: null },
    is_paid: { type: "boolean", default: true },
    remark: { type: "string" },
  },
  required: ["legs"],
};

function sent(schema: Json, from?: Json): Json {
  const field = fieldOf(schema);
  return JSON.parse(answerOf(field, blank(field, from)).text) as Json;
}

function typed(schema: Json, text: string): string {
  const { text: read, faults } = answerOf(fieldOf(schema), { kind: "typed", text });
  return faults[0]?.says ?? read;
}

describe("an answer", () => {
  it("holds what was proposed, the defaults, and no field that was left out", () => {
    const from = { legs: [{ to: "Busan", nights: 2 }] };
    expect(sent(TRIP, from)).toEqual({ choice: "edit", legs: from.legs, seat: "aisle", price: null, is_paid: true });
  });

  it("names each field that is wrong by its pointer", () => {
    const field = fieldOf(TRIP);
    const { text, faults } = answerOf(field, blank(field, { legs: [{ to: "B", nights: 0 }] }));
    expect(text).toBe("");
    expect(faults).toEqual([
      { pointer: "/legs/0/to", says: "at least 2 characters" },
      { pointer: "/legs/0/nights", says: "at least 1" },
    ]);
  });

  it("keeps the digits of a number as they were typed", () => {
    expect(typed({ type: "integer" }, "12345678901234567890")).toBe("12345678901234567890");
    expect(typed({ type: "number" }, "0.10")).toBe("0.10");
  });

  it.each([
    [{ type: "integer" }, "1.5", "a whole number, as 42"],
    [{ type: "integer" }, "", "fill in a number"],
    [{ type: "number" }, "0x10", "a number, as 42 or 0.5"],
    [{ type: "number", exclusiveMinimum: 0 }, "0", "more than 0"],
    [{ type: "number", maximum: 5 }, "6", "at most 5"],
    [{ type: "number", multipleOf: 0.1 }, "0.25", "a multiple of 0.1"],
    [{ type: "string", minLength: 1 }, "", "fill this in"],
    [{ type: "string", maxLength: 3 }, "a😀bc", "at most 3 characters; there are 4"],
    [{ type: "string", pattern: "^[A-Z]+$" }, "ab", "must match ^[A-Z]+$"],
    [{ enum: ["a", "b"] }, "", "choose one"],
  ])("of %j refuses %j", (schema, text, says) => {
    expect(typed(schema as Json, text)).toBe(says);
  });

  it("of an enum is the value itself, whatever it is", () => {
    expect(typed({ enum: [1, "1", null, { a: 1 }] }, "3")).toBe('{"a":1}');
    expect(typed({ enum: [1, "1", null, { a: 1 }] }, "2")).toBe("null");
  });

  it("counts the items of a list", () => {
    const field = fieldOf({ type: "array", items: { type: "string" }, minItems: 2, maxItems: 2 });
    const one: Draft = { kind: "list", items: [{ kind: "typed", text: "a" }] };
    expect(answerOf(field, one).faults).toEqual([{ pointer: "", says: "at least 2; there are 1" }]);
  });

  it("escapes names in pointers", () => {
    const field = fieldOf({ type: "object", properties: { "a/b~c": { type: "integer" } }, required: ["a/b~c"] });
    expect(answerOf(field, blank(field)).faults[0]?.pointer).toBe("/a~1b~0c");
  });

  it("written as JSON is sent as it is, or refused where it is none", () => {
    expect(rawAnswer(' {"a": 1} ')).toEqual({ text: '{"a": 1}', faults: [] });
    expect(rawAnswer("Busan").faults[0]?.says).toBe("this is no JSON; a text needs its quotes");
  });

  it("keeps names as data, whatever they are called", () => {
    const odd: Json = JSON.parse('{"type":"object","properties":{"__proto__":{"type":"string"}},"required":["__proto__"]}') as Json;
    const field = fieldOf(odd);
    expect(field.kind === "record" && field.members.map((member) => member.name)).toEqual(["__proto__"]);
    expect(Object.getPrototypeOf({})).toBe(Object.prototype);
  });
});

describe("a field", () => {
  it("of one option and null is that option, or nothing", () => {
    expect(fieldOf({ anyOf: [{ type: "string" }, { type: "null" }] })).toMatchObject({ kind: "maybe", off: "null", field: { kind: "text" } });
  });

  it("of several options begins with the one that fits", () => {
    const field = fieldOf({ anyOf: [{ type: "integer" }, { type: "string" }] });
    expect(blank(field, "x")).toMatchObject({ kind: "either", at: 1 });
    expect(answerOf(field, blank(field, "x")).text).toBe('"x"');
  });

  it("that is beyond a form is raw JSON", () => {
    const beyond: Json[] = [{}, { type: "object", additionalProperties: { type: "string" } }, { type: "array", prefixItems: [] }, { $ref: "#/nowhere" }];
    expect(beyond.map((schema) => fieldOf(schema).kind)).toEqual(["raw", "raw", "raw", "raw"]);
  });

  it("that holds itself ends", () => {
    const tree: Json = { $defs: { T: { type: "object", properties: { of: { type: "array", items: { $ref: "#/$defs/T" } } } } }, $ref: "#/$defs/T" };
    expect(depth(fieldOf(tree))).toBeLessThan(20);
    expect(fieldOf({ $defs: { A: { $ref: "#/$defs/A" } }, $ref: "#/$defs/A" }).kind).toBe("raw");
  });

  it("takes its title from its name, and its note from the schema", () => {
    const field = fieldOf({ type: "object", properties: { car_needed: { type: "boolean", description: "Else by train." } } });
    expect(field.kind === "record" && field.members[0]?.field).toMatchObject({ title: "car needed", note: "Else by train." });
  });
});

describe("a form may begin with", () => {
  const edit: Json = { type: "object", properties: { choice: { const: "edit" }, value: { type: "string" } }, required: ["value"] };

  it("what its member `value` edits, the longest first", () => {
    const starts = startsFor(fieldOf(edit), { id: "a", draft: "a long text", n: 1 });
    expect(starts.map((one) => one.pointer)).toEqual(["/draft", "/id"]);
    expect(sent(edit, startValue(fieldOf(edit), starts[0]))).toEqual({ choice: "edit", value: "a long text" });
  });

  it("nothing that does not fit", () => {
    expect(startsFor(fieldOf(edit), { n: 1 })).toEqual([]);
    expect(takes(fieldOf({ type: "integer" }), 1.5)).toBe(false);
    expect(takes(fieldOf(TRIP), { legs: [], other: 1 })).toBe(false);
  });
});

function depth(field: Field): number {
  if (field.kind === "list") return 1 + depth(field.item);
  if (field.kind === "maybe") return 1 + depth(field.field);
  if (field.kind === "record") return 1 + Math.max(0, ...field.members.map((member) => depth(member.field)));
  return 1;
}
