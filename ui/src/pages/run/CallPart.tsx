/** One use of a tool: what it took, what it gave, how often it was sent, how its guards stood. */

import type { CallView } from "../../api/views";
import { ValueView } from "../../components/JsonView";
import { duration } from "../../components/Time";
import { FailureBox } from "./FailureBox";
import { Facts } from "./Part";
import { Guards } from "./StepShown";

const TONES: Readonly<Record<string, string>> = { done: "is-done", failed: "is-failed", "not done": "is-failed", refused: "is-failed", "in doubt": "is-parked" };

interface Props {
  readonly call: CallView;
  readonly isOpen: boolean;
  /** Its failure is that of the step, and stands above. */
  readonly isSaid: boolean;
}

export function CallPart({ call, isOpen, isSaid }: Props) {
  const took = call.began_at !== null && call.ended_at !== null ? duration(call.ended_at - call.began_at) : "";
  return (
    <details className="call" open={isOpen}>
      <summary>
        <span className="mono clip">{call.tool}</span>
        <span className="tag">{call.kind}</span>
        <span className={`call-status ${TONES[call.status] ?? "is-running"}`}>{call.status}</span>
        <span className="faint number">{took}</span>
      </summary>
      <div className="call-inner">
        {call.failure && !isSaid && <FailureBox failure={call.failure} />}
        <Facts
          facts={[
            ["Instead of", call.instead_of],
            ["Sent", call.sent > 1 ? `${call.sent} times` : ""],
            ["Key", call.key && <span className="mono">{call.key}</span>],
            ["Tokens", call.tokens_in === null ? "" : `${call.tokens_in} in, ${call.tokens_out ?? 0} out`],
            ["Cost", call.cost_micros === null ? "" : money(call.cost_micros)],
          ]}
        />
        {call.args && (
          <>
            <p className="label">Arguments</p>
            <ValueView value={call.args} label={`arguments of ${call.tool}`} />
          </>
        )}
        {call.result && (
          <>
            <p className="label">Result</p>
            <ValueView value={call.result} label={`result of ${call.tool}`} />
          </>
        )}
        {call.guards.length > 0 && <Guards guards={call.guards} />}
      </div>
    </details>
  );
}

export const money = (micros: number): string => `$${(micros / 1_000_000).toFixed(micros < 10_000 ? 4 : 2)}`;
