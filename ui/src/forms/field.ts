/** A JSON schema as fields of a form; what goes beyond them is a field of raw JSON. */

import { inWords, isObject, isSame, listOf, numberOf, textOf, type Json, type JsonObject } from "./json";

const DEPTH_MAX = 8;
const LONG_CHARS = 200;

interface Said {
  title: string;
  note: string;
}

export type Field =
  | (Said & { kind: "text"; min: number; max: number; pattern: string; format: string; isLong: boolean })
  | (Said & { kind: "number"; isInteger: boolean; min: Bound; max: Bound; step: number | undefined })
  | (Said & { kind: "flag" })
  | (Said & { kind: "constant"; value: Json })
  | (Said & { kind: "choice"; values: Json[] })
  | (Said & { kind: "list"; item: Field; min: number; max: number })
  | (Said & { kind: "record"; members: Member[] })
  | (Said & { kind: "either"; options: Field[] })
  | (Said & { kind: "maybe"; field: Field; off: "null" | "omit" })
  | (Said & { kind: "raw"; why: string });

export interface Bound {
  value: number | undefined;
  isOpen: boolean;
}

export interface Member {
  name: string;
  field: Field;
  start: Json | undefined;
}

/** The field of a whole schema. */
export function fieldOf(schema: Json | undefined): Field {
  const root = isObject(schema) ? schema : {};
  return new Reader(root).field(root, "", 0);
}

class Reader {
  private readonly root: JsonObject;

  constructor(root: JsonObject) {
    this.root = root;
  }

  field(asked: Json | undefined, name: string, depth: number): Field {
    const schema = this.resolved(asked);
    const said = { title: name || textOf(schema["title"]), note: textOf(schema["description"]) };
    if (depth > DEPTH_MAX) return { ...said, kind: "raw", why: "it is nested too deep for a form" };
    if (Object.hasOwn(schema, "const")) return { ...said, kind: "constant", value: schema["const"] ?? null };
    if (Array.isArray(schema["enum"])) return { ...said, kind: "choice", values: schema["enum"] };
    const options = listOf(schema["oneOf"] ?? schema["anyOf"]);
    if (options.length > 0) return this.either(said, options, depth);
    return this.typed(said, schema, depth);
  }

  /** A schema with what it refers to; what is said beside the reference wins. */
  private resolved(asked: Json | undefined): JsonObject {
    let schema = isObject(asked) ? asked : {};
    for (let hops = 0; hops < 20; hops += 1) {
      const only = listOf(schema["allOf"]);
      const next = only.length === 1 ? only[0] : this.referred(schema["$ref"]);
      if (!isObject(next)) return schema;
      const { $ref: _ref, allOf: _allOf, ...beside } = schema;
      schema = { ...next, ...beside };
    }
    return {};
  }

  private referred(reference: Json | undefined): Json | undefined {
    const way = textOf(reference);
    if (!way.startsWith("#/")) return undefined;
    let found: Json | undefined = this.root;
    for (const part of way.slice(2).split("/")) {
      const name = part.replaceAll("~1", "/").replaceAll("~0", "~");
      found = isObject(found) && Object.hasOwn(found, name) ? found[name] : undefined;
    }
    return found;
  }

  private either(said: Said, options: Json[], depth: number): Field {
    const real = options.filter((option) => this.resolved(option)["type"] !== "null");
    const fields = real.map((option) => this.field(option, "", depth + 1));
    const [first] = fields;
    const inner: Field = fields.length === 1 && first ? { ...first, ...named(said, first) } : { ...said, kind: "either", options: fields };
    return real.length < options.length ? { ...said, kind: "maybe", field: inner, off: "null" } : inner;
  }

  private typed(said: Said, schema: JsonObject, depth: number): Field {
    switch (schema["type"]) {
      case "string":
        return textField(said, schema);
      case "integer":
      case "number":
        return numberField(said, schema);
      case "boolean":
        return { ...said, kind: "flag" };
      case "array":
        return this.list(said, schema, depth);
      case "object":
        return this.record(said, schema, depth);
      case "null":
        return { ...said, kind: "constant", value: null };
      default:
        return { ...said, kind: "raw", why: "its schema is beyond a form" };
    }
  }

