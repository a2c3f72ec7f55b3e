/** A table of any length: only the rows in view are there. Rows have one height; the keyboard moves a current row. */

import { memo, useCallback, useEffect, useId, useLayoutEffect, useMemo, useRef, useState, type KeyboardEvent, type ReactNode } from "react";

export interface Column<T> {
  readonly name: string;
  readonly title: ReactNode;
  /** A track of a CSS grid: `120px`, `minmax(0, 1fr)`. */
  readonly width: string;
  readonly cell: (row: T) => ReactNode;
  readonly isNumber?: boolean;
}

interface Props<T> {
  readonly label: string;
  readonly columns: readonly Column<T>[];
  /** How many rows there are, loaded or not. */
  readonly count: number;
  readonly rowAt: (index: number) => T | undefined;
  readonly current: number;
  readonly onCurrent: (index: number) => void;
  /** Enter, or a double click. */
  readonly onOpen?: (index: number) => void;
  /** Rows that came into view: load what is missing of them. */
  readonly onSeen?: (first: number, last: number) => void;
  readonly rowClass?: (row: T) => string;
  readonly rowHeight?: number;
  /** What tells rows apart: where it is given, the rows in view stay there while others come and go above them. */
  readonly keyOf?: (row: T) => string;
}

const SPARE = 8;
/** The height of the head, which stays in view. */
const HEAD = 31;

export function VirtualTable<T>(props: Props<T>) {
  const { columns, count, current, rowHeight = 32 } = props;
  const name = useId();
  const scroller = useRef<HTMLDivElement>(null);
  const [first, last] = useSpan(scroller, { count, rowHeight });
  useStaying(scroller, props, rowHeight);
  const { onSeen } = props;
  useEffect(() => {
    onSeen?.(first, last);
  }, [first, last, count, onSeen]);
  const currentRow = props.rowAt(current);
  const mark = props.keyOf && currentRow !== undefined ? props.keyOf(currentRow) : current;
  useLayoutEffect(() => reveal(scroller.current, current, rowHeight), [mark, rowHeight]);
  const tracks = useMemo(() => ({ gridTemplateColumns: columns.map((column) => column.width).join(" ") }), [columns]);
  const latest = useRef(props);
  latest.current = props;
  const pick = useCallback((index: number) => latest.current.onCurrent(index), []);
  const open = useCallback((index: number) => latest.current.onOpen?.(index), []);
  const rows = [];
  for (let index = first; index < last; index += 1) {
    const row = props.rowAt(index);
    rows.push(
      <Row<T>
        key={index}
        {...{ index, row, name, rowHeight, tracks, columns }}
        isCurrent={index === current}
        className={row && props.rowClass ? props.rowClass(row) : ""}
        onCurrent={pick}
        onOpen={open}
      />,
    );
  }
  return (
    <div
      ref={scroller}
      className="table"
      role="grid"
      aria-label={props.label}
      aria-rowcount={count + 1}
      aria-colcount={columns.length}
      tabIndex={0}
      aria-activedescendant={current >= first && current < last ? `${name}-${current}` : undefined}
      onKeyDown={(event) => moved(event, props, scroller.current)}
    >
      <div role="rowgroup" className="table-head">
        <div role="row" aria-rowindex={1} className="row" style={tracks}>
          {columns.map((column) => (
            <span key={column.name} role="columnheader" className={column.isNumber ? "cell right" : "cell"}>
              {column.title}
            </span>
          ))}
        </div>
      </div>
      <div role="rowgroup" className="table-body" style={{ height: count * rowHeight }}>
        {rows}
      </div>
    </div>
  );
}

interface RowProps<T> {
  readonly index: number;
  readonly row: T | undefined;
  readonly name: string;
  readonly isCurrent: boolean;
  readonly rowHeight: number;
  readonly tracks: { readonly gridTemplateColumns: string };
  readonly columns: readonly Column<T>[];
  readonly className: string;
  readonly onCurrent: (index: number) => void;
  readonly onOpen: (index: number) => void;
}

