import { useId, useMemo, useRef, useState, type FormEvent, type KeyboardEvent, type ReactNode } from "react";

import { answerOf, rawAnswer, type Answer, type Fault } from "./answer";
import { blank, type Draft } from "./draft";
import { FieldEditor, inputId } from "./FieldEditor";
import { fieldOf } from "./field";
import { parsed, type Json } from "./json";
import "./forms.css";

interface SchemaFormProps {
  /** JSON schema, as text. */
  readonly schemaText: string;
  /** What the form begins with. */
  readonly start?: Json | undefined;
  /** Is given the JSON text of the answer, once it fits. */
  readonly onSend: (text: string) => void;
  /** The buttons, and whatever else belongs below the fields. */
  readonly children: ReactNode;
  readonly label: string;
}

/** A form made of a JSON schema; faults stand at their fields, and JSON may be written instead. */
export function SchemaForm({ schemaText, start, onSend, children, label }: SchemaFormProps): ReactNode {
  const formId = useId();
  const form = useRef<HTMLFormElement>(null);
  const field = useMemo(() => fieldOf(parsed(schemaText)), [schemaText]);
  const [draft, setDraft] = useState<Draft>(() => blank(field, start));
  const [raw, setRaw] = useState<string | null>(null);
  const [faults, setFaults] = useState<readonly Fault[]>([]);
  const send = (event: FormEvent): void => {
    event.preventDefault();
    const read: Answer = raw === null ? answerOf(field, draft) : rawAnswer(raw);
    setFaults(read.faults);
    const [first] = read.faults;
    if (first) focusFault(form.current, inputId(formId, first.pointer));
    else onSend(read.text);
  };
  const byPointer = new Map(faults.map((fault) => [fault.pointer, fault.says]));
  const rawField = { kind: "raw", title: "Answer as JSON", note: "", why: "sent as it is" } as const;
  return (
    <form ref={form} className="form" aria-label={label} onSubmit={send} onKeyDown={sendByKey} noValidate>
      {raw === null ? (
        <FieldEditor field={field} draft={draft} pointer="" formId={formId} faults={byPointer} onChange={setDraft} />
      ) : (
        <FieldEditor field={rawField} draft={{ kind: "typed", text: raw }} pointer="" formId={formId} faults={byPointer} onChange={(typed) => setRaw(typed.kind === "typed" ? typed.text : "")} />
      )}
      <div className="form-acts">
        {children}
        {field.kind !== "raw" && (
          <button type="button" className="ghost" onClick={() => setRaw(raw === null ? pretty(answerOf(field, draft).text) : null)}>
            {raw === null ? "Write JSON instead" : "Back to the form"}
          </button>
        )}
      </div>
    </form>
  );
}

/** Enter in a text of several lines is a line; with Ctrl or ⌘ it sends. */
function sendByKey(event: KeyboardEvent<HTMLFormElement>): void {
  if (event.key !== "Enter" || !(event.metaKey || event.ctrlKey)) return;
  event.preventDefault();
  event.currentTarget.requestSubmit();
}

function pretty(text: string): string {
  const value = parsed(text);
  return value === undefined ? "" : JSON.stringify(value, null, 2);
}

/** The first input that is wrong gets the focus: itself, or the first one inside it. */
function focusFault(form: HTMLFormElement | null, id: string): void {
  const at = form?.querySelector<HTMLElement>(`[id="${CSS.escape(id)}"]`) ?? form?.querySelector<HTMLElement>("input, textarea, select");
  at?.focus();
}
