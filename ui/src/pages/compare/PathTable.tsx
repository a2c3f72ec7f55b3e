import type { Comparison, PathLine } from "../../api/views";
import { Link, runHref } from "../../app/router";
import { StatusMark } from "../../components/StatusMark";
import { duration } from "../../components/Time";

const MARKS = {
  both: { sign: "=", words: "in both" },
  left: { sign: "−", words: "only left" },
  right: { sign: "+", words: "only right" },
} as const;

/** The steps of both runs in one order; what differs is said in a word. */
export function PathTable({ data }: { readonly data: Comparison }) {
  const apart = data.path.filter((line) => line.side !== "both" || line.differs).length;
  return (
    <section>
      <h2>
        Path <span className="faint small">{apart === 0 ? "the same" : `${apart} of ${data.path.length} steps differ`}</span>
      </h2>
      <table className="plain path">
        <thead>
          <tr>
            <th scope="col">Step</th>
            <th scope="col">Left</th>
            <th scope="col" className="right">Took</th>
            <th scope="col">Right</th>
            <th scope="col" className="right">Took</th>
            <th scope="col">Difference</th>
          </tr>
        </thead>
        <tbody>
          {data.path.map((line, at) => (
            <Line key={`${at} ${line.address}`} line={line} data={data} />
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Line({ line, data }: { readonly line: PathLine; readonly data: Comparison }) {
  const run = line.side === "right" ? data.right : data.left;
  return (
    <tr className={`path-line is-${line.side} ${line.differs ? "is-different" : ""}`}>
      <th scope="row" className="mono">
        <Link href={runHref(run.id, { at: line.address })}>{line.address}</Link>
      </th>
      <td>{line.left_status && <StatusMark status={line.left_status} />}</td>
      <td className="right number">{line.left_ms === null ? "" : duration(line.left_ms)}</td>
      <td>{line.right_status && <StatusMark status={line.right_status} />}</td>
      <td className="right number">{line.right_ms === null ? "" : duration(line.right_ms)}</td>
      <td>
        <span className="path-mark" aria-hidden="true">{line.differs && line.side === "both" ? "≠" : MARKS[line.side].sign}</span>{" "}
        {line.side === "both" ? (line.differs ? "another result" : slower(line)) : MARKS[line.side].words}
      </td>
    </tr>
  );
}

function slower(line: PathLine): string {
  if (line.left_ms === null || line.right_ms === null) return "";
  const more = line.right_ms - line.left_ms;
  if (Math.abs(more) < 1) return "";
  return `${more > 0 ? "+" : "−"}${duration(Math.abs(more))}`;
}
