import { useEffect, useId, useState } from "react";
import { runs } from "../../api/calls";
import type { RunRow } from "../../api/views";

const PAUSE_MS = 150;
const SHOWN = 12;

interface Props {
  readonly label: string;
  readonly value: string;
  readonly onChoose: (id: string) => void;
}

/** A field for the id of a run; those that fit what is typed are proposed. */
export function RunField({ label, value, onChoose }: Props) {
  const [typed, setTyped] = useState(value);
  const [found, setFound] = useState<readonly RunRow[]>([]);
  const id = useId();
  useEffect(() => setTyped(value), [value]);
  useEffect(() => {
    const asking = new AbortController();
    const timer = window.setTimeout(() => {
      runs({ text: typed.trim(), limit: SHOWN }, asking.signal).then((page) => setFound(page.runs)).catch(() => setFound([]));
    }, PAUSE_MS);
    return () => {
      window.clearTimeout(timer);
      asking.abort();
    };
  }, [typed]);
  const take = (text: string) => {
    setTyped(text);
    if (found.some((row) => row.id === text)) onChoose(text);
  };
  return (
    <form
      className="run-field"
      onSubmit={(event) => {
        event.preventDefault();
        onChoose(typed.trim());
      }}
    >
      <label htmlFor={id} className="label">{label}</label>
      <input id={id} list={`${id}:runs`} autoComplete="off" spellCheck={false} placeholder="id of a run" value={typed} onChange={(event) => take(event.target.value)} onBlur={() => typed.trim() !== value && onChoose(typed.trim())} />
      <datalist id={`${id}:runs`}>
        {found.map((row) => (
          <option key={row.id} value={row.id}>{`${row.workflow} · ${row.status}`}</option>
        ))}
      </datalist>
    </form>
  );
}