/** Rendered again only when it is another row, or stands differently. */
const Row = memo(function Row<T>(props: RowProps<T>) {
  const { index, row, name, isCurrent, rowHeight, tracks, columns } = props;
  return (
    <div
      role="row"
      id={`${name}-${index}`}
      aria-rowindex={index + 2}
      aria-selected={isCurrent}
      className={`row ${props.className}`}
      style={{ ...tracks, height: rowHeight, transform: `translateY(${index * rowHeight}px)` }}
      onClick={() => props.onCurrent(index)}
      onDoubleClick={() => props.onOpen(index)}
    >
      {columns.map((column) => (
        <span key={column.name} role="gridcell" className={column.isNumber ? "cell right number" : "cell"}>
          {row === undefined ? "" : column.cell(row)}
        </span>
      ))}
    </div>
  );
}) as <T>(props: RowProps<T>) => ReactNode;

/** Return the first row in view, and the one after the last, with some to spare. */
function useSpan(scroller: React.RefObject<HTMLDivElement | null>, size: { count: number; rowHeight: number }): [number, number] {
  const [view, setView] = useState({ top: 0, height: 600 });
  const look = useCallback(() => {
    const element = scroller.current;
    if (!element) return;
    setView((old) => {
      const top = Math.floor(element.scrollTop / size.rowHeight);
      return old.top === top && old.height === element.clientHeight ? old : { top, height: element.clientHeight };
    });
  }, [scroller, size.rowHeight]);
  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return undefined;
    look();
    element.addEventListener("scroll", look, { passive: true });
    const sizes = new ResizeObserver(look);
    sizes.observe(element);
    return () => {
      element.removeEventListener("scroll", look);
      sizes.disconnect();
    };
  }, [scroller, look]);
  const first = Math.max(0, view.top - SPARE);
  return [first, Math.min(size.count, view.top + Math.ceil(view.height / size.rowHeight) + SPARE)];
}

const LOOKED_FOR = 1_000;

/** Keep the first row in view where it is when rows were put in or taken out above it. */
function useStaying<T>(scroller: React.RefObject<HTMLDivElement | null>, props: Props<T>, rowHeight: number): void {
  const first = useRef({ key: "", index: 0 });
  useLayoutEffect(() => {
    const element = scroller.current;
    const { keyOf, rowAt } = props;
    if (!element || !keyOf) return;
    const keyAt = (index: number) => {
      const row = rowAt(index);
      return row === undefined ? "" : keyOf(row);
    };
    const { key, index } = first.current;
    if (index > 0 && key !== "" && element.scrollTop > 0) {
      for (let away = 0; away < LOOKED_FOR; away += 1) {
        const found = [index + away, index - away].find((one) => keyAt(one) === key);
        if (found === undefined) continue;
        element.scrollTop += (found - index) * rowHeight;
        break;
      }
    }
    const top = Math.floor(element.scrollTop / rowHeight);
    first.current = { key: keyAt(top), index: top };
  });
}

function reveal(element: HTMLDivElement | null, index: number, rowHeight: number): void {
  if (!element || index < 0) return;
  const top = index * rowHeight;
  if (top < element.scrollTop) element.scrollTop = top;
  else if (HEAD + top + rowHeight > element.scrollTop + element.clientHeight) {
    element.scrollTop = HEAD + top + rowHeight - element.clientHeight;
  }
}

function moved<T>(event: KeyboardEvent, props: Props<T>, element: HTMLDivElement | null): void {
  if (event.target !== element || event.metaKey || event.ctrlKey || event.altKey) return;
  const page = Math.max(1, Math.floor((element?.clientHeight ?? 320) / (props.rowHeight ?? 32)) - 1);
  const steps: Record<string, number> = {
    ArrowDown: 1, j: 1, ArrowUp: -1, k: -1, PageDown: page, PageUp: -page, Home: -props.count, End: props.count,
  };
  const step = steps[event.key];
  if (step !== undefined) {
    event.preventDefault();
    if (props.count > 0) props.onCurrent(Math.min(props.count - 1, Math.max(0, props.current + step)));
  } else if (event.key === "Enter" && props.current >= 0) {
    event.preventDefault();
    props.onOpen?.(props.current);
  }
}
