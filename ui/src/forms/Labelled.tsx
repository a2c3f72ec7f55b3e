import type { ReactNode } from "react";

import type { EditorProps } from "./FieldEditor";
import { inputId } from "./FieldEditor";

/** What an input is told for its label, note and fault to be found by those who listen. */
export interface InputSays {
  readonly id: string;
  readonly "aria-invalid": true | undefined;
  readonly "aria-describedby": string | undefined;
}

/** A label above an input, what is said of it, and what is wrong with it. */
export function Labelled({ props, children }: { readonly props: EditorProps; readonly children: (says: InputSays) => ReactNode }): ReactNode {
  const { field, pointer, formId, faults } = props;
  const id = inputId(formId, pointer);
  const fault = faults.get(pointer);
  const about = [field.note ? `${id}:note` : "", fault ? `${id}:fault` : ""].filter(Boolean).join(" ");
  return (
    <div className="field">
      <label className="field-label" htmlFor={id}>
        {field.title || "Answer"}
      </label>
      {children({ id, "aria-invalid": fault ? true : undefined, "aria-describedby": about || undefined })}
      {field.note && (
        <p className="field-note" id={`${id}:note`}>
          {field.note}
        </p>
      )}
      <FaultLine id={id} fault={fault} />
    </div>
  );
}

export function FaultLine({ id, fault }: { readonly id: string; readonly fault: string | undefined }): ReactNode {
  if (!fault) return null;
  return (
    <p className="field-fault" id={`${id}:fault`}>
      <span aria-hidden="true">▲ </span>
      {fault}
    </p>
  );
}
