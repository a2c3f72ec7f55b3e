/** The journal: every event, in order, filtered by what happened, where, and what it says. */

import { useDeferredValue, useMemo, useState } from "react";
import type { JournalRow } from "../../api/views";
import { Icon } from "../../components/Icon";
import { Empty, Refused } from "../../components/Said";
import { clock } from "../../components/Time";
import { useNarrow } from "../../components/useNarrow";
import { VirtualTable, type Column } from "../../components/VirtualTable";
import { useJournalRows } from "./journalRows";
import { KINDS, saying, toneOf } from "./kinds";
import type { RunModel } from "./model";
import type { Selection } from "./selection";

interface Props {
  readonly model: RunModel;
  readonly total: number;
  readonly selection: Selection;
}

const COLUMNS: readonly Column<JournalRow>[] = [
  { name: "seq", title: "#", width: "40px", isNumber: true, cell: (row) => row.seq },
  { name: "at", title: "Time", width: "96px", cell: (row) => <At at={row.at} /> },
  { name: "kind", title: "What", width: "136px", cell: (row) => <Kind row={row} /> },
  { name: "address", title: "Step", width: "minmax(56px, 0.7fr)", cell: (row) => <span className="mono">{row.address}</span> },
  { name: "note", title: "Note", width: "minmax(0, 1.5fr)", cell: (row) => <span className="faint">{row.note}</span> },
];

const NARROW = COLUMNS.filter((column) => column.name !== "at");

export function Journal({ model, total, selection }: Props) {
  const isNarrow = useNarrow();
  const [text, setText] = useState("");
  const [group, setGroup] = useState("");
  const [isOfStep, setOfStep] = useState(false);
  const sought = useDeferredValue(text);
  const address = isOfStep ? selection.at : "";
  const filter = useMemo(() => ({ kinds: KINDS[group] ?? [], text: sought, address }), [group, sought, address]);
  const rows = useJournalRows(model, filter, total);
  const current = selection.seq === null ? -1 : rows.indexOf(selection.seq);
  const isFiltered = text !== "" || group !== "" || isOfStep;
  return (
    <div className="journal">
      <div className="journal-filter">
        <label className="search">
          <Icon name="search" />
          <span className="unseen">Search the journal</span>
          <input type="search" value={text} placeholder="Search notes and bodies" onChange={(event) => setText(event.target.value)} />
        </label>
        <label>
          <span className="unseen">What happened</span>
          <select value={group} onChange={(event) => setGroup(event.target.value)}>
            <option value="">Everything</option>
            {Object.keys(KINDS).map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
        <label className="check">
          <input type="checkbox" checked={isOfStep} disabled={!selection.at} onChange={() => setOfStep(!isOfStep)} />
          Selected step only
        </label>
        <span className="faint number journal-count" role="status">
          {isFiltered ? `${rows.count}${rows.isLoading ? "+" : ""} of ${total}` : `${total} events`}
        </span>
      </div>
      {rows.problem && <Refused problem={rows.problem} />}
      {rows.count === 0 && isFiltered && !rows.isLoading ? (
        <Empty title="No event fits">
          <button type="button" className="button" onClick={() => [setText(""), setGroup(""), setOfStep(false)]}>
            Show all events
          </button>
        </Empty>
      ) : (
        <VirtualTable
          label="Journal"
          columns={isNarrow ? NARROW : COLUMNS}
          count={rows.count}
          rowAt={rows.rowAt}
          onSeen={rows.onSeen}
          current={current}
          onCurrent={(index) => {
            const row = rows.rowAt(index);
            if (row) selection.selectEvent(row.seq, row.address || selection.at);
          }}
          rowHeight={28}
        />
      )}
    </div>
  );
}

function At({ at }: { readonly at: number }) {
  const rest = String(at % 1_000).padStart(3, "0");
  return (
    <time className="number faint" dateTime={new Date(at).toISOString()}>
      {clock(at)}.{rest}
    </time>
  );
}

function Kind({ row }: { readonly row: JournalRow }) {
  return (
    <span className={`kind ${toneOf(row.kind)}`}>
      <i aria-hidden="true" />
      {saying(row.kind)}
    </span>
  );
}
