/** A run along time: a bar an attempt, patterns for what its time went into, the chain that decided when it ended. */

import { useEffect, useMemo, useState } from "react";
import type { Bar, BarPart, Span, Timeline as Lived } from "../../api/views";
import { useLoaded } from "../../api/useLoaded";
import { Loading, Refused } from "../../components/Said";
import { statusClass, statusGlyph } from "../../components/StatusMark";
import { duration, useNow } from "../../components/Time";
import { Glyph, Icon } from "../../components/Icon";
import { VirtualTable, type Column } from "../../components/VirtualTable";
import { useNarrow } from "../../components/useNarrow";
import { Brush, type Window } from "./Brush";
import { scaleOf, ticks, tickWords, type Scale } from "./scale";
import type { RunSource } from "./source";

interface Props {
  readonly source: RunSource;
  /** Changes when there is more to load. */
  readonly seq: number;
  readonly at: string;
  readonly onSelect: (address: string) => void;
}

const AGAIN_MS = 1_000;
const TICKS = 6;
const TICKS_NARROW = 3;

export function Timeline({ source, seq, at, onSelect }: Props) {
  const loaded = useLoaded(source.id, () => source.timeline());
  useReload(seq, loaded.reload);
  if (loaded.problem) return <Refused problem={loaded.problem} again={loaded.reload} />;
  if (!loaded.data) return <Loading />;
  return <Drawn lived={loaded.data} at={at} onSelect={onSelect} />;
}

/** Load again when the run has gone on, at most once a second. */
function useReload(seq: number, reload: () => void): void {
  const [seen, setSeen] = useState(seq);
  useEffect(() => {
    if (seq === seen) return undefined;
    const timer = window.setTimeout(() => {
      setSeen(seq);
      reload();
    }, AGAIN_MS);
    return () => window.clearTimeout(timer);
  }, [seq, seen, reload]);
}

interface DrawnProps {
  readonly lived: Lived;
  readonly at: string;
  readonly onSelect: (address: string) => void;
}

function Drawn({ lived, at, onSelect }: DrawnProps) {
  const now = useNow(lived.ended_at === null);
  const end = lived.ended_at ?? Math.max(now, ...lived.bars.flatMap((bar) => bar.parts.map((part) => part.ended_at ?? 0)));
  const [window, setWindow] = useState<Window | null>(null);
  const whole = useMemo(() => scaleOf(lived.began_at, end, lived.gaps), [lived, end]);
  const from = window ? whole.timeAt(window.from) : lived.began_at;
  const to = window ? whole.timeAt(window.to) : end;
  const scale = useMemo(() => scaleOf(from, to, lived.gaps), [from, to, lived.gaps]);
  const bars = useMemo(
    () => (window ? lived.bars.filter((bar) => isSeen(bar, { from, to, end })) : lived.bars),
    [lived.bars, window, from, to, end],
  );
  const columns = useColumns(scale, lived.began_at, end);
  return (
    <div className="timeline">
      <div className="timeline-head">
        <Summary lived={lived} end={end} />
        <Spans />
      </div>
      <Brush bars={lived.bars} scale={whole} end={end} window={window} onWindow={setWindow} began={lived.began_at} />
      <VirtualTable<Bar>
        label="Attempts along time"
        columns={columns}
        count={bars.length}
        rowAt={(index) => bars[index]}
        current={bars.findIndex((bar) => bar.address === at)}
        onCurrent={(index) => onSelect(bars[index]?.address ?? "")}
        rowClass={(bar) => (bar.is_critical ? "critical" : "")}
        rowHeight={26}
      />
    </div>
  );
}

function isSeen(bar: Bar, seen: { from: number; to: number; end: number }): boolean {
  const first = bar.parts[0]?.began_at ?? 0;
  const last = bar.parts.at(-1)?.ended_at ?? seen.end;
  return first <= seen.to && last >= seen.from;
}

function useColumns(scale: Scale, origin: number, end: number): readonly Column<Bar>[] {
  const isNarrow = useNarrow();
  return useMemo(() => {
    const name: Column<Bar> = {
      name: "step",
      title: "Step",
      width: isNarrow ? "112px" : "minmax(96px, 200px)",
      cell: (bar) => <Name bar={bar} />,
    };
    const took: Column<Bar> = {
      name: "took",
      title: "Took",
      width: "72px",
      isNumber: true,
      cell: (bar) => duration(lengthOf(bar, end)),
    };
    const track: Column<Bar> = {
      name: "bar",
      title: <Axis scale={scale} origin={origin} count={isNarrow ? TICKS_NARROW : TICKS} />,
      width: "minmax(0, 1fr)",
      cell: (bar) => <Track bar={bar} scale={scale} end={end} />,
    };
    return isNarrow ? [name, track] : [name, took, track];
  }, [scale, origin, end, isNarrow]);
}

