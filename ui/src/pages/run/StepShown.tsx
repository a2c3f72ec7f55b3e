/** A step, whole: how it ended, what it was given and gave, its attempts, calls, policies and decisions. */

import type { AttemptView, Change, DecisionView, GuardLine, StepDetail, StepLine, StepStatus } from "../../api/views";
import { Link, runHref } from "../../app/router";
import { Icon } from "../../components/Icon";
import { ValueView } from "../../components/JsonView";
import { StatusMark } from "../../components/StatusMark";
import { duration, Time, Took } from "../../components/Time";
import { CallPart } from "./CallPart";
import { CopyAs } from "./CopyAs";
import { FailureBox } from "./FailureBox";
import type { Known } from "./model";
import { Facts, Part } from "./Part";
import type { Selection } from "./selection";
import type { RunSource } from "./source";

interface Props {
  readonly step: StepDetail;
  readonly line: StepLine | undefined;
  readonly source: RunSource;
  readonly known: Known;
  readonly selection: Selection;
}

/** Only of these does the note say what nothing below does. */
const UNSETTLED: readonly StepStatus[] = ["running", "waiting", "retrying", "parked", "undoing", "undone", "skipped", "cancelled"];

/** Of these a failure is past: something was tried again, or settled. */
const MENDED: readonly StepStatus[] = ["done", "undoing", "undone"];

export function StepShown({ step, line, source, known, selection }: Props) {
  const isMended = MENDED.includes(line?.status ?? step.status);
  return (
    <section className="inspected">
      <header className="inspected-head">
        <h2 className="mono clip" title={step.address}>
          {step.name}
        </h2>
        <StatusMark status={line?.status ?? step.status} isChip />
        <button type="button" className="ghost" aria-label="Back to the run" title="Back to the run (Esc)" onClick={() => selection.select("")}>
          <Icon name="close" />
        </button>
      </header>
      {step.title && <p className="inspected-title">{step.title}</p>}
      {step.note && UNSETTLED.includes(line?.status ?? step.status) && <p className="faint">{step.note}</p>}
      <Ways step={step} known={known} isOffline={source.isOffline} />
      {step.failure && !isMended && <FailureBox failure={step.failure} />}
      {step.caught && <FailureBox failure={step.caught} title="led here" />}
      {step.input && (
        <Part title="Input">
          <ValueView value={step.input} label="input" />
        </Part>
      )}
      {step.output && (
        <Part title="Output">
          <ValueView value={step.output} label="output" />
        </Part>
      )}
      {step.changes.length > 0 && <Changes changes={step.changes} />}
      {step.calls.length > 0 && (
        <Part title="Calls" beside={step.calls.length}>
          {step.calls.map((call, index) => (
            <CallPart
              key={index}
              call={call}
              isOpen={step.calls.length === 1 || call.failure !== null}
              isSaid={call.failure?.message === step.failure?.message}
            />
          ))}
        </Part>
      )}
      {step.attempts.length > 0 && <Attempts attempts={step.attempts} />}
      {step.failure && isMended && (
        <details className="part">
          <summary>Failed on the way, then done</summary>
          <FailureBox failure={step.failure} title="the last one" />
        </details>
      )}
      {step.guards.length > 0 && <Policy guards={step.guards} />}
      {step.decisions.length > 0 && <Decisions decisions={step.decisions} />}
      <Part title="About">
        <About step={step} source={source} selection={selection} />
        <CopyAs source={source} address={step.address} />
      </Part>
    </section>
  );
}

/** What a person can do about the step, one click away. */
function Ways({ step, known, isOffline }: { readonly step: StepDetail; readonly known: Known; readonly isOffline: boolean }) {
  if (isOffline) return null;
  const id = encodeURIComponent(known.page.run.id);
  if (step.status === "parked") {
    return (
      <Link className="button primary" href={`/parked?run=${id}`}>
        Decide what becomes of it
      </Link>
    );
  }
  if (step.status === "waiting" && known.page.can.includes("answer")) {
    return (
      <Link className="button primary" href={`/inbox?run=${id}`}>
        Answer in the inbox
      </Link>
    );
  }
  return null;
}

function Changes({ changes }: { readonly changes: readonly Change[] }) {
  return (
    <Part title="Changes" beside={changes.length}>
      {changes.map((change) => (isShort(change) ? <ShortChange key={change.field} change={change} /> : <LongChange key={change.field} change={change} />))}
    </Part>
  );
}

