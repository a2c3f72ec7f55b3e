import { useState } from "react";
import { complain } from "../app/toasts";
import { Icon } from "./Icon";

/** Copy a text, or what `load` answers with; a tick says that it is done. */
export function CopyButton(props: { readonly text: string | (() => Promise<string>); readonly label: string; readonly words?: string }) {
  const [isDone, setDone] = useState(false);
  const copy = async () => {
    const text = typeof props.text === "string" ? props.text : await props.text();
    await toClipboard(text);
    setDone(true);
    window.setTimeout(() => setDone(false), 1_500);
  };
  return (
    <button
      type="button"
      className="ghost small"
      aria-label={props.words ? undefined : props.label}
      title={props.label}
      onClick={() => copy().catch(complain)}
    >
      <Icon name={isDone ? "check" : "copy"} />
      {props.words ? <span>{isDone ? "Copied" : props.words}</span> : <span className="unseen">{isDone ? "Copied" : ""}</span>}
    </button>
  );
}

/** Browsers give the clipboard to pages that were loaded securely only; elsewhere a selection is copied. */
export async function toClipboard(text: string): Promise<void> {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const field = document.createElement("textarea");
  field.value = text;
  field.className = "unseen";
  document.body.append(field);
  field.select();
  document.execCommand("copy");
  field.remove();
}
