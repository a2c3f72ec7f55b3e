/** Asks for a fork: a new run that begins as a copy of another one after one of its events. */

import { useId, useState, type FormEvent } from "react";
import { fork } from "../../api/calls";
import type { Problem } from "../../api/http";
import { asProblem } from "../../api/useLoaded";
import { go, runHref } from "../../app/router";
import { say } from "../../app/toasts";
import { Forbidden, useForbidden } from "../../components/ActButton";
import { Dialog } from "../../components/Dialog";
import "../../forms/forms.css";

interface Props {
  readonly run: string;
  /** After which event; the last one where it is left out. */
  readonly at?: number;
  /** What that event was, in a few words. */
  readonly where?: string;
  readonly onClose: () => void;
}

export function ForkDialog({ run, at, where, onClose }: Props) {
  const [seq, setSeq] = useState(at === undefined ? "" : String(at));
  const [name, setName] = useState("");
  const [writes, setWrites] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [isBusy, setBusy] = useState(false);
  const isForbidden = useForbidden() !== "";
  const id = useId();
  const isWrong = seq.trim() !== "" && !/^[1-9]\d*$/.test(seq.trim());
  const send = (event: FormEvent) => {
    event.preventDefault();
    if (isWrong) return;
    setBusy(true);
    const asked = { ...(seq.trim() ? { at: Number(seq) } : {}), ...(name.trim() ? { id: name.trim() } : {}), writes };
    fork(run, asked)
      .then((row) => {
        say(`Forked: ${row.id}`);
        onClose();
        go(runHref(row.id));
      })
      .catch((error: unknown) => {
        setProblem(asProblem(error));
        setBusy(false);
      });
  };
  return (
    <Dialog title={`Fork ${run}`} onClose={onClose}>
      <form className="stack" onSubmit={send}>
        <p className="faint">A new run begins with the data that this one had{where ? ` ${where}` : " then"}. What this one wrote stays its own: the new run never undoes it.</p>
        <Forbidden />
        {problem && <p className="field-fault" role="alert">{problem.message}</p>}
        <div className="field">
          <label htmlFor={`${id}:at`}>After event; empty: after the last one</label>
          <input id={`${id}:at`} inputMode="numeric" className="field-number" value={seq} aria-invalid={isWrong || undefined} onChange={(event) => setSeq(event.target.value)} />
          {isWrong && <p className="field-fault">the number of an event, as 12</p>}
        </div>
        <div className="field">
          <label htmlFor={`${id}:id`}>Name of the new run (optional)</label>
          <input id={`${id}:id`} maxLength={200} autoFocus value={name} onChange={(event) => setName(event.target.value)} />
        </div>
        <div className="field">
          <label className="field-flag" htmlFor={`${id}:writes`}>
            <input id={`${id}:writes`} type="checkbox" checked={writes} onChange={(event) => setWrites(event.target.checked)} /> It may write
          </label>
          <p className="field-note">Without it, the new run stops before its first write: good for looking what would happen.</p>
        </div>
        <div className="dialog-acts">
          <button type="button" className="button" onClick={onClose}>Not now</button>
          <button type="submit" className="button primary" disabled={isBusy || isForbidden}>Fork</button>
        </div>
      </form>
    </Dialog>
  );
}
