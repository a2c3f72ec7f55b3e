import { changeQuery, runHref, Link } from "../../app/router";
import type { RunRow } from "../../api/views";
import { StatusMark } from "../../components/StatusMark";
import { Time, Took } from "../../components/Time";
import { seen } from "../../components/seen";
import type { Column } from "../../components/VirtualTable";

const OVER = new Set(["completed", "failed", "cancelled", "compensated"]);

export interface Picked {
  readonly ids: ReadonlySet<string>;
  readonly toggle: (id: string) => void;
  readonly isAll: boolean;
  readonly toggleAll: () => void;
}

/** The columns of the list of runs; fewer where there is little room. */
export function columnsOf(picked: Picked, how: { readonly isNarrow: boolean; readonly hasTenants: boolean }): Column<RunRow>[] {
  const columns: Column<RunRow>[] = [
    { name: "pick", title: <PickAll picked={picked} />, width: "36px", cell: (row) => <Pick row={row} picked={picked} /> },
    { name: "status", title: "Status", width: how.isNarrow ? "116px" : "128px", cell: (row) => <StatusMark status={row.status} /> },
    { name: "id", title: "Run", width: how.isNarrow ? "minmax(0, 1fr)" : "minmax(140px, 1.1fr)", cell: (row) => <RunLink row={row} /> },
  ];
  if (how.isNarrow) return columns;
  columns.push({ name: "workflow", title: "Workflow", width: "minmax(90px, 0.7fr)", cell: (row) => row.workflow });
  if (how.hasTenants) columns.push({ name: "tenant", title: "Tenant", width: "minmax(70px, 0.5fr)", cell: (row) => <Tenant name={row.tenant} /> });
  columns.push(
    { name: "about", title: "About", width: "minmax(0, 2.6fr)", cell: (row) => <About row={row} /> },
    { name: "updated", title: "Updated", width: "92px", isNumber: true, cell: (row) => <Time at={row.updated_at} isAgo /> },
    { name: "took", title: "Took", width: "96px", isNumber: true, cell: (row) => <Took from={row.created_at} to={OVER.has(row.status) ? row.updated_at : null} /> },
  );
  return columns;
}

function Pick({ row, picked }: { readonly row: RunRow; readonly picked: Picked }) {
  return (
    <input
      type="checkbox"
      tabIndex={-1}
      aria-label={`Select ${row.id}`}
      checked={picked.ids.has(row.id)}
      onChange={() => picked.toggle(row.id)}
      onClick={(event) => event.stopPropagation()}
    />
  );
}

function PickAll({ picked }: { readonly picked: Picked }) {
  const label = "Select all runs that are loaded";
  return <input type="checkbox" tabIndex={-1} aria-label={label} title={`${label} (X)`} checked={picked.isAll} onChange={picked.toggleAll} />;
}

function Tenant({ name }: { readonly name: string }) {
  return (
    <button type="button" className="plain-link" tabIndex={-1} title={`Only runs of ${name}`} onClick={() => changeQuery({ tenant: name })}>
      {name}
    </button>
  );
}

function RunLink({ row }: { readonly row: RunRow }) {
  return (
    <Link href={runHref(row.id)} tabIndex={-1} className="run-link" title={row.id}>
      {seen(row.id)}
    </Link>
  );
}

/** What there is to say of a run: why it stands as it stands, what it gave, or what it was given. */
function About({ row }: { readonly row: RunRow }) {
  if (row.error) return <span className={row.status === "parked" ? "runs-parked" : "runs-error"} title={row.error}>{seen(row.error)}</span>;
  if (row.output && row.output !== "null") return <span title={row.output}><span className="faint">gave</span> {seen(row.output)}</span>;
  return <span className="faint" title={row.input}>{seen(row.input)}</span>;
}
