/** Asks why, before something is done to runs. */

import { useId, useState, type FormEvent, type ReactNode } from "react";
import { Dialog } from "./Dialog";

interface Props {
  readonly title: string;
  readonly act: string;
  readonly isDanger?: boolean;
  readonly isBusy?: boolean;
  readonly children?: ReactNode;
  readonly onClose: () => void;
  readonly onSend: (reason: string) => void;
}

export function ReasonDialog({ title, act, isDanger, isBusy, children, onClose, onSend }: Props) {
  const [reason, setReason] = useState("");
  const id = useId();
  const send = (event: FormEvent) => {
    event.preventDefault();
    onSend(reason.trim());
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <form className="stack" onSubmit={send}>
        {children}
        <div className="field">
          <label htmlFor={id}>Reason, for the record</label>
          <input id={id} autoFocus maxLength={500} value={reason} onChange={(event) => setReason(event.target.value)} />
        </div>
        <div className="dialog-acts">
          <button type="button" className="button" onClick={onClose}>
            Not now
          </button>
          <button type="submit" className={`button primary ${isDanger ? "danger" : ""}`} disabled={isBusy}>
            {act}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
