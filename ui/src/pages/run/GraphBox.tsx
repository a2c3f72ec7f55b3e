/** A box of the picture, and how it stands: colour, icon and word. It is drawn again when its own standing changes. */

import { memo, useCallback, useMemo, useSyncExternalStore, type KeyboardEvent } from "react";
import type { NodeStanding, PictureBox } from "../../api/views";
import { Glyph } from "../../components/Icon";
import { statusClass, statusGlyph } from "../../components/StatusMark";
import type { StandingStore } from "./standings";

// The same measures as in draw/card.py.
const PADDING = 12;
const ICON = 16;
const NAME_Y = 23;
const TEXT_LINE = 16;
const STATUS_TOP = 36;
const ROUND = 8;
const STACK = 4;
const CHAR_WIDTH = 6.4;
const BAR = 44;
/** Around a box, for what reaches over its edge. Each box is a drawing of its own, so that a change in one is laid out alone. */
const ROOM = 12;

interface Props {
  readonly box: PictureBox;
  readonly shown: StandingStore;
  readonly isChosen: boolean;
  /** Where Tab stops in the picture. */
  readonly isStop: boolean;
  readonly isFoldable: boolean;
  readonly onPick: (place: string) => void;
  readonly onFold?: ((place: string) => void) | undefined;
}

export const GraphBox = memo(function GraphBox(props: Props) {
  const { box, shown, onPick } = props;
  const subscribe = useMemo(() => shown.subscribeTo(box.place), [shown, box.place]);
  const standing = useSyncExternalStore(
    subscribe,
    useCallback(() => shown.node(box.place), [shown, box.place]),
  );
  const press = (event: KeyboardEvent) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    onPick(box.place);
  };
  return (
    <>
      <svg
        className={`box ${box.shape} ${standing ? statusClass(standing.status) : "idle"} ${props.isChosen ? "chosen" : ""} ${box.is_conditional ? "conditional" : ""}`}
        style={{ left: box.x - ROOM, top: box.y - ROOM }}
        width={box.width + 2 * ROOM}
        height={box.height + 2 * ROOM}
        viewBox={`${-ROOM} ${-ROOM} ${box.width + 2 * ROOM} ${box.height + 2 * ROOM}`}
        role="button"
        tabIndex={props.isStop ? 0 : -1}
        aria-pressed={props.isChosen}
        aria-label={`${box.name}: ${standing?.words ?? "not reached"}`}
        data-place={box.place}
        onClick={() => onPick(box.place)}
        onKeyDown={press}
      >
        {(box.is_map || box.is_folded) && (
          <rect className="card" x={STACK} y={STACK} width={box.width} height={box.height} rx={ROUND} />
        )}
        <rect className="card" width={box.width} height={box.height} rx={ROUND} />
        {props.isChosen && <Halo box={box} />}
        <Words box={box} />
        <Stands box={box} standing={standing} />
        {standing && <Badges box={box} standing={standing} hasFold={props.isFoldable} />}
      </svg>
      {props.isFoldable && <Fold {...props} />}
    </>
  );
});

function Halo({ box }: { readonly box: PictureBox }) {
  const out = box.is_map || box.is_folded ? STACK : 0;
  return (
    <rect className="halo" x={-4} y={-4} width={box.width + 8 + out} height={box.height + 8 + out} rx={ROUND + 4} />
  );
}

export const Dot = memo(function Dot({ box }: { readonly box: PictureBox }) {
  const half = box.width / 2;
  return (
    <g className={`dot ${box.shape}`} transform={`translate(${box.x + half} ${box.y + box.height / 2})`}>
      <title>{box.shape}</title>
      {box.shape === "end" && <circle className="ring" r={half - 1} />}
      <circle className="core" r={half - (box.shape === "end" ? 4 : 2)} />
    </g>
  );
});

const Words = memo(function Words({ box }: { readonly box: PictureBox }) {
  return (
    <>
      <path className="icon kind" d={box.icon} transform={`translate(${PADDING} ${PADDING - 2})`} />
      <text className="name" x={PADDING + ICON + 8} y={NAME_Y}>
        {box.name}
      </text>
      {box.lines.map((line, index) => (
        <text key={index} x={PADDING} y={NAME_Y + 2 + (index + 1) * TEXT_LINE}>
          {line}
        </text>
      ))}
    </>
  );
});

function Stands({ box, standing }: { readonly box: PictureBox; readonly standing: NodeStanding | undefined }) {
  const top = STATUS_TOP + TEXT_LINE * box.lines.length;
  if (!standing) {
    return (
      <text className="not-reached" x={PADDING} y={top + 12}>
        not reached
      </text>
    );
  }
  const left = PADDING + ICON + 2;
  const right = box.width - PADDING;
  const words = fitting(spoken(standing), right - left);
  const bar = left + words.length * CHAR_WIDTH + 10;
  return (
    <>
      <path className="icon state" d={statusGlyph(standing.status)} transform={`translate(${PADDING - 2} ${top})`} />
      <text className="word" x={left} y={top + 12}>
        {words}
      </text>
      {standing.items_total ? <Progress standing={standing} x={bar} y={top + 6} room={Math.min(BAR, right - bar)} /> : null}
    </>
  );
}

function Progress(props: { readonly standing: NodeStanding; readonly x: number; readonly y: number; readonly room: number }) {
  const { standing, x, y, room } = props;
  if (room < 16 || !standing.items_total) return null;
  const share = Math.min(1, standing.items_done / standing.items_total);
  return (
    <>
      <rect className="bar rest" x={x} y={y} width={room} height={4} rx={2} />
      <rect className="bar" x={x} y={y} width={room * share} height={4} rx={2} />
    </>
  );
}

/** Pills on the upper edge: how often it was entered, which attempt this is. */
function Badges({ box, standing, hasFold }: { readonly box: PictureBox; readonly standing: NodeStanding; readonly hasFold: boolean }) {
  const said = [standing.visits > 1 ? `×${standing.visits}` : "", standing.attempts > 1 ? `attempt ${standing.attempts}` : ""];
  let right = box.width - (hasFold ? 40 : 12);
  return said.filter(Boolean).map((words) => {
    const width = words.length * 5.9 + 12;
    right -= width + 4;
    return (
      <g key={words} className="pill" transform={`translate(${right + 4} -9)`}>
        <rect width={width} height={18} rx={9} />
        <text x={width / 2} y={12.5}>
          {words}
        </text>
      </g>
    );
  });
}

function Fold({ box, onFold }: Props) {
  return (
    <button
      type="button"
      className="fold"
      style={{ left: box.x + box.width - 30, top: box.y + 8 }}
      aria-label={`${box.is_folded ? "Unfold" : "Fold"} ${box.name}`}
      aria-expanded={!box.is_folded}
      onClick={() => onFold?.(box.place)}
    >
      <Glyph path={box.is_folded ? "M8 4v8M4 8h8" : "M4 8h8"} />
    </button>
  );
}

/** What is told by pills is not said again in the line below. */
function spoken(standing: NodeStanding): string {
  return standing.words
    .split(" · ")
    .filter((part) => !/^(?:×\d+|attempt \d+)$/.test(part))
    .join(" · ");
}

function fitting(text: string, width: number): string {
  const count = Math.floor(width / CHAR_WIDTH);
  return text.length <= count ? text : `${text.slice(0, Math.max(1, count - 1)).trimEnd()}…`;
}
