import { useEffect, useRef, useState } from "react";
import { useKeys } from "../../app/keys";
import { changeQuery } from "../../app/router";
import { Icon } from "../../components/Icon";
import type { RunsFilter } from "./filter";

const PAUSE_MS = 200;

/** What is looked for: a text, a workflow, a tenant; each goes into the address a moment after it was typed. */
export function Search({ filter }: { readonly filter: RunsFilter }) {
  const field = useRef<HTMLInputElement>(null);
  useKeys("Runs", [{ key: "/", says: "Look for a text", run: () => field.current?.focus() }]);
  return (
    <div className="runs-search" role="search" aria-label="Runs">
      <label className="search-field">
        <span className="unseen">Text in ids, inputs and errors</span>
        <Icon name="search" />
        <Typed name="text" value={filter.text} placeholder="Ids, inputs, errors" field={field} />
        <kbd aria-hidden="true">/</kbd>
      </label>
      <label className="search-field is-small">
        <span className="unseen">Workflow</span>
        <Typed name="workflow" value={filter.workflow} placeholder="Workflow" />
      </label>
      {filter.tenant && (
        <button type="button" className="ghost small" onClick={() => changeQuery({ tenant: null })}>
          tenant {filter.tenant} <Icon name="close" />
          <span className="unseen"> Show all tenants</span>
        </button>
      )}
    </div>
  );
}

interface TypedProps {
  readonly name: "text" | "workflow";
  readonly value: string;
  readonly placeholder: string;
  readonly field?: React.RefObject<HTMLInputElement | null>;
}

function Typed({ name, value, placeholder, field }: TypedProps) {
  const [typed, setTyped] = useState(value);
  const sent = useRef(value);
  useEffect(() => {
    if (value !== sent.current) setTyped(value);
    sent.current = value;
  }, [value]);
  useEffect(() => {
    if (typed.trim() === sent.current) return undefined;
    const timer = window.setTimeout(() => {
      sent.current = typed.trim();
      changeQuery({ [name]: typed.trim() }, { replace: true });
    }, PAUSE_MS);
    return () => window.clearTimeout(timer);
  }, [typed, name]);
  return (
    <input
      ref={field}
      type="search"
      spellCheck={false}
      autoComplete="off"
      placeholder={placeholder}
      value={typed}
      onChange={(event) => setTyped(event.target.value)}
      onKeyDown={(event) => {
        if (event.key !== "Escape" && event.key !== "Enter") return;
        if (event.key === "Escape") setTyped("");
        event.currentTarget.blur();
      }}
    />
  );
}
