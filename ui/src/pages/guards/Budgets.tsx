import type { BudgetView } from "../../api/views";
import { money, share } from "./words";

/** What may be spent together, what is, and what is set aside for calls that are under way. */
export function Budgets({ budgets }: { readonly budgets: readonly BudgetView[] }) {
  if (budgets.length === 0) return null;
  return (
    <section aria-labelledby="budgets-title">
      <h2 id="budgets-title">Budgets</h2>
      <ul className="breakers">
        {budgets.map((one) => (
          <li key={one.name} className="breaker">
            <h3>{one.name}</h3>
            <div className="meters">
              <Meter name="Money" spent={one.money_spent} reserved={one.money_reserved} max={one.money_max} shown={money} />
              <Meter name="Tokens" spent={one.tokens_spent} reserved={one.tokens_reserved} max={one.tokens_max} shown={(count) => count.toLocaleString("en")} />
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}

interface MeterProps {
  readonly name: string;
  readonly spent: number;
  readonly reserved: number;
  readonly max: number | null;
  readonly shown: (count: number) => string;
}

function Meter({ name, spent, reserved, max, shown }: MeterProps) {
  if (max === null && spent === 0 && reserved === 0) return null;
  const words = `${shown(spent)} spent${reserved > 0 ? ` · ${shown(reserved)} set aside` : ""}${max === null ? " · no limit" : ` of ${shown(max)}`}`;
  const part = share(spent + reserved, max);
  return (
    <div className="meter">
      <span className="meter-words">
        <span className="faint">{name}</span> <span className="number">{words}</span>
        {part >= 90 && <strong className="meter-near"> {part >= 100 ? "used up" : "nearly used up"}</strong>}
      </span>
      {max !== null && (
        <div className="meter-bar" role="meter" aria-label={`${name}: ${words}`} aria-valuenow={part} aria-valuemin={0} aria-valuemax={100}>
          <div className={part >= 90 ? "is-near" : ""} style={{ width: `${part}%` }} />
        </div>
      )}
    </div>
  );
}
