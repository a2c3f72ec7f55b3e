/** JSON as text: indented and coloured, never interpreted. */

import { useMemo, useState } from "react";
import type { Value } from "../api/views";
import { CopyButton } from "./CopyButton";
import { seen } from "./seen";

const TOKEN = /("(?:\\.|[^"\\])*")(\s*:)?|\b(?:true|false|null)\b|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
const FOLDED_LINES = 24;
const COLOURED_CHARS = 40_000;

/** Return a JSON text with line breaks and indents; what is no JSON (or cut) as it is. */
export function indented(text: string): string {
  try {
    return seen(JSON.stringify(JSON.parse(text), null, 2) ?? text);
  } catch {
    return seen(text);
  }
}

/** Large integers would lose digits on the way through JSON.parse: those texts are shown as they are. */
function isExact(text: string): boolean {
  return !/\d{16,}/.test(text);
}

export function JsonView({ text, label }: { readonly text: string; readonly label: string }) {
  const shown = useMemo(() => (isExact(text) ? indented(text) : seen(text)), [text]);
  const lines = useMemo(() => shown.split("\n"), [shown]);
  const [isOpen, setOpen] = useState(false);
  const isLong = lines.length > FOLDED_LINES + 4;
  const visible = isLong && !isOpen ? lines.slice(0, FOLDED_LINES).join("\n") : shown;
  return (
    <div className="json">
      <pre className="code" tabIndex={0} role="group" aria-label={label}>
        {visible.length > COLOURED_CHARS ? visible : coloured(visible)}
      </pre>
      <CopyButton text={shown} label={`Copy ${label}`} />
      {isLong && (
        <button type="button" className="ghost small json-more" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          {isOpen ? "Fold" : `Show all ${lines.length} lines`}
        </button>
      )}
    </div>
  );
}

/** A recorded value, with a word where it is not whole. */
export function ValueView({ value, label }: { readonly value: Value; readonly label: string }) {
  const isWhole = value.json_text.length === value.chars || [...value.json_text].length === value.chars;
  return (
    <>
      <JsonView text={value.json_text} label={label} />
      {!isWhole && (
        <p className="faint small">
          The first {value.json_text.length.toLocaleString()} of {value.chars.toLocaleString()} characters. The export has
          all of it.
        </p>
      )}
    </>
  );
}

function coloured(text: string) {
  const parts = [];
  let end = 0;
  for (const found of text.matchAll(TOKEN)) {
    if (found.index > end) parts.push(text.slice(end, found.index));
    const [whole, quoted, colon] = found;
    if (quoted && colon) parts.push(<span key={found.index} className="json-key">{quoted}</span>, colon);
    else parts.push(<span key={found.index} className={quoted ? "json-text" : "json-plain"}>{whole}</span>);
    end = found.index + whole.length;
  }
  parts.push(text.slice(end));
  return parts;
}
