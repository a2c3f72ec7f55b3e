/** What went wrong: what kind of failure, its message as text, what led to it, the traceback folded away. */

import type { FailureView } from "../../api/views";
import { CopyButton } from "../../components/CopyButton";
import { Icon } from "../../components/Icon";
import { Time } from "../../components/Time";

export function FailureBox({ failure, title }: { readonly failure: FailureView; readonly title?: string }) {
  const name = failure.type.split(".").at(-1) ?? failure.type;
  return (
    <div className="failure">
      <p className="failure-head">
        <Icon name="alert" />
        <b className="mono clip" title={failure.type}>
          {name || failure.kind}
        </b>
        <span className="small">{title ?? failure.kind.replaceAll("_", " ")}</span>
        <CopyButton text={`${failure.type}: ${failure.message}\n${failure.traceback}`} label="Copy the failure" />
      </p>
      <pre className="failure-text" tabIndex={0} role="group" aria-label="Message of the failure">
        {failure.message}
      </pre>
      {failure.source && <p className="faint small">from {failure.source}</p>}
      {failure.retry_at !== null && (
        <p className="faint small">
          to be tried again <Time at={failure.retry_at} isAgo />
        </p>
      )}
      {failure.traceback && (
        <details>
          <summary>Traceback</summary>
          <pre className="code" tabIndex={0} role="group" aria-label="Traceback">
            {failure.traceback}
          </pre>
        </details>
      )}
      {failure.causes.map((cause, index) => (
        <details key={index}>
          <summary>Caused by {cause.type.split(".").at(-1) || cause.kind}</summary>
          <FailureBox failure={cause} />
        </details>
      ))}
    </div>
  );
}
