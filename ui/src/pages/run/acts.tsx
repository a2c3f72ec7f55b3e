/** What is asked before something is done to a run. */

import { useState, type FormEvent } from "react";
import type { StepLine } from "../../api/views";
import { Dialog } from "../../components/Dialog";
import type { Known } from "./model";

interface CancelProps {
  readonly onClose: () => void;
  readonly onCancel: (reason: string) => void;
}

export function CancelDialog({ onClose, onCancel }: CancelProps) {
  const [reason, setReason] = useState("");
  return (
    <Dialog title="Cancel this run?" onClose={onClose}>
      <form className="dialog-inner-form" onSubmit={sent(() => onCancel(reason))}>
        <p className="faint">Nothing new starts. A write that may have been sent settles first; what can be undone is undone.</p>
        <div className="field">
          <label htmlFor="reason">Reason</label>
          <input id="reason" autoFocus value={reason} onChange={(event) => setReason(event.target.value)} />
        </div>
        <div className="dialog-acts">
          <button type="button" className="button" onClick={onClose}>
            Leave it running
          </button>
          <button type="submit" className="button danger primary">
            Cancel the run
          </button>
        </div>
      </form>
    </Dialog>
  );
}

interface SignalProps {
  readonly names: readonly string[];
  readonly onClose: () => void;
  readonly onSend: (name: string, payload: unknown) => void;
}

export function SignalDialog({ names, onClose, onSend }: SignalProps) {
  const [name, setName] = useState(names[0] ?? "");
  const [text, setText] = useState("{}");
  const payload = parsed(text);
  return (
    <Dialog title="Send a signal" onClose={onClose}>
      <form className="dialog-inner-form" onSubmit={sent(() => payload && onSend(name, payload.value))}>
        <div className="field">
          <label htmlFor="signal">Signal</label>
          <select id="signal" value={name} onChange={(event) => setName(event.target.value)}>
            {names.map((one) => (
              <option key={one}>{one}</option>
            ))}
          </select>
        </div>
        <div className="field">
          <label htmlFor="payload">Payload, as JSON</label>
          <textarea
            id="payload"
            className="mono"
            value={text}
            aria-invalid={payload === null}
            aria-describedby="payload-wrong"
            onChange={(event) => setText(event.target.value)}
          />
          <p id="payload-wrong" className="wrong small" role="status">
            {payload === null ? "This is no JSON yet." : ""}
          </p>
        </div>
        <div className="dialog-acts">
          <button type="button" className="button" onClick={onClose}>
            Not now
          </button>
          <button type="submit" className="button primary" disabled={payload === null}>
            Send
          </button>
        </div>
      </form>
    </Dialog>
  );
}

export interface ForkWanted {
  readonly at?: number;
  readonly id?: string;
  readonly writes?: boolean;
}

interface ForkProps {
  readonly known: Known;
  /** The event that is selected. */
  readonly at: number | null;
  /** The step that is selected. */
  readonly line: StepLine | undefined;
  readonly onClose: () => void;
  readonly onFork: (wanted: ForkWanted) => void;
}

export function ForkDialog({ known, at, line, onClose, onFork }: ForkProps) {
  const [event, setEvent] = useState(String(at ?? known.seq));
  const [id, setId] = useState("");
  const [writes, setWrites] = useState(false);
  const number = Number.parseInt(event, 10);
  const isFine = number >= 1 && number <= known.seq;
  const wanted: ForkWanted = { at: number, writes, ...(id ? { id } : {}) };
  return (
    <Dialog title="Fork this run" onClose={onClose}>
      <form className="dialog-inner-form" onSubmit={sent(() => onFork(wanted))}>
        <p className="faint">
          A new run with the data of this one after an event. What this run wrote stays its own: the fork never undoes it.
        </p>
        <div className="field">
          <label htmlFor="fork-at">After event (1 to {known.seq})</label>
          <input id="fork-at" type="number" min={1} max={known.seq} value={event} onChange={(one) => setEvent(one.target.value)} />
          {line && at === null && <p className="faint small">Select an event in the journal, or move the slider, to fork from there.</p>}
        </div>
        <div className="field">
          <label htmlFor="fork-id">Id of the new run (made up when left empty)</label>
          <input id="fork-id" className="mono" value={id} onChange={(one) => setId(one.target.value)} />
        </div>
        <label className="check">
          <input type="checkbox" checked={writes} onChange={() => setWrites(!writes)} />
          The fork may write: it sends new writes under new keys
        </label>
        <div className="dialog-acts">
          <button type="button" className="button" onClick={onClose}>
            Not now
          </button>
          <button type="submit" className="button primary" disabled={!isFine}>
            Fork
          </button>
        </div>
      </form>
    </Dialog>
  );
}

function sent(act: () => unknown): (event: FormEvent) => void {
  return (event) => {
    event.preventDefault();
    act();
  };
}

function parsed(text: string): { value: unknown } | null {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return null;
  }
}
