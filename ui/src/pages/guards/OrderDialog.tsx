import { useId, useState, type FormEvent } from "react";
import { orderBreaker } from "../../api/calls";
import type { Problem } from "../../api/http";
import { asProblem } from "../../api/useLoaded";
import type { BreakerRow } from "../../api/views";
import { say } from "../../app/toasts";
import { Dialog } from "../../components/Dialog";
import "../../forms/forms.css";

const SWITCHES = [
  { name: "open", word: "Hold open", means: "refuse every call" },
  { name: "disabled", word: "Disable", means: "let every call through and count nothing" },
  { name: "auto", word: "Auto", means: "let it decide by itself again" },
] as const;

type Switch = (typeof SWITCHES)[number]["name"];

const UNITS = [
  { name: "minutes", seconds: 60 },
  { name: "hours", seconds: 3_600 },
  { name: "days", seconds: 86_400 },
] as const;

interface Props {
  readonly breaker: BreakerRow;
  readonly onClose: () => void;
  readonly onDone: () => void;
}

/** What a breaker is to do, for how long, and why; it holds in every process, and is kept. */
export function OrderDialog({ breaker, onClose, onDone }: Props) {
  const [chosen, setChosen] = useState<Switch>(breaker.orders[0] && breaker.orders[0].switch !== "auto" ? "auto" : "open");
  const [amount, setAmount] = useState("30");
  const [unit, setUnit] = useState(0);
  const [reason, setReason] = useState("");
  const [problem, setProblem] = useState<Problem | null>(null);
  const id = useId();
  const seconds = amount.trim() === "" ? null : Number(amount) * (UNITS[unit]?.seconds ?? 60);
  const isWrong = seconds !== null && !(seconds > 0);
  const send = (event: FormEvent) => {
    event.preventDefault();
    if (isWrong && chosen !== "auto") return;
    const time = chosen === "auto" || seconds === null ? {} : { seconds };
    orderBreaker(breaker.name, { switch: chosen, reason: reason.trim(), ...time })
      .then(() => {
        say(`${breaker.name}: ${chosen}`);
        onDone();
        onClose();
      })
      .catch((error: unknown) => setProblem(asProblem(error)));
  };
  return (
    <Dialog title={`Order of ${breaker.name}`} onClose={onClose}>
      <form className="stack" onSubmit={send}>
        {problem && <p className="field-fault" role="alert">{problem.message}</p>}
        <div className="verbs" role="radiogroup" aria-label="Order">
          {SWITCHES.map((one) => (
            <label key={one.name} className={`verb ${one.name === chosen ? "is-chosen" : ""}`}>
              <input type="radio" name={`${id}:switch`} autoFocus={one.name === chosen} checked={one.name === chosen} onChange={() => setChosen(one.name)} />
              <span>
                <strong>{one.word}</strong> <span className="verb-means">{one.means}</span>
              </span>
            </label>
          ))}
        </div>
        {chosen !== "auto" && (
          <div className="field">
            <label htmlFor={`${id}:amount`}>For how long; empty: until another order</label>
            <div className="order-time">
              <input id={`${id}:amount`} inputMode="decimal" value={amount} aria-invalid={isWrong || undefined} onChange={(event) => setAmount(event.target.value)} />
              <select aria-label="Unit" value={unit} onChange={(event) => setUnit(Number(event.target.value))}>
                {UNITS.map((one, at) => (
                  <option key={one.name} value={at}>{one.name}</option>
                ))}
              </select>
            </div>
            {isWrong && <p className="field-fault">a number above 0</p>}
          </div>
        )}
        <div className="field">
          <label htmlFor={`${id}:reason`}>Reason, for the record</label>
          <input id={`${id}:reason`} required maxLength={500} value={reason} onChange={(event) => setReason(event.target.value)} />
        </div>
        <div className="dialog-acts">
          <button type="button" className="button" onClick={onClose}>Not now</button>
          <button type="submit" className="button primary">Order</button>
        </div>
      </form>
    </Dialog>
  );
}
