import type { ReactNode } from "react";

import { blank, type Draft } from "./draft";
import { FieldEditor, inputId, type Of } from "./FieldEditor";
import type { Field } from "./field";
import { inside } from "./json";
import { FaultLine } from "./Labelled";

/** A record: its members below one another; a border only where it is inside something. */
export function RecordEditor(props: Of<"record">): ReactNode {
  const { field, draft, pointer } = props;
  if (draft.kind !== "record") return null;
  const members = field.members.map((member) => (
    <FieldEditor
      key={member.name}
      {...props}
      field={member.field}
      draft={draft.members[member.name] ?? blank(member.field)}
      pointer={inside(pointer, member.name)}
      onChange={(changed) => props.onChange({ kind: "record", members: { ...draft.members, [member.name]: changed } })}
    />
  ));
  if (pointer === "") return <>{members}</>;
  return (
    <fieldset className="field field-nest">
      {field.title && <legend className="field-label">{field.title}</legend>}
      {field.note && <p className="field-note">{field.note}</p>}
      {members}
    </fieldset>
  );
}

export function ListEditor(props: Of<"list">): ReactNode {
  const { field, draft, pointer, formId, faults, onChange } = props;
  if (draft.kind !== "list") return null;
  const { items } = draft;
  const id = inputId(formId, pointer);
  const put = (next: Draft[]): void => onChange({ kind: "list", items: next });
  return (
    <fieldset className="field field-nest" aria-describedby={faults.has(pointer) ? `${id}:fault` : undefined}>
      <legend className="field-label">{field.title || "List"}</legend>
      {field.note && <p className="field-note">{field.note}</p>}
      {items.map((item, at) => (
        <div className="field-item" key={at}>
          <FieldEditor {...props} field={itemField(field.item, at)} draft={item} pointer={inside(pointer, at)} onChange={(changed) => put(items.with(at, changed))} />
          <button type="button" className="ghost small" aria-label={`Remove item ${at + 1}`} onClick={() => put(items.toSpliced(at, 1))}>
            ✕
          </button>
        </div>
      ))}
      <button type="button" id={id} className="button small" disabled={items.length >= field.max} onClick={() => put([...items, blank(field.item)])}>
        Add {field.item.title || "an item"}
      </button>
      <FaultLine id={id} fault={faults.get(pointer)} />
    </fieldset>
  );
}

function itemField(item: Field, at: number): Field {
  return { ...item, title: `${item.title || "item"} ${at + 1}` };
}

export function EitherEditor(props: Of<"either">): ReactNode {
  const { field, draft, pointer, formId, onChange } = props;
  if (draft.kind !== "either") return null;
  const option = field.options[draft.at];
  const chosen = draft.options[draft.at];
  const id = inputId(formId, pointer);
  return (
    <fieldset className="field field-nest">
      <legend className="field-label">{field.title || "One of"}</legend>
      <div className="field-row">
        {field.options.map((one, at) => (
          <label key={at} className="field-flag">
            <input id={at === 0 ? id : undefined} type="radio" name={id} checked={at === draft.at} onChange={() => onChange({ ...draft, at })} />
            {one.title || kindName(one)}
          </label>
        ))}
      </div>
      {option && chosen && (
        <FieldEditor {...props} formId={`${formId}.${draft.at}`} field={option} draft={chosen} onChange={(changed) => onChange({ ...draft, options: draft.options.with(draft.at, changed) })} />
      )}
    </fieldset>
  );
}

function kindName(field: Field): string {
  const names: Readonly<Record<string, string>> = { text: "text", number: "number", flag: "yes or no", list: "list", record: "fields", raw: "JSON" };
  return names[field.kind] ?? field.kind;
}

/** A value that may be left out: words and numbers by leaving them empty, else a box to tick, and what it holds once it is ticked. */
export function MaybeEditor(props: Of<"maybe">): ReactNode {
  const { field, draft, pointer, formId, onChange } = props;
  if (draft.kind !== "maybe") return null;
  if (field.field.kind === "text" || field.field.kind === "number") return <OptionalInput {...props} />;
  const id = `${inputId(formId, pointer)}?`;
  return (
    <div className="field">
      <label className="field-flag" htmlFor={id}>
        <input id={id} type="checkbox" checked={draft.isOn} onChange={(event) => onChange({ ...draft, isOn: event.target.checked })} />
        {field.title || "Value"} {!draft.isOn && <span className="field-off">{field.off === "null" ? "none" : "left out"}</span>}
      </label>
      {draft.isOn && <FieldEditor {...props} field={field.field} draft={draft.draft} onChange={(changed) => onChange({ ...draft, draft: changed })} />}
    </div>
  );
}

function OptionalInput(props: Of<"maybe">): ReactNode {
  const { field, draft, onChange } = props;
  if (draft.kind !== "maybe") return null;
  const titled: Field = { ...field.field, title: `${field.title || "Value"} (optional)` };
  const put = (changed: Draft): void => onChange({ ...draft, isOn: changed.kind === "typed" && changed.text !== "", draft: changed });
  return <FieldEditor {...props} field={titled} draft={draft.draft} onChange={put} />;
}
