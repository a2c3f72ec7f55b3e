/** Goes through the journal event by event: the picture shows how the run stood after each. */

import { useEffect, useState, useSyncExternalStore } from "react";
import { complain } from "../../app/toasts";
import { Icon } from "../../components/Icon";
import { Time } from "../../components/Time";
import type { RunModel } from "./model";

interface Props {
  readonly model: RunModel;
  readonly last: number;
  readonly seq: number | null;
  readonly isOver: boolean;
  readonly onSeq: (seq: number | null) => void;
}

const PLAY_MS = 12_000;
const STEP_MS_MAX = 450;
const STEP_MS_MIN = 33;

export function Replay({ model, last, seq, isOver, onSeq }: Props) {
  const [isPlaying, setPlaying] = useState(false);
  const [held, setHeld] = useState<number | null>(null);
  const at = useSyncExternalStore(model.shown.subscribe, model.shown.at);
  const now = held ?? seq ?? last;
  useEffect(() => {
    model.showAt(held ?? seq).catch(complain);
  }, [model, seq, held]);
  const settle = () => {
    if (held !== null) onSeq(held >= last ? null : held);
    setHeld(null);
  };
  usePlaying(isPlaying, { last, now, onSeq, stop: () => setPlaying(false) });
  const play = () => {
    if (!isPlaying && now >= last) onSeq(1);
    setPlaying(!isPlaying);
  };
  return (
    <div className="replay">
      <button type="button" className="ghost" aria-label={isPlaying ? "Stop replaying" : "Replay the run"} title={isPlaying ? "Stop" : "Replay"} onClick={play}>
        <Icon name={isPlaying ? "pause" : "play"} />
      </button>
      <button type="button" className="ghost" aria-label="One event back" disabled={now <= 0} onClick={() => onSeq(Math.max(0, now - 1))}>
        <Icon name="back" />
      </button>
      <input
        type="range"
        aria-label="Event of the journal"
        aria-valuetext={`event ${now} of ${last}`}
        min={0}
        max={last}
        value={now}
        onChange={(event) => setHeld(Number(event.target.value))}
        onPointerUp={settle}
        onKeyUp={settle}
        onBlur={settle}
      />
      <button type="button" className="ghost" aria-label="One event on" disabled={now >= last} onClick={() => onSeq(now + 1 >= last ? null : now + 1)}>
        <Icon name="chevron" />
      </button>
      <span className="replay-where number">
        {now}
        <span className="faint"> / {last}</span>
      </span>
      <span className="faint small replay-time">{at > 0 && <Time at={at} />}</span>
      <button
        type="button"
        className={`ghost small now ${seq === null && held === null ? "is-now" : ""}`}
        aria-pressed={seq === null && held === null}
        onClick={() => [setPlaying(false), setHeld(null), onSeq(null)]}
      >
        {isOver ? "End" : "Live"}
      </button>
    </div>
  );
}

interface Playing {
  readonly last: number;
  readonly now: number;
  readonly onSeq: (seq: number | null) => void;
  readonly stop: () => void;
}

function usePlaying(isPlaying: boolean, { last, now, onSeq, stop }: Playing): void {
  useEffect(() => {
    if (!isPlaying) return undefined;
    const pause = Math.min(STEP_MS_MAX, Math.max(STEP_MS_MIN, PLAY_MS / Math.max(1, last)));
    const stride = Math.max(1, Math.round((last * STEP_MS_MIN) / PLAY_MS));
    const timer = window.setTimeout(() => {
      const next = now + stride;
      onSeq(next >= last ? null : next);
      if (next >= last) stop();
    }, pause);
    return () => window.clearTimeout(timer);
  }, [isPlaying, now, last]);
}
