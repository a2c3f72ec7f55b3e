/** The picture of a run: drawn once from the server's layout; each box and line listens for itself. */

import { memo, useCallback, useEffect, useMemo, useRef, type KeyboardEvent } from "react";
import type { Picture, PictureBox } from "../../api/views";
import { useKeys } from "../../app/keys";
import { Icon } from "../../components/Icon";
import { Dot, GraphBox } from "./GraphBox";
import { Chips, GraphLine, UndoneWays } from "./GraphLine";
import { Legend } from "./Legend";
import { nearest, type Direction } from "./nearest";
import { placeOf } from "./selection";
import { wayKey, type StandingStore } from "./standings";
import { useView, type Viewing } from "./view";

interface Props {
  readonly picture: Picture;
  readonly shown: StandingStore;
  readonly at: string;
  readonly onSelect: (address: string) => void;
  readonly onFold?: ((place: string) => void) | undefined;
  /** Where the picture is to be had as a file. */
  readonly file?: string | undefined;
}

export const Graph = memo(function Graph({ picture, shown, at, onSelect, onFold, file }: Props) {
  const frame = useRef<HTMLDivElement>(null);
  const world = useRef<HTMLDivElement>(null);
  const viewing = useView(frame, world, picture);
  const place = placeOf(at);
  const boxes = useMemo(() => new Map(picture.boxes.map((box) => [box.place, box])), [picture]);
  const pick = useCallback((one: string) => onSelect(shown.node(one)?.address ?? one), [shown, onSelect]);
  const chosen = boxes.get(place);
  const first = picture.boxes.find((box) => box.shape === "node")?.place ?? "";
  const isOpened = useRef(false);
  useEffect(() => {
    if (!chosen) return;
    viewing.reveal(chosen, !isOpened.current);
    isOpened.current = true;
  }, [chosen, viewing.reveal]);
  useKeys("Graph", [
    { key: "+", says: "Larger", run: () => viewing.zoom(1.25) },
    { key: "-", says: "Smaller", run: () => viewing.zoom(0.8) },
    { key: "0", says: "Fit into view", run: viewing.fit },
  ]);
  const pressed = (event: KeyboardEvent) => {
    const next = movedTo(event, picture.boxes, chosen);
    if (next) {
      event.preventDefault();
      pick(next.place);
      focusOn(frame.current, next.place);
    } else if (steered(event, viewing)) event.preventDefault();
  };
  const drawn = (box: PictureBox) => (
    <GraphBox
      key={box.place}
      box={box}
      shown={shown}
      isChosen={box.place === place}
      isStop={box.place === (chosen ? place : first)}
      isFoldable={onFold !== undefined && picture.foldable.includes(box.place)}
      onPick={pick}
      onFold={onFold}
    />
  );
  return (
    <div className="graph">
      <div
        ref={frame}
        className="graph-frame"
        role="group"
        aria-label="Graph of the run"
        aria-description="Arrow keys go from step to step, plus and minus scale, 0 fits the whole into view."
        onKeyDown={pressed}
      >
        <div ref={world} className="graph-world">
          {picture.boxes.filter((box) => box.shape === "container").map(drawn)}
          <Lines picture={picture} shown={shown} />
          {picture.boxes.filter((box) => box.shape === "node").map(drawn)}
          <Above picture={picture} shown={shown} />
        </div>
      </div>
      <Tools viewing={viewing} file={file} />
      <Legend />
    </div>
  );
});

/** Lines and ends, in one drawing, between the containers and what is in them. */
const Lines = memo(function Lines({ picture, shown }: { readonly picture: Picture; readonly shown: StandingStore }) {
  return (
    <svg className="graph-layer lines" width={picture.width} height={picture.height} aria-hidden="true">
      {picture.lines.map((line, index) => (
        <GraphLine key={`${wayKey(line.source, line.target)}${line.kind}${index}`} line={line} shown={shown} />
      ))}
      {picture.boxes.map((box) => (box.shape === "start" || box.shape === "end" ? <Dot key={box.place} box={box} /> : null))}
    </svg>
  );
});

/** What is drawn above every box: the way back, and words on lines. */
const Above = memo(function Above({ picture, shown }: { readonly picture: Picture; readonly shown: StandingStore }) {
  return (
    <svg className="graph-layer" width={picture.width} height={picture.height} aria-hidden="true">
      <UndoneWays picture={picture} shown={shown} />
      <Chips picture={picture} />
    </svg>
  );
});

function Tools({ viewing, file }: { readonly viewing: Viewing; readonly file: string | undefined }) {
  return (
    <div className="graph-tools" role="toolbar" aria-label="View of the graph">
      <button type="button" className="ghost" aria-label="Larger" title="Larger (+)" onClick={() => viewing.zoom(1.25)}>
        <Icon name="plus" />
      </button>
      <button type="button" className="ghost" aria-label="Smaller" title="Smaller (−)" onClick={() => viewing.zoom(0.8)}>
        <Icon name="minus" />
      </button>
      <button type="button" className="ghost" aria-label="Fit into view" title="Fit into view (0)" onClick={viewing.fit}>
        <Icon name="fit" />
      </button>
      {file && (
        <a className="ghost" href={file} download aria-label="Save the picture" title="Save the picture, as SVG">
          <Icon name="download" />
        </a>
      )}
    </div>
  );
}

const DIRECTIONS: Record<string, Direction> = {
  ArrowUp: "up",
  ArrowDown: "down",
  ArrowLeft: "left",
  ArrowRight: "right",
};

function movedTo(event: KeyboardEvent, boxes: readonly PictureBox[], from: PictureBox | undefined): PictureBox | null {
  const direction = DIRECTIONS[event.key];
  if (!direction || event.shiftKey || event.altKey || event.metaKey || event.ctrlKey) return null;
  return nearest(boxes, from, direction);
}

const PAN = 60;

function steered(event: KeyboardEvent, viewing: Viewing): boolean {
  if (event.metaKey || event.ctrlKey) return false;
  const acts: Record<string, () => void> = {
    "+": () => viewing.zoom(1.25),
    "=": () => viewing.zoom(1.25),
    "-": () => viewing.zoom(0.8),
    "0": viewing.fit,
    ShiftArrowUp: () => viewing.pan(0, PAN),
    ShiftArrowDown: () => viewing.pan(0, -PAN),
    ShiftArrowLeft: () => viewing.pan(PAN, 0),
    ShiftArrowRight: () => viewing.pan(-PAN, 0),
  };
  const act = acts[event.shiftKey && event.key.startsWith("Arrow") ? `Shift${event.key}` : event.key];
  act?.();
  return act !== undefined;
}

function focusOn(frame: HTMLElement | null, place: string): void {
  const found = frame?.querySelector(`[data-place="${CSS.escape(place)}"]`);
  if (found instanceof SVGElement) found.focus({ preventScroll: true });
}
