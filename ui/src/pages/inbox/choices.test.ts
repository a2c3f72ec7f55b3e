import { expect, it } from "vitest";

import type { TaskRow } from "../../api/views";

import { choicesOf } from "./choices";

const APPROVE = '{"type":"object","properties":{"choice":{"const":"approve"},"note":{"type":"string","default":""}}}';

function task(options: TaskRow["options"], schemaText: string): TaskRow {
  const blank = { id: "r:p", run_id: "r", path: "p", workflow: "w", title: "", tool: "", args: null, asked_at: 0, until: null };
  return { ...blank, is_approval: false, context: { json_text: "{}", chars: 2 }, schema_text: schemaText, options };
}

it("an approval with nothing to fill in is sent as it is, by its key", () => {
  const options = [{ name: "approve", schema_text: "{}", as_is: "true" }];
  expect(choicesOf(task(options, '{"type":"boolean"}'))[0]).toMatchObject({ word: "Approve", key: "a", isFixed: true, start: true });
});

it("what may be filled in is asked for, from what would be sent", () => {
  const [choice] = choicesOf(task([{ name: "approve", schema_text: APPROVE, as_is: '{"choice":"approve"}' }], APPROVE));
  expect(choice).toMatchObject({ isFixed: false, start: { choice: "approve" } });
});

it("a question without named answers has one way", () => {
  expect(choicesOf(task([], '{"type":"string"}'))).toMatchObject([{ word: "Answer", key: "a" }]);
});

it("answers without a name are not lost beside those that have one", () => {
  const schema = `{"anyOf":[${APPROVE},{"type":"string"}]}`;
  const choices = choicesOf(task([{ name: "approve", schema_text: APPROVE, as_is: '{"choice":"approve"}' }], schema));
  expect(choices.map((choice) => choice.key)).toEqual(["a", "o"]);
});
