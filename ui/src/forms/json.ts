/** JSON values, and how they are read without trusting them. */

export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };
export type JsonObject = { [name: string]: Json };

/** The value of a JSON text; undefined where it is none. */
export function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function textOf(value: Json | undefined): string {
  return typeof value === "string" ? value : "";
}

export function numberOf(value: Json | undefined): number | undefined {
  return typeof value === "number" ? value : undefined;
}

export function listOf(value: Json | undefined): Json[] {
  return Array.isArray(value) ? value : [];
}

/** The JSON Pointer of a member of what `pointer` names. */
export function inside(pointer: string, name: string | number): string {
  return `${pointer}/${String(name).replaceAll("~", "~0").replaceAll("/", "~1")}`;
}

/** Names as people read them: `car_needed` is `car needed`. */
export function inWords(name: string): string {
  return name.replaceAll("_", " ");
}

/** Two values that are the same JSON, whatever the order of names. */
export function isSame(left: Json, right: Json): boolean {
  if (Array.isArray(left) && Array.isArray(right)) {
    return left.length === right.length && left.every((one, at) => isSame(one, right[at] ?? null));
  }
  if (isObject(left) && isObject(right)) {
    const names = Object.keys(left);
    const isAsLong = names.length === Object.keys(right).length;
    return isAsLong && names.every((name) => Object.hasOwn(right, name) && isSame(left[name] ?? null, right[name] ?? null));
  }
  return left === right;
}
