import type { ReactNode } from "react";

import type { Value } from "../api/views";
import { parsed } from "../forms/json";
import { linesOf } from "../forms/reading";
import { seen } from "./seen";
import "../forms/forms.css";

/** A recorded value to be read: a line for each name, text as text; what is no whole JSON as it is. */
export function Reading({ value, label }: { readonly value: Value; readonly label: string }): ReactNode {
  const read = value.json_text.length === value.chars ? parsed(value.json_text) : undefined;
  if (read === undefined) return <CutText value={value} label={label} />;
  return (
    <dl className="reading" aria-label={label}>
      {linesOf(read).map((line) => (
        <div key={line.pointer} className="reading-line" data-depth={Math.min(line.depth, 6)}>
          <dt>{seen(line.name) || label}</dt>
          <dd>{line.says === null ? null : seen(line.says)}</dd>
        </div>
      ))}
    </dl>
  );
}

function CutText({ value, label }: { readonly value: Value; readonly label: string }): ReactNode {
  const missing = value.chars - value.json_text.length;
  return (
    <figure className="reading-cut">
      <pre tabIndex={0} aria-label={label}>
        {seen(value.json_text)}
      </pre>
      {missing > 0 && <figcaption className="field-note">{missing.toLocaleString("en")} further characters are in the journal</figcaption>}
    </figure>
  );
}
