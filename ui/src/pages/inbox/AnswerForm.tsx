import { useEffect, useId, useMemo, useRef, useState } from "react";
import type { TaskRow } from "../../api/views";
import { fieldOf } from "../../forms/field";
import { parsed } from "../../forms/json";
import { SchemaForm } from "../../forms/SchemaForm";
import { startsFor, startValue } from "../../forms/starts";
import type { Choice } from "./choices";

interface Props {
  readonly choice: Choice;
  readonly task: TaskRow;
  readonly isBusy: boolean;
  readonly onSend: (text: string, reason: string) => void;
}

/** The form of one way to answer; it begins with what was proposed, where that is edited. */
export function AnswerForm({ choice, task, isBusy, onSend }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const [reason, setReason] = useState("");
  const starts = useMemo(() => startsFor(fieldOf(parsed(choice.schemaText)), parsed(task.context.json_text)), [choice, task]);
  const [at, setAt] = useState(0);
  useEffect(() => {
    box.current?.querySelector<HTMLElement>("form :is(input, textarea, select, button)")?.focus();
  }, []);
  const isReject = choice.tone === "stop";
  const isEdit = choice.start === undefined;
  const start = isEdit ? startValue(fieldOf(parsed(choice.schemaText)), starts[at]) : choice.start;
  const act = (
    <button type="submit" className={`button primary ${isReject ? "danger" : ""}`} disabled={isBusy}>
      {isEdit && choice.name === "edit" ? "Send the edit" : choice.word}
    </button>
  );
  if (choice.isFixed) {
    return (
      <div ref={box}>
        <form className="form" onSubmit={(event) => { event.preventDefault(); onSend(JSON.stringify(choice.start), reason.trim()); }}>
          <Reason value={reason} onChange={setReason} />
          <div className="form-acts">{act}</div>
        </form>
      </div>
    );
  }
  return (
    <div ref={box}>
      {isEdit && starts.length > 1 && (
        <div className="field is-inline">
          <label htmlFor="task-start">Begin with</label>
          <select id="task-start" value={at} onChange={(event) => setAt(Number(event.target.value))}>
            {starts.map((one, index) => (
              <option key={one.pointer} value={index}>
                {one.pointer === "" ? "everything" : one.pointer.slice(1).replaceAll("_", " ")}
              </option>
            ))}
          </select>
        </div>
      )}
      <SchemaForm key={at} schemaText={choice.schemaText} start={start} label={choice.word} onSend={(text) => onSend(text, "")}>
        {act}
      </SchemaForm>
    </div>
  );
}

function Reason({ value, onChange }: { readonly value: string; readonly onChange: (reason: string) => void }) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>Reason, for the record</label>
      <input id={id} maxLength={500} value={value} onChange={(event) => onChange(event.target.value)} />
    </div>
  );
}
