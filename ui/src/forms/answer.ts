/** From what was typed to the JSON text that is sent, or to what is wrong with it, at its field. */

import type { Draft } from "./draft";
import type { Bound, Field } from "./field";
import { inside, parsed } from "./json";

/** Something that can not be sent: the JSON Pointer of its field, and what to do. */
export interface Fault {
  pointer: string;
  says: string;
}

/** JSON text, and what is wrong; the text is "" where something is. */
export interface Answer {
  text: string;
  faults: Fault[];
}

/** Read a draft. Numbers travel as they were typed, so that long ones keep their digits. */
export function answerOf(field: Field, draft: Draft, pointer = ""): Answer {
  if (field.kind === "constant") return good(JSON.stringify(field.value));
  if (field.kind === "flag" && draft.kind === "flag") return good(String(draft.isOn));
  if (draft.kind === "typed") return ofTyped(field, draft.text, pointer);
  if (field.kind === "maybe" && draft.kind === "maybe") {
    return draft.isOn ? answerOf(field.field, draft.draft, pointer) : good(field.off === "null" ? "null" : "");
  }
  if (field.kind === "list" && draft.kind === "list") return ofList(field, draft.items, pointer);
  if (field.kind === "record" && draft.kind === "record") return ofRecord(field, draft.members, pointer);
  if (field.kind === "either" && draft.kind === "either") return ofEither(field, draft, pointer);
  return bad(pointer, "this can not be read");
}

function ofTyped(field: Field, text: string, pointer: string): Answer {
  switch (field.kind) {
    case "text":
      return ofText(field, text, pointer);
    case "number":
      return ofNumber(field, text.trim(), pointer);
    case "choice": {
      const value = text === "" ? undefined : field.values[Number(text)];
      return value === undefined ? bad(pointer, "choose one") : good(JSON.stringify(value));
    }
    default:
      return rawAnswer(text, pointer);
  }
}

/** Read JSON that was typed as it is. */
export function rawAnswer(text: string, pointer = ""): Answer {
  if (text.trim() === "") return bad(pointer, "write a JSON value; a text needs its quotes");
  return parsed(text) === undefined ? bad(pointer, "this is no JSON; a text needs its quotes") : good(text.trim());
}

function ofText(field: Extract<Field, { kind: "text" }>, text: string, pointer: string): Answer {
  const length = [...text].length;
  if (length < field.min) return bad(pointer, field.min === 1 ? "fill this in" : `at least ${field.min} characters`);
  if (length > field.max) return bad(pointer, `at most ${field.max} characters; there are ${length}`);
  if (field.pattern !== "" && !matches(field.pattern, text)) return bad(pointer, `must match ${field.pattern}`);
  return good(JSON.stringify(text));
}

/** A pattern that this browser can not read is left to the server. */
function matches(pattern: string, text: string): boolean {
  try {
    return new RegExp(pattern, "u").test(text);
  } catch {
    return true;
  }
}

const NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;
const INTEGER = /^-?(0|[1-9]\d*)$/;

function ofNumber(field: Extract<Field, { kind: "number" }>, text: string, pointer: string): Answer {
  if (text === "") return bad(pointer, "fill in a number");
  if (field.isInteger && !INTEGER.test(text)) return bad(pointer, "a whole number, as 42");
  if (!NUMBER.test(text)) return bad(pointer, "a number, as 42 or 0.5");
  const value = Number(text);
  const wrong = outside(field.min, field.max, value);
  if (wrong !== "") return bad(pointer, wrong);
  if (field.step !== undefined && !isStep(value, field.step)) return bad(pointer, `a multiple of ${field.step}`);
  return good(text);
}

function outside(min: Bound, max: Bound, value: number): string {
  if (min.value !== undefined && (min.isOpen ? value <= min.value : value < min.value)) {
    return min.isOpen ? `more than ${min.value}` : `at least ${min.value}`;
  }
  if (max.value !== undefined && (max.isOpen ? value >= max.value : value > max.value)) {
    return max.isOpen ? `less than ${max.value}` : `at most ${max.value}`;
  }
  return "";
}

function isStep(value: number, step: number): boolean {
  const times = value / step;
  return Math.abs(times - Math.round(times)) < 1e-9;
}

function ofList(field: Extract<Field, { kind: "list" }>, items: Draft[], pointer: string): Answer {
  const read = items.map((one, at) => answerOf(field.item, one, inside(pointer, at)));
  const faults = read.flatMap((one) => one.faults);
  if (items.length < field.min) faults.push({ pointer, says: `at least ${field.min}; there are ${items.length}` });
  if (items.length > field.max) faults.push({ pointer, says: `at most ${field.max}; there are ${items.length}` });
  return faults.length > 0 ? { text: "", faults } : good(`[${read.map((one) => one.text).join(",")}]`);
}

function ofRecord(field: Extract<Field, { kind: "record" }>, drafts: Record<string, Draft>, pointer: string): Answer {
  const faults: Fault[] = [];
  const parts: string[] = [];
  for (const { name, field: member } of field.members) {
    const draft = drafts[name];
    const read = draft ? answerOf(member, draft, inside(pointer, name)) : bad(inside(pointer, name), "is missing");
    faults.push(...read.faults);
    if (read.text !== "") parts.push(`${JSON.stringify(name)}:${read.text}`);
  }
  return faults.length > 0 ? { text: "", faults } : good(`{${parts.join(",")}}`);
}

function ofEither(field: Extract<Field, { kind: "either" }>, draft: Extract<Draft, { kind: "either" }>, pointer: string): Answer {
  const [option, chosen] = [field.options[draft.at], draft.options[draft.at]];
  return option && chosen ? answerOf(option, chosen, pointer) : bad(pointer, "choose one");
}

function good(text: string): Answer {
  return { text, faults: [] };
}

function bad(pointer: string, says: string): Answer {
  return { text: "", faults: [{ pointer, says }] };
}
