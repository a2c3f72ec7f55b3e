import { useEffect, useId, useRef, useState, type FormEvent } from "react";
import { resolve } from "../../api/calls";
import type { Problem } from "../../api/http";
import { asProblem } from "../../api/useLoaded";
import type { ParkedAction, ParkedRow } from "../../api/views";
import { useKeys } from "../../app/keys";
import { say } from "../../app/toasts";
import { Forbidden, useForbidden } from "../../components/ActButton";
import { Icon } from "../../components/Icon";
import { rawAnswer } from "../../forms/answer";
import "../../forms/forms.css";

const WORDS: Readonly<Record<string, string>> = {
  done: "Done",
  not_done: "Not done",
  retry: "Again",
  abort: "Abort",
  skip: "Skip",
};

const wordOf = (verb: string): string => WORDS[verb.replaceAll("-", "_")] ?? verb.replaceAll("_", " ");

/** The decisions that may be made, each with what it means; made for the version that was looked at and no other. */
export function DecisionForm({ row, onGone }: { readonly row: ParkedRow; readonly onGone: () => void }) {
  const [verb, setVerb] = useState<string | null>(null);
  const [typed, setTyped] = useState("");
  const [reason, setReason] = useState("");
  const [fault, setFault] = useState("");
  const [refused, setRefused] = useState<Problem | null>(null);
  const [isBusy, setBusy] = useState(false);
  const isForbidden = useForbidden() !== "";
  const id = useId();
  const chosen = row.actions.find((action) => action.verb === verb);
  const [isByKey, setByKey] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (isByKey) form.current?.querySelector<HTMLElement>(".field textarea, .field input")?.focus();
    setByKey(false);
  }, [isByKey]);
  const chooseByKey = (next: string) => {
    if (isForbidden) return;
    setVerb(next);
    setByKey(true);
  };
  useKeys("Parked step", row.actions.map((action, at) => ({
    key: String(at + 1), says: wordOf(action.verb), run: () => chooseByKey(action.verb),
  })));
  const decide = async (action: ParkedAction) => {
    const answer = action.takes_answer && typed.trim() !== "" ? rawAnswer(typed) : { text: "", faults: [] };
    setFault(answer.faults[0]?.says ?? "");
    if (answer.faults.length > 0) return document.getElementById(`${id}:answer`)?.focus();
    setBusy(true);
    try {
      await resolve({ run_id: row.run_id, path: row.path, verb: action.verb, reason: reason.trim(), version: row.version }, answer.text);
      say(`Decided: ${wordOf(action.verb).toLowerCase()}, ${row.run_id}`);
      onGone();
    } catch (error) {
      setRefused(asProblem(error));
    }
    setBusy(false);
  };
  const send = (event: FormEvent) => {
    event.preventDefault();
    if (chosen) void decide(chosen);
  };
  return (
    <form ref={form} className="decision" onSubmit={send} aria-labelledby={`${id}:title`}>
      <h3 id={`${id}:title`}>What is to be done</h3>
      <Forbidden />
      {refused && <NotDone problem={refused} onGone={onGone} />}
      <div className="verbs" role="radiogroup" aria-labelledby={`${id}:title`}>
        {row.actions.map((action, at) => (
          <label key={action.verb} className={`verb ${action.verb === verb ? "is-chosen" : ""}`}>
            <input type="radio" name={`${id}:verb`} checked={action.verb === verb} disabled={isForbidden} onChange={() => setVerb(action.verb)} />
            <span>
              <strong>{wordOf(action.verb)}</strong>
              <span className="verb-means">{action.means}</span>
            </span>
            <kbd aria-hidden="true">{at + 1}</kbd>
          </label>
        ))}
      </div>
      {chosen?.takes_answer && (
        <div className="field">
          <label htmlFor={`${id}:answer`}>Answer, as JSON; may be left empty where none is needed</label>
          <textarea
            id={`${id}:answer`}
            className="field-raw"
            rows={3}
            spellCheck={false}
            value={typed}
            aria-invalid={fault ? true : undefined}
            aria-describedby={fault ? `${id}:fault` : undefined}
            onChange={(event) => setTyped(event.target.value)}
          />
          {fault && <p className="field-fault" id={`${id}:fault`}>{fault}</p>}
        </div>
      )}
      {chosen && (
        <>
          <div className="field">
            <label htmlFor={`${id}:reason`}>Reason, for the record</label>
            <input id={`${id}:reason`} required={chosen.verb === "skip"} maxLength={500} value={reason} onChange={(event) => setReason(event.target.value)} />
          </div>
          <div className="form-acts">
            <button type="submit" className="button primary" disabled={isBusy || isForbidden}>
              Decide: {wordOf(chosen.verb).toLowerCase()}
            </button>
          </div>
        </>
      )}
    </form>
  );
}

function NotDone({ problem, onGone }: { readonly problem: Problem; readonly onGone: () => void }) {
  return (
    <div className="banner tone-failed" role="alert">
      <Icon name="alert" />
      <span>
        <strong>{problem.status === 409 ? "It stands differently by now; nothing was done." : "Nothing was done."}</strong> {problem.detail || problem.title}
      </span>
      <button type="button" className="button small" onClick={onGone}>
        Look again
      </button>
    </div>
  );
}
