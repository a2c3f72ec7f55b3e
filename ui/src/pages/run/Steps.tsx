/** The steps of a run as a table: what the picture shows, for whoever reads rather than looks. */

import type { StepLine } from "../../api/views";
import { StatusMark } from "../../components/StatusMark";
import { Time, Took } from "../../components/Time";
import { VirtualTable, type Column } from "../../components/VirtualTable";

const COLUMNS: readonly Column<StepLine>[] = [
  { name: "step", title: "Step", width: "minmax(112px, 1.2fr)", cell: (line) => <Name line={line} /> },
  { name: "status", title: "Status", width: "104px", cell: (line) => <StatusMark status={line.status} /> },
  { name: "attempts", title: "Tries", width: "44px", isNumber: true, cell: (line) => line.attempts },
  { name: "began", title: "Began", width: "84px", isNumber: true, cell: (line) => <Began line={line} /> },
  { name: "took", title: "Took", width: "84px", isNumber: true, cell: (line) => <Lasted line={line} /> },
  { name: "note", title: "Note", width: "minmax(0, 1.6fr)", cell: (line) => <span className="faint">{line.note}</span> },
];

interface Props {
  readonly steps: readonly StepLine[];
  readonly at: string;
  readonly onSelect: (address: string) => void;
}

export function Steps({ steps, at, onSelect }: Props) {
  return (
    <VirtualTable
      label="Steps"
      columns={COLUMNS}
      count={steps.length}
      rowAt={(index) => steps[index]}
      current={steps.findIndex((line) => line.address === at)}
      onCurrent={(index) => onSelect(steps[index]?.address ?? "")}
      rowHeight={28}
    />
  );
}

const INDENT = 14;

function Name({ line }: { readonly line: StepLine }) {
  return (
    <span className="mono" style={{ paddingLeft: line.depth * INDENT }} title={line.address}>
      {line.address.split("/").at(-1)}
    </span>
  );
}

function Began({ line }: { readonly line: StepLine }) {
  return line.began_at > 0 ? <Time at={line.began_at} /> : null;
}

function Lasted({ line }: { readonly line: StepLine }) {
  const isOver = line.ended_at !== null || !["running", "waiting", "retrying", "parked", "undoing"].includes(line.status);
  if (line.began_at === 0 || (isOver && line.ended_at === null)) return null;
  return <Took from={line.began_at} to={line.ended_at} />;
}