const lengthOf = (bar: Bar, end: number): number =>
  (bar.parts.at(-1)?.ended_at ?? end) - (bar.parts[0]?.began_at ?? end);

function Name({ bar }: { readonly bar: Bar }) {
  return (
    <span className={`bar-name ${statusClass(bar.status)}`} title={`${bar.address}: ${bar.status}`}>
      <Glyph path={statusGlyph(bar.status)} />
      <span className="clip mono">{bar.address}</span>
      {bar.attempt > 1 && <span className="faint small">{bar.attempt}.</span>}
      <span className="unseen">
        {bar.status}, attempt {bar.attempt}
        {bar.is_critical ? ", on the critical path" : ""}
      </span>
    </span>
  );
}

function Track({ bar, scale, end }: { readonly bar: Bar; readonly scale: Scale; readonly end: number }) {
  return (
    <span className={`track ${statusClass(bar.status)}`}>
      {scale.pieces.map((piece) =>
        piece.isGap ? <i key={piece.from} className="gap" style={place(piece.left, piece.right)} /> : null,
      )}
      {bar.parts.map((part) => (
        <Part key={part.began_at + part.span} part={part} scale={scale} end={end} />
      ))}
    </span>
  );
}

function Part({ part, scale, end }: { readonly part: BarPart; readonly scale: Scale; readonly end: number }) {
  const left = Math.max(0, scale.at(part.began_at));
  const right = Math.min(1, scale.at(part.ended_at ?? end));
  if (right < 0 || left > 1) return null;
  const took = duration((part.ended_at ?? end) - part.began_at);
  return <i className={`span ${part.span}`} style={place(left, right)} title={`${WORDS[part.span]} ${took}`} />;
}

/** Where a stretch is drawn; what took no time is still seen. */
const place = (left: number, right: number) => ({
  left: `min(${left * 100}%, 100% - 3px)`,
  width: `${Math.max(0, right - left) * 100}%`,
});

function Axis({ scale, origin, count }: { readonly scale: Scale; readonly origin: number; readonly count: number }) {
  return (
    <span className="axis">
      {ticks(scale, origin, count).map((time) => (
        <span key={time} className="tick number" style={{ left: `${scale.at(time) * 100}%` }}>
          {tickWords(time, origin)}
        </span>
      ))}
      {scale.pieces.map((piece) =>
        piece.isGap ? (
          <span key={piece.from} className="gap-name" style={{ left: `${((piece.left + piece.right) / 2) * 100}%` }}>
            <span title={`${duration(piece.to - piece.from)} in which nothing ran`}>⋯</span>
          </span>
        ) : null,
      )}
    </span>
  );
}

function Summary({ lived, end }: { readonly lived: Lived; readonly end: number }) {
  const wall = end - lived.began_at;
  return (
    <p className="timeline-sum">
      <Icon name="clock" />
      <span>
        <b className="number">{duration(wall)}</b> {lived.ended_at === null ? "so far" : "in all"}
      </span>
      {lived.critical.length > 0 && (
        <span className="faint">
          critical path <b className="number">{duration(lived.critical_ms)}</b> over {lived.critical.length}{" "}
          {lived.critical.length === 1 ? "step" : "steps"}
        </span>
      )}
      {lived.gaps.length > 0 && (
        <span className="faint">
          {lived.gaps.length} idle {lived.gaps.length === 1 ? "stretch" : "stretches"} drawn short
        </span>
      )}
    </p>
  );
}

const WORDS: Record<Span, string> = {
  queued: "queued",
  running: "running",
  waiting: "waiting",
  backing_off: "backing off",
};

function Spans() {
  return (
    <ul className="timeline-legend" aria-label="What the bars mean">
      {(Object.keys(WORDS) as Span[]).map((span) => (
        <li key={span}>
          <i className={`span sample ${span}`} />
          {WORDS[span]}
        </li>
      ))}
      <li>
        <i className="span sample running critical-sample" />
        critical path
      </li>
    </ul>
  );
}
