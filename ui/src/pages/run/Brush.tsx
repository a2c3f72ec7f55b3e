/** The whole run in small, with the part of it that the bars below show: dragged, or moved by keys at either end. */

import { useRef, type KeyboardEvent, type PointerEvent } from "react";
import type { Bar } from "../../api/views";
import { Icon } from "../../components/Icon";
import { duration } from "../../components/Time";
import { statusClass } from "../../components/StatusMark";
import type { Scale } from "./scale";

export interface Window {
  /** Shares of the whole width. */
  readonly from: number;
  readonly to: number;
}

interface Props {
  readonly bars: readonly Bar[];
  readonly scale: Scale;
  readonly began: number;
  readonly end: number;
  readonly window: Window | null;
  readonly onWindow: (window: Window | null) => void;
}

const HEIGHT = 36;
const LEAST = 0.005;
const ALL: Window = { from: 0, to: 1 };

export function Brush({ bars, scale, began, end, window, onWindow }: Props) {
  const strip = useRef<HTMLDivElement>(null);
  const start = useRef<number | null>(null);
  const shareOf = (event: PointerEvent) => {
    const room = strip.current?.getBoundingClientRect();
    return room ? Math.min(1, Math.max(0, (event.clientX - room.left) / room.width)) : 0;
  };
  const drag = (event: PointerEvent) => {
    if (start.current === null) return;
    const now = shareOf(event);
    const [from, to] = [Math.min(start.current, now), Math.max(start.current, now)];
    if (to - from > LEAST) onWindow({ from, to });
  };
  const { from, to } = window ?? ALL;
  const end1 = (edge: "from" | "to") => ({
    share: edge === "from" ? from : to,
    words: duration(scale.timeAt(edge === "from" ? from : to) - began),
    onMove: (share: number) => onWindow(edge === "from" ? { from: Math.min(share, to - LEAST), to } : { from, to: Math.max(share, from + LEAST) }),
  });
  return (
    <div className="brush">
      <div
        ref={strip}
        className="brush-strip"
        onPointerDown={(event) => {
          start.current = shareOf(event);
          event.currentTarget.setPointerCapture(event.pointerId);
        }}
        onPointerMove={drag}
        onPointerUp={() => (start.current = null)}
        onDoubleClick={() => onWindow(null)}
      >
        <Small bars={bars} scale={scale} end={end} />
        <div className="brush-out" style={{ left: 0, width: `${from * 100}%` }} />
        <div className="brush-out" style={{ left: `${to * 100}%`, right: 0 }} />
        <Edge name="Beginning of what is shown" {...end1("from")} />
        <Edge name="End of what is shown" {...end1("to")} />
      </div>
      <button type="button" className="ghost small" disabled={window === null} onClick={() => onWindow(null)}>
        <Icon name="fit" />
        All
      </button>
    </div>
  );
}

function Small({ bars, scale, end }: { readonly bars: readonly Bar[]; readonly scale: Scale; readonly end: number }) {
  const height = Math.max(1, Math.min(4, (HEIGHT - 4) / Math.max(1, bars.length)));
  return (
    <svg className="brush-small" viewBox={`0 0 1000 ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
      {bars.map((bar, index) => {
        const left = scale.at(bar.parts[0]?.began_at ?? end) * 1000;
        const right = scale.at(bar.parts.at(-1)?.ended_at ?? end) * 1000;
        const y = 2 + (index / Math.max(1, bars.length)) * (HEIGHT - 4);
        return <rect key={index} className={statusClass(bar.status)} x={left} y={y} width={Math.max(2, right - left)} height={height} />;
      })}
    </svg>
  );
}

interface EdgeProps {
  readonly name: string;
  readonly share: number;
  readonly words: string;
  readonly onMove: (share: number) => void;
}

function Edge({ name, share, words, onMove }: EdgeProps) {
  const press = (event: KeyboardEvent) => {
    const steps: Record<string, number> = { ArrowLeft: -0.01, ArrowRight: 0.01, PageUp: 0.1, PageDown: -0.1, Home: -1, End: 1 };
    const step = steps[event.key];
    if (step === undefined) return;
    event.preventDefault();
    onMove(Math.min(1, Math.max(0, share + step)));
  };
  return (
    <div
      className="brush-edge"
      role="slider"
      tabIndex={0}
      aria-label={name}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(share * 100)}
      aria-valuetext={words}
      style={{ left: `${share * 100}%` }}
      onKeyDown={press}
    />
  );
}
