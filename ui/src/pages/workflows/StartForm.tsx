import { useId, useState, type FormEvent } from "react";
import { startRun } from "../../api/calls";
import type { Problem } from "../../api/http";
import { asProblem } from "../../api/useLoaded";
import type { RunRow, WorkflowRow } from "../../api/views";
import { go, runHref } from "../../app/router";
import { Forbidden, useForbidden } from "../../components/ActButton";
import { SchemaForm } from "../../forms/SchemaForm";

/** Starts a run: by a sentence where the workflow takes one, else by a form made of its input's schema. */
export function StartForm({ workflow }: { readonly workflow: WorkflowRow }) {
  const [id, setId] = useState("");
  const [problem, setProblem] = useState<Problem | null>(null);
  const [isBusy, setBusy] = useState(false);
  const [isText, setText] = useState(workflow.asks_text);
  const isForbidden = useForbidden() !== "";
  const begin = (started: Promise<RunRow>) => {
    setBusy(true);
    started
      .then((row) => go(runHref(row.id)))
      .catch((error: unknown) => {
        setProblem(asProblem(error));
        setBusy(false);
      });
  };
  const named = { workflow: workflow.name, ...(id.trim() ? { id: id.trim() } : {}) };
  const start = (
    <button type="submit" className="button primary" disabled={isBusy || isForbidden}>
      Start
    </button>
  );
  const idField = <IdField value={id} onChange={setId} />;
  return (
    <div className="stack">
      <Forbidden />
      {problem && <p className="field-fault" role="alert">{problem.message}</p>}
      {workflow.asks_text && (
        <div className="segmented" role="group" aria-label="Input">
          <button type="button" aria-pressed={isText} onClick={() => setText(true)}>Sentence</button>
          <button type="button" aria-pressed={!isText} onClick={() => setText(false)}>Fields</button>
        </div>
      )}
      {isText ? (
        <Sentence onSend={(text) => begin(startRun({ ...named, text }))} beside={idField}>{start}</Sentence>
      ) : (
        <SchemaForm schemaText={workflow.input_schema_text} label={`Input of ${workflow.name}`} onSend={(text) => begin(startRun(named, text))}>
          {idField}
          {start}
        </SchemaForm>
      )}
    </div>
  );
}

function IdField({ value, onChange }: { readonly value: string; readonly onChange: (id: string) => void }) {
  const id = useId();
  return (
    <div className="field is-whole">
      <label htmlFor={id}>Name of the run (optional; the same name and input are the same run)</label>
      <input id={id} maxLength={200} spellCheck={false} value={value} onChange={(event) => onChange(event.target.value)} />
    </div>
  );
}

interface SentenceProps {
  readonly onSend: (text: string) => void;
  readonly beside: React.ReactNode;
  readonly children: React.ReactNode;
}

function Sentence({ onSend, beside, children }: SentenceProps) {
  const [text, setText] = useState("");
  const id = useId();
  const send = (event: FormEvent) => {
    event.preventDefault();
    if (text.trim() !== "") onSend(text.trim());
  };
  return (
    <form className="form" onSubmit={send}>
      <div className="field">
        <label htmlFor={id}>What is wanted, in your words</label>
        <textarea
          id={id}
          rows={3}
          required
          value={text}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === "Enter" && (event.metaKey || event.ctrlKey)) send(event);
          }}
        />
      </div>
      {beside}
      <div className="form-acts">{children}</div>
    </form>
  );
}
