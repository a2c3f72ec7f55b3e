/** Two runs side by side: what they were given, which way they went, what they gave, how long it took. */

import { compare } from "../../api/calls";
import { useLoaded } from "../../api/useLoaded";
import type { Comparison, RunRow } from "../../api/views";
import { useKeys } from "../../app/keys";
import { changeQuery, Link, runHref, useQuery } from "../../app/router";
import { Header } from "../../components/Header";
import { Icon } from "../../components/Icon";
import { Empty, Loading, Refused } from "../../components/Said";
import { seen } from "../../components/seen";
import { StatusMark } from "../../components/StatusMark";
import { duration } from "../../components/Time";
import { Differences } from "./Differences";
import { PathTable } from "./PathTable";
import { RunField } from "./RunField";
import "../parked/parked.css";
import "./compare.css";

export function ComparePage() {
  const [query] = useQuery();
  const left = query.get("left") ?? "";
  const right = query.get("right") ?? "";
  const swap = () => changeQuery({ left: right, right: left });
  useKeys("Compare", [{ key: "s", says: "Swap the two runs", run: swap }]);
  return (
    <>
      <Header title="Compare">
        <RunField label="Left" value={left} onChoose={(id) => changeQuery({ left: id }, { replace: true })} />
        <button type="button" className="ghost" aria-label="Swap the two runs" title="Swap (s)" onClick={swap}>
          <Icon name="compare" />
        </button>
        <RunField label="Right" value={right} onChoose={(id) => changeQuery({ right: id }, { replace: true })} />
      </Header>
      {left && right ? (
        <Compared left={left} right={right} />
      ) : (
        <Empty title="Choose two runs">
          <p className="faint">A run and its fork tell the most. `compare` on the page of a fork fills in both.</p>
        </Empty>
      )}
    </>
  );
}

function Compared({ left, right }: { readonly left: string; readonly right: string }) {
  const loaded = useLoaded(`compare ${left}\n${right}`, () => compare(left, right));
  const { data } = loaded;
  if (loaded.problem) return <Refused problem={loaded.problem} again={loaded.reload} />;
  if (!data) return <Loading />;
  return (
    <div className="page-body compared">
      <Sides data={data} />
      {!data.same_graph && (
        <p className="banner tone-parked">
          <Icon name="alert" /> They went by different graphs: a step is compared with the one of the same address.
        </p>
      )}
      <Differences title="Inputs" found={data.inputs} same="They were given the same." />
      <PathTable data={data} />
      <Differences title="Outputs" found={data.outputs} same={sameOutputs(data)} />
    </div>
  );
}

function sameOutputs({ left, right }: Comparison): string {
  const gave = [left, right].filter((row) => row.status === "completed").length;
  return gave === 2 ? "They gave the same." : "Neither of them has given anything.";
}

function Sides({ data }: { readonly data: Comparison }) {
  return (
    <div className="sides">
      <Side name="Left" row={data.left} ms={data.left_ms} other={data.right} />
      <Side name="Right" row={data.right} ms={data.right_ms} other={data.left} />
    </div>
  );
}

interface SideProps {
  readonly name: string;
  readonly row: RunRow;
  readonly ms: number;
  readonly other: RunRow;
}

function Side({ name, row, ms, other }: SideProps) {
  return (
    <section className="side-card" aria-label={name}>
      <h2>
        <Link href={runHref(row.id)}>{row.id}</Link>
      </h2>
      <p className="task-facts">
        <StatusMark status={row.status} />
        <span>{row.workflow}</span>
        <span className="number">{duration(ms)}</span>
        {row.parent === other.id && <span className="faint">forked from the other one</span>}
      </p>
      {row.error && <p className="breaker-why">{seen(row.error)}</p>}
    </section>
  );
}
