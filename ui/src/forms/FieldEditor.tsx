import type { ReactNode } from "react";

import type { Draft } from "./draft";
import type { Field } from "./field";
import { ListEditor, MaybeEditor, EitherEditor, RecordEditor } from "./NestedEditors";
import { ChoiceInput, FlagInput, RawInput, TextInput, NumberInput } from "./inputs";

/** What every editor of a part of a form is given; `faults`: what is wrong, by JSON Pointer. */
export interface EditorProps<F extends Field = Field> {
  readonly field: F;
  readonly draft: Draft;
  readonly pointer: string;
  readonly formId: string;
  readonly faults: ReadonlyMap<string, string>;
  readonly onChange: (draft: Draft) => void;
}

export type Of<K extends Field["kind"]> = EditorProps<Extract<Field, { kind: K }>>;

/** The part of a form for one field of a schema. */
export function FieldEditor(props: EditorProps): ReactNode {
  const { field } = props;
  switch (field.kind) {
    case "text":
      return <TextInput {...props} field={field} />;
    case "number":
      return <NumberInput {...props} field={field} />;
    case "choice":
      return <ChoiceInput {...props} field={field} />;
    case "raw":
      return <RawInput {...props} field={field} />;
    case "flag":
      return <FlagInput {...props} field={field} />;
    case "constant":
      return null;
    case "list":
      return <ListEditor {...props} field={field} />;
    case "record":
      return <RecordEditor {...props} field={field} />;
    case "either":
      return <EitherEditor {...props} field={field} />;
    case "maybe":
      return <MaybeEditor {...props} field={field} />;
  }
}

/** The id of the input for a pointer, so that a label, a fault and the focus find it. */
export function inputId(formId: string, pointer: string): string {
  return `${formId}:${pointer}`;
}
