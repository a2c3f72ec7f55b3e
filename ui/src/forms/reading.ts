/** A JSON value as lines to be read: what people look at before they decide. */

import { inside, inWords, type Json } from "./json";

const LINES_MAX = 400;
const DEPTH_MAX = 12;

/** A line: how deep, its name, what it says (null for what only has lines below it). */
export interface ReadLine {
  readonly pointer: string;
  readonly depth: number;
  readonly name: string;
  readonly says: string | null;
}

/** The lines of a value; what is beyond 400 lines or 12 levels is one line of JSON. */
export function linesOf(value: Json): ReadLine[] {
  const lines: ReadLine[] = [];
  const isNested = typeof value === "object" && value !== null && Object.keys(value).length > 0;
  if (isNested) addMembers(lines, value, "", 0);
  else lines.push({ pointer: "", depth: 0, name: "", says: said(value) });
  return lines;
}

function addMembers(lines: ReadLine[], value: object, pointer: string, depth: number): void {
  for (const [name, member] of Object.entries(value) as [string, Json][]) {
    const shown = Array.isArray(value) ? `${Number(name) + 1}` : inWords(name);
    add(lines, { pointer: inside(pointer, name), depth, name: shown, value: member });
  }
}

function add(lines: ReadLine[], one: { pointer: string; depth: number; name: string; value: Json }): void {
  if (lines.length >= LINES_MAX) return;
  const { value, ...line } = one;
  const isNested = typeof value === "object" && value !== null && Object.keys(value).length > 0;
  if (!isNested || line.depth >= DEPTH_MAX) {
    lines.push({ ...line, says: isNested ? JSON.stringify(value) : said(value) });
    return;
  }
  lines.push({ ...line, says: null });
  addMembers(lines, value, line.pointer, line.depth + 1);
}

function said(value: Json): string {
  if (value === null) return "none";
  if (value === true) return "yes";
  if (value === false) return "no";
  if (typeof value === "object") return Array.isArray(value) ? "none (empty list)" : "none (empty)";
  return value === "" ? "(empty text)" : String(value);
}