  private list(said: Said, schema: JsonObject, depth: number): Field {
    if (Array.isArray(schema["prefixItems"])) return { ...said, kind: "raw", why: "a list with a schema for each place" };
    const item = this.field(schema["items"], "", depth + 1);
    const max = numberOf(schema["maxItems"]) ?? Infinity;
    return { ...said, kind: "list", item, min: numberOf(schema["minItems"]) ?? 0, max };
  }

  private record(said: Said, schema: JsonObject, depth: number): Field {
    const properties = schema["properties"];
    if (!isObject(properties)) return { ...said, kind: "raw", why: "an object with names of its own" };
    const required = new Set(listOf(schema["required"]).map(textOf));
    const members = Object.entries(properties).map(([name, about]) => this.member(name, about, required, depth));
    return { ...said, kind: "record", members };
  }

  private member(name: string, about: Json, required: Set<string>, depth: number): Member {
    const field = this.field(about, inWords(name), depth + 1);
    const schema = this.resolved(about);
    const hasDefault = Object.hasOwn(schema, "default");
    const isSet = required.has(name) || hasDefault || field.kind === "constant" || field.kind === "maybe";
    const start = hasDefault ? schema["default"] : undefined;
    if (isSet) return { name, field, start };
    return { name, field: { title: field.title, note: field.note, kind: "maybe", field, off: "omit" }, start };
  }
}

function named(said: Said, field: Field): Said {
  return { title: said.title || field.title, note: said.note || field.note };
}

function textField(said: Said, schema: JsonObject): Field {
  const max = numberOf(schema["maxLength"]) ?? Infinity;
  const format = textOf(schema["format"]);
  const isLong = format === "" && !Object.hasOwn(schema, "pattern") && max > LONG_CHARS;
  return { ...said, kind: "text", min: numberOf(schema["minLength"]) ?? 0, max, pattern: textOf(schema["pattern"]), format, isLong };
}

function numberField(said: Said, schema: JsonObject): Field {
  const isInteger = schema["type"] === "integer";
  const step = numberOf(schema["multipleOf"]);
  const min = bound(schema["minimum"], schema["exclusiveMinimum"]);
  const max = bound(schema["maximum"], schema["exclusiveMaximum"]);
  return { ...said, kind: "number", isInteger, min, max, step };
}

function bound(closed: Json | undefined, open: Json | undefined): Bound {
  const [shut, ajar] = [numberOf(closed), numberOf(open)];
  return ajar === undefined ? { value: shut, isOpen: false } : { value: ajar, isOpen: true };
}

/** Tells whether a value may be put into a field as it is, so that a form can begin with it. */
export function takes(field: Field, value: Json): boolean {
  switch (field.kind) {
    case "text":
      return typeof value === "string";
    case "number":
      return typeof value === "number" && (!field.isInteger || Number.isInteger(value));
    case "flag":
      return typeof value === "boolean";
    case "constant":
      return isSame(field.value, value);
    case "choice":
      return field.values.some((one) => isSame(one, value));
    case "list":
      return Array.isArray(value) && value.every((one) => takes(field.item, one));
    case "record":
      return isObject(value) && takesAll(field.members, value);
    case "either":
      return field.options.some((option) => takes(option, value));
    case "maybe":
      return (field.off === "null" && value === null) || takes(field.field, value);
    case "raw":
      return false;
  }
}

function takesAll(members: Member[], value: JsonObject): boolean {
  const known = new Set(members.map((member) => member.name));
  return Object.keys(value).every((name) => known.has(name)) && members.every((member) => takesMember(member, value));
}

function takesMember(member: Member, value: JsonObject): boolean {
  const isThere = Object.hasOwn(value, member.name);
  if (!isThere) return member.field.kind === "maybe" || member.start !== undefined;
  return takes(member.field, value[member.name] ?? null);
}
