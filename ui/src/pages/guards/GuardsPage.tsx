/** Breakers and budgets: how they stand, what waits for them, and what people ordered. */

import { useEffect, useState } from "react";
import { guards } from "../../api/calls";
import { useLoaded } from "../../api/useLoaded";
import type { BreakerRow } from "../../api/views";
import { useKeys } from "../../app/keys";
import { changeQuery, Link, runHref, useQuery } from "../../app/router";
import { ActButton, Forbidden } from "../../components/ActButton";
import { Countdown } from "../../components/Countdown";
import { Header } from "../../components/Header";
import { Glyph } from "../../components/Icon";
import { Empty, Loading, Refused } from "../../components/Said";
import { statusClass, statusGlyph } from "../../components/StatusMark";
import { Time, useNow } from "../../components/Time";
import { Budgets } from "./Budgets";
import { OrderDialog } from "./OrderDialog";
import { standingOf, tripsOf, windowOf } from "./words";
import "../parked/parked.css";
import "./guards.css";

const AGAIN_MS = 3_000;

export function GuardsPage() {
  const loaded = useLoaded("guards", guards);
  useAgain(loaded.reload);
  const [query] = useQuery();
  const [ordering, setOrdering] = useState<string | null>(null);
  const breakers = loaded.data?.breakers ?? [];
  const at = Math.max(0, breakers.findIndex((one) => one.name === query.get("breaker")));
  const current = breakers[at];
  const move = (step: number) => {
    const next = breakers[Math.min(breakers.length - 1, Math.max(0, at + step))];
    if (next) changeQuery({ breaker: next.name }, { replace: true });
  };
  useKeys("Breakers", [
    { key: "j", says: "Next breaker", run: () => move(1) },
    { key: "k", says: "Breaker before", run: () => move(-1) },
    { key: "o", says: "Order the breaker", run: () => current && setOrdering(current.name) },
  ]);
  const ordered = breakers.find((one) => one.name === ordering);
  return (
    <>
      <Header title="Breakers & limits" />
      {loaded.problem && !loaded.data && <Refused problem={loaded.problem} again={loaded.reload} />}
      {!loaded.data && !loaded.problem && <Loading />}
      {loaded.data && (
        <div className="page-body guards-page">
          <Forbidden needs="admin" />
          <section aria-labelledby="breakers-title">
            <h2 id="breakers-title">Breakers</h2>
            {breakers.length === 0 && (
              <Empty title="No breakers">
                <p className="faint">A tool gets one by <code>breaker=Breaker("airline")</code>.</p>
              </Empty>
            )}
            <ul className="breakers">
              {breakers.map((one) => (
                <Breaker key={one.name} breaker={one} isCurrent={one === current} onOrder={() => setOrdering(one.name)} />
              ))}
            </ul>
          </section>
          <Budgets budgets={loaded.data.budgets} />
        </div>
      )}
      {ordered && <OrderDialog breaker={ordered} onClose={() => setOrdering(null)} onDone={loaded.reload} />}
    </>
  );
}

/** What a breaker does by itself is told by nobody: it is asked for every few seconds. */
function useAgain(reload: () => void): void {
  const beat = Math.floor(useNow() / AGAIN_MS);
  useEffect(reload, [beat, reload]);
}

function Breaker({ breaker, isCurrent, onOrder }: { readonly breaker: BreakerRow; readonly isCurrent: boolean; readonly onOrder: () => void }) {
  const standing = standingOf(breaker);
  const [order] = breaker.orders;
  return (
    <li className={`breaker ${isCurrent ? "is-current" : ""}`} aria-current={isCurrent ? "true" : undefined}>
      <div className="breaker-head">
        <h3>{breaker.name}</h3>
        <span className={`status chip ${statusClass(standing.as)}`} title={standing.means}>
          <Glyph path={statusGlyph(standing.as)} />
          <span>{standing.word}</span>
        </span>
        <span className="faint">{standing.means}</span>
        {breaker.until !== null && <Countdown until={breaker.until} before={standing.word === "open" ? "next probe in " : "for another "} />}
        <ActButton needs="admin" className="button small breaker-order" onClick={onOrder}>
          Order…<span className="unseen"> of {breaker.name}</span>
        </ActButton>
      </div>
      {breaker.why && <p className="breaker-why">{breaker.why}</p>}
      <dl className="pairs">
        <Fact name="Window" text={windowOf(breaker)} />
        {breaker.trips !== null && <Fact name="Trips" text={tripsOf(breaker.trips)} />}
        {breaker.says && <Fact name="Policy" text={breaker.says} />}
        {breaker.tools.length > 0 && <Fact name="Tools" text={breaker.tools.join(", ")} />}
        {order && <Fact name="Last order" text={`${order.switch} by ${order.by}${order.reason ? `: ${order.reason}` : ""}`} />}
        {breaker.waiting_runs.length > 0 && (
          <div>
            <dt>Runs that wait</dt>
            <dd className="breaker-runs">
              {breaker.waiting_runs.map((id) => (
                <Link key={id} href={runHref(id)}>{id}</Link>
              ))}
            </dd>
          </div>
        )}
      </dl>
      {breaker.orders.length > 0 && <Orders breaker={breaker} />}
    </li>
  );
}

function Fact({ name, text }: { readonly name: string; readonly text: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{text}</dd>
    </div>
  );
}

function Orders({ breaker }: { readonly breaker: BreakerRow }) {
  return (
    <details>
      <summary>{breaker.orders.length === 1 ? "1 order" : `${breaker.orders.length} orders`} so far</summary>
      <table className="plain">
        <thead>
          <tr>
            <th scope="col">When</th>
            <th scope="col">Who</th>
            <th scope="col">Order</th>
            <th scope="col">Until</th>
            <th scope="col">Reason</th>
          </tr>
        </thead>
        <tbody>
          {breaker.orders.map((one) => (
            <tr key={`${one.at} ${one.switch}`}>
              <td><Time at={one.at} /></td>
              <td>{one.by}</td>
              <td>{one.switch}</td>
              <td>{one.until === null ? "another order" : <Time at={one.until} />}</td>
              <td>{one.reason}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}
