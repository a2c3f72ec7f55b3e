/** What a person has put into a form so far, as typed; it need not fit yet. */

import { takes, type Field, type Member } from "./field";
import { isObject, isSame, type Json } from "./json";

export type Draft =
  | { kind: "typed"; text: string }
  | { kind: "flag"; isOn: boolean }
  | { kind: "fixed" }
  | { kind: "list"; items: Draft[] }
  | { kind: "record"; members: Record<string, Draft> }
  | { kind: "either"; at: number; options: Draft[] }
  | { kind: "maybe"; isOn: boolean; draft: Draft };

/** The draft that a form begins with: a value where one is proposed, otherwise empty. */
export function blank(field: Field, from?: Json): Draft {
  switch (field.kind) {
    case "text":
      return typed(typeof from === "string" ? from : "");
    case "number":
      return typed(typeof from === "number" ? String(from) : "");
    case "raw":
      return typed(from === undefined ? "" : JSON.stringify(from, null, 2));
    case "choice":
      return typed(choiceText(field.values, from));
    case "flag":
      return { kind: "flag", isOn: from === true };
    case "constant":
      return { kind: "fixed" };
    default:
      return nested(field, from);
  }
}

function nested(field: Extract<Field, { kind: "list" | "record" | "either" | "maybe" }>, from?: Json): Draft {
  switch (field.kind) {
    case "list":
      return { kind: "list", items: startItems(field, from) };
    case "record":
      return { kind: "record", members: Object.fromEntries(field.members.map((one) => [one.name, memberDraft(one, from)])) };
    case "either":
      return eitherDraft(field.options, from);
    case "maybe":
      return { kind: "maybe", isOn: from !== undefined && from !== null, draft: blank(field.field, from) };
  }
}

function typed(text: string): Draft {
  return { kind: "typed", text };
}

/** The place of a value among choices, as text; "" for none of them. */
export function choiceText(values: Json[], value: Json | undefined): string {
  const at = value === undefined ? -1 : values.findIndex((one) => isSame(one, value));
  return at < 0 ? "" : String(at);
}

function startItems(field: Extract<Field, { kind: "list" }>, from?: Json): Draft[] {
  if (Array.isArray(from)) return from.map((one) => blank(field.item, one));
  return Array.from({ length: field.min }, () => blank(field.item));
}

function memberDraft(member: Member, from?: Json): Draft {
  const given = isObject(from) && Object.hasOwn(from, member.name) ? from[member.name] : member.start;
  return blank(member.field, given);
}

function eitherDraft(options: Field[], from?: Json): Draft {
  const found = from === undefined ? -1 : options.findIndex((option) => takes(option, from));
  const at = Math.max(found, 0);
  return { kind: "either", at, options: options.map((option, index) => blank(option, index === at ? from : undefined)) };
}
