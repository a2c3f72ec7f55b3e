/** The ways in which a question may be answered, and the keys for them. */

import type { AnswerOption, TaskRow } from "../../api/views";
import { isObject, listOf, parsed, textOf, type Json } from "../../forms/json";

/** `word`: what its button says; `key`: what chooses it; `tone`: whether it goes on, changes or stops. */
export interface Choice {
  readonly name: string;
  readonly word: string;
  readonly key: string;
  readonly tone: "go" | "stop" | "plain";
  readonly schemaText: string;
  readonly start: Json | undefined;
  /** The answer is this, whatever is said besides: nothing of it can be filled in. */
  readonly isFixed: boolean;
}

/** An answer that is no choice among named ones. */
const ANOTHER = { name: "answer", word: "Another answer", tone: "go", start: undefined, isFixed: false } as const;

const KEYS: Readonly<Record<string, string>> = { approve: "a", edit: "e", reject: "r" };

/** The choices of a task; one without a name of its own where the schema offers none. */
export function choicesOf(task: TaskRow): Choice[] {
  if (task.options.length === 0) {
    return [{ ...ANOTHER, word: "Answer", key: "a", schemaText: task.schema_text }];
  }
  const choices = task.options.map((option, at) => choiceOf(option, at));
  if (waysOf(task.schema_text) > choices.length) choices.push({ ...ANOTHER, key: "o", schemaText: task.schema_text });
  return choices;
}

/** How many ways to answer a schema has; those without a name of their own are among them. */
function waysOf(schemaText: string): number {
  const schema = parsed(schemaText);
  return isObject(schema) ? listOf(schema["oneOf"] ?? schema["anyOf"]).length : 0;
}

function choiceOf(option: AnswerOption, at: number): Choice {
  const name = option.name.toLowerCase();
  const start = option.as_is === null ? undefined : parsed(option.as_is);
  const tone = name === "reject" ? "stop" : name === "approve" ? "go" : "plain";
  const isFixed = start !== undefined && !hasFields(option.schema_text);
  const key = KEYS[name] ?? String(at + 1);
  return { name, word: titled(option.name), key, tone, schemaText: option.schema_text, start, isFixed };
}

function titled(name: string): string {
  const words = name.replaceAll("_", " ");
  return words.slice(0, 1).toUpperCase() + words.slice(1);
}

function hasFields(schemaText: string): boolean {
  const schema = parsed(schemaText);
  const properties = isObject(schema) ? schema["properties"] : undefined;
  if (!isObject(properties)) return false;
  return Object.values(properties).some((one) => !isObject(one) || (one["const"] === undefined && textOf(one["type"]) !== "null"));
}
