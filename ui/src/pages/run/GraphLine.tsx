/** Arrows of the picture: bolder once the run took them, and drawn backwards where compensation goes. */

import { memo, useCallback, useMemo, useSyncExternalStore } from "react";
import type { Picture, PictureLine } from "../../api/views";
import { wayKey, type StandingStore } from "./standings";

export const GraphLine = memo(function GraphLine({ line, shown }: { readonly line: PictureLine; readonly shown: StandingStore }) {
  const key = wayKey(line.source, line.target);
  const subscribe = useMemo(() => shown.subscribeTo(key), [shown, key]);
  const isTaken = useSyncExternalStore(
    subscribe,
    useCallback(() => shown.isTaken(key), [shown, key]),
  );
  return (
    <g className={`line ${line.kind} ${isTaken && line.kind !== "undo" ? "taken" : ""}`}>
      <path className="edge" d={line.line} />
      <path className="head" d={line.head} />
    </g>
  );
});

/** The words on arrows, above every box and line. */
export const Chips = memo(function Chips({ picture }: { readonly picture: Picture }) {
  return (
    <g className="chips" aria-hidden="true">
      {picture.lines.map((line, index) =>
        line.label ? (
          <g key={index} className={`line-chip ${line.kind}`} transform={`translate(${line.label_x} ${line.label_y})`}>
            <rect
              x={-line.label_width / 2}
              y={-line.label_height / 2}
              width={line.label_width}
              height={line.label_height}
              rx={line.label_height / 2}
            />
            <text y={4}>{line.label}</text>
          </g>
        ) : null,
      )}
    </g>
  );
});

/** The way back that compensation has gone so far, along the arrows that the run came by. */
export function UndoneWays({ picture, shown }: { readonly picture: Picture; readonly shown: StandingStore }) {
  const keys = useSyncExternalStore(
    shown.subscribe,
    useCallback(() => shown.undoneWays().join("\n\n"), [shown]),
  );
  const ways = useMemo(() => keys.split("\n\n").filter(Boolean).map((key) => backward(picture, key)), [picture, keys]);
  return (
    <g className="undone-ways" aria-hidden="true">
      {ways.map((way, index) =>
        way ? (
          <g key={way.key} className="line undone-way">
            <title>{`undone ${index + 1}.`}</title>
            <path className="edge" d={way.path} />
            <path className="head" d={way.head} />
          </g>
        ) : null,
      )}
    </g>
  );
}

interface Back {
  readonly key: string;
  readonly path: string;
  readonly head: string;
}

function backward(picture: Picture, key: string): Back | null {
  const [source = "", target = ""] = key.split("\n");
  const drawn = picture.lines.find((line) => line.kind === "undo" && line.source === source && line.target === target);
  if (drawn) return { key, path: drawn.line, head: drawn.head };
  const forward = picture.lines.find((line) => line.source === target && line.target === source && line.kind !== "undo");
  if (forward) return { key, path: forward.back_line, head: forward.back_head };
  return across(picture, key, [source, target]);
}

/** Between two boxes that no arrow joins: a curve beside them. */
function across(picture: Picture, key: string, [source, target]: readonly [string, string]): Back | null {
  const from = picture.boxes.find((box) => box.place === source);
  const to = picture.boxes.find((box) => box.place === target);
  if (!from || !to) return null;
  const x = from.x + from.width;
  const y = from.y + from.height / 2;
  const endX = to.x + to.width + 7;
  const endY = to.y + to.height / 2;
  const out = Math.max(x, endX) + 48;
  return {
    key,
    path: `M${x} ${y}C${out} ${y} ${out} ${endY} ${endX} ${endY}`,
    head: `M${endX - 7} ${endY}L${endX} ${endY - 4} ${endX} ${endY + 4}z`,
  };
}
