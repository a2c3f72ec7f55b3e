/** What a form may begin with, found in what the person is shown. */

import { takes, type Field } from "./field";
import { isObject, type Json } from "./json";

/** A value of the context that fits: where it was found (`/draft`; "" for the whole), and it. */
export interface Start {
  pointer: string;
  value: Json;
}

/**
 * The values that fit a form, or its member `value` (what an edit carries): the whole context, or a member of it. Plain
 * texts are offered by length, longest first, since what is edited is rarely an id.
 */
export function startsFor(field: Field, context: Json | undefined): Start[] {
  if (context === undefined) return [];
  const edited = editedField(field);
  const fits = candidates(context).filter((one) => takes(edited, one.value) && one.value !== "");
  return fits.sort((one, other) => size(other.value) - size(one.value));
}

/** A form's first value from a start: wrapped where the form edits its member `value`. */
export function startValue(field: Field, start: Start | undefined): Json | undefined {
  if (start === undefined) return undefined;
  return editedField(field) === field ? start.value : { value: start.value };
}

function editedField(field: Field): Field {
  if (field.kind !== "record") return field;
  return field.members.find((member) => member.name === "value")?.field ?? field;
}

function candidates(context: Json): Start[] {
  const inner = isObject(context) ? Object.entries(context).map(([name, value]) => ({ pointer: `/${name}`, value })) : [];
  return [{ pointer: "", value: context }, ...inner];
}

function size(value: Json): number {
  return typeof value === "string" ? value.length : 0;
}
