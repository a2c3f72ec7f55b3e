import { useId, type ReactNode } from "react";
import type { ParkedRow } from "../../api/views";
import { Link, runHref } from "../../app/router";
import { CopyButton } from "../../components/CopyButton";
import { Icon, type IconName } from "../../components/Icon";
import { Reading } from "../../components/Reading";
import { seen } from "../../components/seen";
import { Time } from "../../components/Time";
import { DecisionForm } from "./DecisionForm";

/** One parked step: what is known, what is not, what was tried, what waits, what may be decided. */
export function Parked({ row, onGone }: { readonly row: ParkedRow; readonly onGone: () => void }) {
  return (
    <article className="task parked" aria-labelledby="parked-title">
      <header className="task-head">
        <h2 id="parked-title">
          {row.tool ? <code>{row.tool}</code> : <code>{row.path}</code>} <span className="parked-reason">{row.reason}</span>
        </h2>
        <p className="task-facts">
          <span>
            <Link href={runHref(row.run_id, { at: row.path })}>{row.run_id}</Link> <span className="faint">at</span> <code>{row.path}</code>
          </span>
          <span className="faint">{row.workflow}</span>
          <span className="faint">
            since <Time at={row.parked_at} isAgo />, event {row.version}
          </span>
        </p>
        {row.detail && <p className="parked-detail">{seen(row.detail)}</p>}
      </header>
      <div className="parked-body">
        <div className="parked-sides">
          <Sentences title="What is known" icon="check" kind="known" sentences={row.known} none="Nothing for certain." />
          <Sentences title="What is not known" icon="alert" kind="unknown" sentences={row.unknown} none="Nothing is in doubt." />
        </div>
        <DecisionForm row={row} onGone={onGone} />
        <Tried row={row} />
        {row.waiting.length > 0 && (
          <Part title="What waits for it">
            <ul className="parked-waiting">
              {row.waiting.map((address) => (
                <li key={address}>
                  undoing <Link href={runHref(row.run_id, { at: address })}>{address}</Link>
                </li>
              ))}
            </ul>
          </Part>
        )}
        {row.args && (
          <Part title="It was called with">
            <Reading value={row.args} label="Arguments" />
            {row.key && (
              <p className="parked-key faint">
                key <code>{row.key}</code> <CopyButton text={row.key} label="Copy the key" />
              </p>
            )}
          </Part>
        )}
        <History row={row} />
      </div>
    </article>
  );
}

function Part({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  const id = useId();
  return (
    <section className="parked-part" aria-labelledby={id}>
      <h3 id={id}>{title}</h3>
      {children}
    </section>
  );
}

interface SentencesProps {
  readonly title: string;
  readonly icon: IconName;
  readonly kind: string;
  readonly sentences: readonly string[];
  readonly none: string;
}

function Sentences({ title, icon, kind, sentences, none }: SentencesProps) {
  return (
    <section className={`sentences is-${kind}`}>
      <h3>
        <Icon name={icon} /> {title}
      </h3>
      {sentences.length === 0 ? (
        <p className="faint">{none}</p>
      ) : (
        <ul>
          {sentences.map((sentence) => (
            <li key={sentence}>{seen(sentence)}</li>
          ))}
        </ul>
      )}
    </section>
  );
}

function Tried({ row }: { readonly row: ParkedRow }) {
  if (row.tried.length === 0) return null;
  return (
    <Part title="What was tried">
      <table className="plain">
        <thead>
          <tr>
            <th scope="col">When</th>
            <th scope="col">What became of it</th>
            <th scope="col">Why</th>
          </tr>
        </thead>
        <tbody>
          {row.tried.map((one, at) => (
            <tr key={at}>
              <td>
                <Time at={one.at} />
              </td>
              <td>{one.what}</td>
              <td>
                {seen(one.failure.message)} <span className="faint">{one.failure.kind}</span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Part>
  );
}

function History({ row }: { readonly row: ParkedRow }) {
  if (row.history.length === 0) return null;
  return (
    <Part title="Who decided before">
      <table className="plain">
        <thead>
          <tr>
            <th scope="col">When</th>
            <th scope="col">Who</th>
            <th scope="col">What</th>
            <th scope="col">Reason</th>
          </tr>
        </thead>
        <tbody>
          {row.history.map(([at, by, verb, reason]) => (
            <tr key={`${at} ${verb}`}>
              <td>
                <Time at={at} />
              </td>
              <td>{by}</td>
              <td>{verb}</td>
              <td>{reason}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Part>
  );
}
