import { RUN_STATUSES, type RunCounts, type RunStatus } from "../../api/views";
import { StatusMark } from "../../components/StatusMark";

interface Props {
  readonly counts: RunCounts | null;
  readonly chosen: readonly RunStatus[];
  readonly onToggle: (status: RunStatus) => void;
  readonly onAll: () => void;
}

/** How many runs stand how, under the filter; a chip shows only those. */
export function StatusChips({ counts, chosen, onToggle, onAll }: Props) {
  const total = counts ? RUN_STATUSES.reduce((sum, status) => sum + (counts.by_status[status] ?? 0), 0) : null;
  const shown = (count: number | undefined) => (count === undefined ? "" : count.toLocaleString("en") + (counts?.is_exact === false ? "+" : ""));
  return (
    <div className="runs-chips" role="group" aria-label="Status">
      <button type="button" className="chip-button" aria-pressed={chosen.length === 0} onClick={onAll}>
        All <span className="number">{total === null ? "" : shown(total)}</span>
      </button>
      {RUN_STATUSES.map((status) => {
        const count = counts?.by_status[status] ?? (counts ? 0 : undefined);
        return (
          <button
            key={status}
            type="button"
            className={`chip-button ${count === 0 ? "is-none" : ""}`}
            aria-pressed={chosen.includes(status)}
            onClick={() => onToggle(status)}
          >
            <StatusMark status={status} /> <span className="number">{shown(count)}</span>
          </button>
        );
      })}
    </div>
  );
}
