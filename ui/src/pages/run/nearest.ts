/** Where an arrow key leads to from a box: the nearest one whose middle lies in that direction. */

import type { PictureBox } from "../../api/views";

export type Direction = "up" | "down" | "left" | "right";

const SIDEWAYS_COSTS = 2.2;

export function nearest(
  boxes: readonly PictureBox[],
  from: PictureBox | undefined,
  direction: Direction,
): PictureBox | null {
  const steps = boxes.filter((box) => box.shape === "node" || box.shape === "container");
  if (!from) return steps[0] ?? null;
  let best: PictureBox | null = null;
  let least = Number.POSITIVE_INFINITY;
  for (const box of steps) {
    const cost = box.place === from.place ? null : costOf(from, box, direction);
    if (cost !== null && cost < least) {
      best = box;
      least = cost;
    }
  }
  return best;
}

function costOf(from: PictureBox, to: PictureBox, direction: Direction): number | null {
  const dx = to.x + to.width / 2 - (from.x + from.width / 2);
  const dy = top(to) - top(from);
  const isUpright = direction === "up" || direction === "down";
  const ahead = isUpright ? (direction === "down" ? dy : -dy) : direction === "right" ? dx : -dx;
  const aside = Math.abs(isUpright ? dx : dy);
  return ahead <= 1 || aside > ahead * 4 ? null : ahead + aside * SIDEWAYS_COSTS;
}

/** A container is where its title stands, so that the way into it is down. */
function top(box: PictureBox): number {
  return box.shape === "container" ? box.y + 12 : box.y + box.height / 2;
}