const SHORT_CHARS = 40;

const isShort = ({ before, after, is_append }: Change): boolean =>
  !is_append && (before?.chars ?? 0) + (after?.chars ?? 0) <= SHORT_CHARS && !/[{[]/.test(`${before?.json_text}${after?.json_text}`);

function ShortChange({ change }: { readonly change: Change }) {
  return (
    <p className="short-change mono">
      <span>{change.field}</span>
      <del>{change.before?.json_text ?? "nothing"}</del>
      <span aria-hidden="true">→</span>
      <ins>{change.after?.json_text ?? "nothing"}</ins>
    </p>
  );
}

function LongChange({ change }: { readonly change: Change }) {
  return (
    <div className="change">
      <p className="mono small">
        {change.field}
        {change.is_append && <span className="faint"> grew by</span>}
      </p>
      {change.before && !change.is_append && (
        <div className="was">
          <span className="label">before</span>
          <ValueView value={change.before} label={`${change.field} before`} />
        </div>
      )}
      {change.after && (
        <div className="is">
          {!change.is_append && change.before && <span className="label">after</span>}
          <ValueView value={change.after} label={`${change.field} after`} />
        </div>
      )}
    </div>
  );
}

function Attempts({ attempts }: { readonly attempts: readonly AttemptView[] }) {
  return (
    <Part title="Attempts" beside={attempts.length}>
      <ol className="attempts">
        {attempts.map((attempt) => (
          <li key={attempt.number}>
            <span className="number faint">{attempt.number}.</span>
            <span>
              {attempt.outcome}
              {attempt.failure && <span className="faint clip attempt-why">{attempt.failure.message}</span>}
              {attempt.retry_at !== null && (
                <span className="faint">
                  next <Time at={attempt.retry_at} />
                </span>
              )}
            </span>
            <span className="faint">
              <Time at={attempt.began_at} />
            </span>
            <Took from={attempt.began_at} to={attempt.ended_at ?? (attempt.retry_at === null ? null : attempt.began_at)} />
          </li>
        ))}
      </ol>
    </Part>
  );
}

export function Policy({ guards }: { readonly guards: readonly GuardLine[] }) {
  return (
    <Part title="Policy">
      <Guards guards={guards} />
    </Part>
  );
}

export function Guards({ guards }: { readonly guards: readonly GuardLine[] }) {
  return (
    <ul className="guards">
      {guards.map((guard) => (
        <li key={guard.name + guard.says}>
          <span className="guard-name">{guard.name}</span>
          <span>{guard.says}</span>
          {guard.then && <span className="guard-then">then: {guard.then}</span>}
        </li>
      ))}
    </ul>
  );
}

function Decisions({ decisions }: { readonly decisions: readonly DecisionView[] }) {
  return (
    <Part title="Decisions">
      <ol className="attempts">
        {decisions.map((decision, index) => (
          <li key={index}>
            <Icon name="user" />
            <span>
              <b>{decision.by}</b> {decision.verb}
              {decision.reason && <span className="faint">: {decision.reason}</span>}
            </span>
            <span className="faint">
              <Time at={decision.at} />
            </span>
          </li>
        ))}
      </ol>
    </Part>
  );
}

function About({ step, source, selection }: Pick<Props, "step" | "source" | "selection">) {
  const last = step.ended_seq ?? "";
  const events = step.ended_seq === step.began_seq ? String(last) : `${step.began_seq}–${last}`;
  const href = runHref(source.id, { tab: "journal", at: step.address, seq: String(step.began_seq) });
  return (
    <Facts
      facts={[
        ["Address", <span className="mono">{step.address}</span>],
        ["Kind", step.kind],
        ["Began", <Time at={step.began_at} />],
        ["Took", step.ended_at === null ? null : duration(step.ended_at - step.began_at)],
        ["Events", source.isOffline ? events : <Link href={href}>{events}</Link>],
        ["Source", step.source && <span className="mono">{step.source}</span>],
        step.visits.length > 1 ? ["Visits", <Visits step={step} onSelect={selection.select} />] : null,
      ]}
    />
  );
}

function Visits({ step, onSelect }: { readonly step: StepDetail; readonly onSelect: (address: string) => void }) {
  return (
    <select aria-label="Other visits of this step" value={step.address} onChange={(event) => onSelect(event.target.value)}>
      {step.visits.map((visit) => (
        <option key={visit} value={visit}>
          {visit}
        </option>
      ))}
    </select>
  );
}
