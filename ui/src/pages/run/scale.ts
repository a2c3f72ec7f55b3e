/** Time to width: a scale on which stretches without anything in them are short. */

import type { Gap } from "../../api/views";
import { duration } from "../../components/Time";

export interface Piece {
  readonly from: number;
  readonly to: number;
  /** Shares of the whole width. */
  readonly left: number;
  readonly right: number;
  readonly isGap: boolean;
}

export interface Scale {
  readonly pieces: readonly Piece[];
  /** The share of the width at a time, from 0 to 1; outside of the window it is below or above. */
  readonly at: (time: number) => number;
  /** The time at a share of the width. */
  readonly timeAt: (share: number) => number;
}

/** How long a gap is drawn at most: this share of all that is no gap, but at least as a second would be. */
const GAP_SHARE = 0.04;
const GAP_LEAST_MS = 1_000;

export function scaleOf(from: number, to: number, gaps: readonly Gap[]): Scale {
  const end = Math.max(to, from + 1);
  const inside = gaps
    .map((gap) => ({ from: Math.max(gap.began_at, from), to: Math.min(gap.ended_at, end) }))
    .filter((gap) => gap.to > gap.from)
    .sort((one, other) => one.from - other.from);
  const idle = inside.reduce((sum, gap) => sum + gap.to - gap.from, 0);
  const busy = Math.max(1, end - from - idle);
  const most = Math.max(busy * GAP_SHARE, GAP_LEAST_MS);
  const drawn = (piece: { from: number; to: number; isGap: boolean }) =>
    piece.isGap ? Math.min(most, piece.to - piece.from) : piece.to - piece.from;
  const whole = inside.reduce((sum, gap) => sum + drawn({ ...gap, isGap: true }), busy);
  const pieces: Piece[] = [];
  let left = 0;
  const add = (piece: { from: number; to: number; isGap: boolean }) => {
    if (piece.to <= piece.from) return;
    const right = left + drawn(piece) / whole;
    pieces.push({ ...piece, left, right });
    left = right;
  };
  let time = from;
  for (const gap of inside) {
    add({ from: time, to: gap.from, isGap: false });
    add({ ...gap, isGap: true });
    time = gap.to;
  }
  add({ from: time, to: end, isGap: false });
  return { pieces, at: (when) => shareAt(pieces, when), timeAt: (share) => timeAt(pieces, share) };
}

function shareAt(pieces: readonly Piece[], time: number): number {
  const piece = pieces.find((one) => time <= one.to) ?? pieces.at(-1);
  if (!piece) return 0;
  return piece.left + ((time - piece.from) / (piece.to - piece.from)) * (piece.right - piece.left);
}

function timeAt(pieces: readonly Piece[], share: number): number {
  const piece = pieces.find((one) => share <= one.right) ?? pieces.at(-1);
  if (!piece) return 0;
  return piece.from + ((share - piece.left) / Math.max(1e-12, piece.right - piece.left)) * (piece.to - piece.from);
}

const STEPS_MS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 15e3, 3e4, 6e4, 12e4, 3e5, 6e5, 18e5, 36e5, 72e5, 216e5, 432e5, 864e5];

const APART = 0.09;
/** So much of the width a character of a time takes at most, where the track is narrow. */
const CHARACTER = 0.021;

/** The time of a tick, in words. */
export const tickWords = (time: number, origin: number): string => (time === origin ? "0" : duration(time - origin));

/** Round times for the axis, about `count` of them, none in a gap, none so near another that their words would meet. */
export function ticks(scale: Scale, origin: number, count: number): number[] {
  const busy = scale.pieces.filter((piece) => !piece.isGap);
  const length = busy.reduce((sum, piece) => sum + piece.to - piece.from, 0);
  const step = STEPS_MS.find((one) => length / one <= count) ?? 864e5;
  const found: number[] = [];
  const room = (time: number) => Math.max(APART, tickWords(time, origin).length * CHARACTER);
  for (const piece of busy) {
    for (let time = origin + Math.ceil((piece.from - origin) / step) * step; time <= piece.to && found.length < 60; time += step) {
      const before = found.at(-1);
      const share = scale.at(time);
      if (share + room(time) <= 1 && (before === undefined || share - scale.at(before) >= room(before))) found.push(time);
    }
  }
  return found;
}
