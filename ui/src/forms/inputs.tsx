import type { ReactNode } from "react";

import type { Of } from "./FieldEditor";
import type { Json } from "./json";
import { Labelled } from "./Labelled";

const FORMATS: Readonly<Record<string, string>> = { date: "date", email: "email", uri: "url", time: "time" };
const AS_RADIOS_MAX = 4;

function textIn(props: { readonly draft: Of<"text">["draft"] }): string {
  return props.draft.kind === "typed" ? props.draft.text : "";
}

export function TextInput(props: Of<"text">): ReactNode {
  const { field, onChange } = props;
  const text = textIn(props);
  const change = (typed: string): void => onChange({ kind: "typed", text: typed });
  return (
    <Labelled props={props}>
      {(says) =>
        field.isLong ? (
          <textarea {...says} className="field-words" rows={1} value={text} onChange={(event) => change(event.target.value)} />
        ) : (
          <input {...says} type={FORMATS[field.format] ?? "text"} value={text} onChange={(event) => change(event.target.value)} />
        )
      }
    </Labelled>
  );
}

export function NumberInput(props: Of<"number">): ReactNode {
  const { field, onChange } = props;
  return (
    <Labelled props={props}>
      {(says) => (
        <input
          {...says}
          className="field-number"
          type="text"
          inputMode={field.isInteger ? "numeric" : "decimal"}
          value={textIn(props)}
          onChange={(event) => onChange({ kind: "typed", text: event.target.value })}
        />
      )}
    </Labelled>
  );
}

export function RawInput(props: Of<"raw">): ReactNode {
  const { field, onChange } = props;
  return (
    <Labelled props={{ ...props, field: { ...field, note: [field.note, `As JSON: ${field.why}.`].filter(Boolean).join(" ") } }}>
      {(says) => (
        <textarea {...says} className="field-raw" rows={4} spellCheck={false} value={textIn(props)} onChange={(event) => onChange({ kind: "typed", text: event.target.value })} />
      )}
    </Labelled>
  );
}

export function FlagInput(props: Of<"flag">): ReactNode {
  const { field, draft, formId, pointer, onChange } = props;
  const id = `${formId}:${pointer}`;
  const isOn = draft.kind === "flag" && draft.isOn;
  return (
    <div className="field">
      <label className="field-flag" htmlFor={id}>
        <input id={id} type="checkbox" checked={isOn} onChange={(event) => onChange({ kind: "flag", isOn: event.target.checked })} />
        {field.title || "Yes"}
      </label>
      {field.note && <p className="field-note">{field.note}</p>}
    </div>
  );
}

export function ChoiceInput(props: Of<"choice">): ReactNode {
  const { field, onChange } = props;
  const chosen = textIn(props);
  if (field.values.length <= AS_RADIOS_MAX) return <Radios {...props} />;
  return (
    <Labelled props={props}>
      {(says) => (
        <select {...says} value={chosen} onChange={(event) => onChange({ kind: "typed", text: event.target.value })}>
          <option value="">Choose…</option>
          {field.values.map((value, at) => (
            <option key={at} value={at}>
              {choiceName(value)}
            </option>
          ))}
        </select>
      )}
    </Labelled>
  );
}

function Radios(props: Of<"choice">): ReactNode {
  const { field, pointer, formId, faults, onChange } = props;
  const id = `${formId}:${pointer}`;
  const fault = faults.get(pointer);
  const chosen = textIn(props);
  return (
    <fieldset className="field field-radios" aria-describedby={fault ? `${id}:fault` : undefined}>
      <legend className="field-label">{field.title || "Answer"}</legend>
      <div className="field-row">
        {field.values.map((value, at) => (
          <label key={at} className="field-flag">
            <input id={at === 0 ? id : undefined} type="radio" name={id} checked={chosen === String(at)} onChange={() => onChange({ kind: "typed", text: String(at) })} />
            {choiceName(value)}
          </label>
        ))}
      </div>
      {field.note && <p className="field-note">{field.note}</p>}
      {fault && (
        <p className="field-fault" id={`${id}:fault`}>
          <span aria-hidden="true">▲ </span>
          {fault}
        </p>
      )}
    </fieldset>
  );
}

function choiceName(value: Json): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
