/** Where the picture is looked at from: moved and scaled by mouse, wheel, fingers and keys. */

import { useCallback, useEffect, useRef, type RefObject } from "react";

export interface View {
  readonly x: number;
  readonly y: number;
  readonly scale: number;
}

const SCALE_MIN = 0.05;
const SCALE_MAX = 3;
const MARGIN = 24;
const KEPT_SCALE_MAX = 1;
/** Below this nothing can be read; at this everything can. */
const READ_SCALE_MIN = 0.4;
const READ_SCALE = 0.8;
/** How long after a move the picture is painted anew, sharp, rather than moved as it is. */
const REST_MS = 250;
/** Pixels that a pointer may move and still have clicked. */
const DRAG_MIN = 4;

interface Area {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Viewing {
  readonly zoom: (factor: number) => void;
  readonly fit: () => void;
  /** Move as little as needed to have this rectangle of the picture in view; `isToRead`: at a size that can be read. */
  readonly reveal: (box: Area, isToRead: boolean) => void;
  readonly pan: (dx: number, dy: number) => void;
}

/** Keep `inner` where the hand moves it; set on the element itself, so that nothing is rendered again. */
export function useView(
  frame: RefObject<HTMLDivElement | null>,
  inner: RefObject<HTMLDivElement | null>,
  size: { width: number; height: number },
): Viewing {
  const view = useRef<View>({ x: MARGIN, y: MARGIN, scale: 1 });
  const wasMoved = useRef(false);
  const rest = useRef<number | undefined>(undefined);
  const set = useCallback(
    (next: View) => {
      view.current = next;
      const element = inner.current;
      if (!element) return;
      element.style.transform = `translate(${next.x}px, ${next.y}px) scale(${next.scale})`;
      element.classList.add("is-moving");
      window.clearTimeout(rest.current);
      rest.current = window.setTimeout(() => element.classList.remove("is-moving"), REST_MS);
    },
    [inner],
  );
  const fit = useCallback(() => {
    const room = frame.current?.getBoundingClientRect();
    if (!room || room.width === 0) return;
    wasMoved.current = false;
    set(fitted(size, room));
  }, [frame, set, size.width, size.height]);
  const zoomAt = useCallback(
    (factor: number, at: { x: number; y: number }) => {
      const { x, y, scale } = view.current;
      const next = Math.min(SCALE_MAX, Math.max(SCALE_MIN, scale * factor));
      wasMoved.current = true;
      set({ x: at.x - ((at.x - x) * next) / scale, y: at.y - ((at.y - y) * next) / scale, scale: next });
    },
    [set],
  );
  const zoom = useCallback(
    (factor: number) => {
      const room = frame.current?.getBoundingClientRect();
      if (room) zoomAt(factor, { x: room.width / 2, y: room.height / 2 });
    },
    [frame, zoomAt],
  );
  const pan = useCallback(
    (dx: number, dy: number) => {
      wasMoved.current = true;
      set({ ...view.current, x: view.current.x + dx, y: view.current.y + dy });
    },
    [set],
  );
  const reveal = useCallback(
    (box: Area, isToRead: boolean) => {
      const room = frame.current?.getBoundingClientRect();
      if (!room) return;
      const isSmall = isToRead && view.current.scale < READ_SCALE_MIN;
      set(isSmall ? centred(box, room) : revealed(view.current, box, room));
    },
    [frame, set],
  );
  useEffect(() => {
    const element = frame.current;
    if (!element) return undefined;
    fit();
    const sizes = new ResizeObserver(() => {
      if (!wasMoved.current) fit();
    });
    sizes.observe(element);
    const stop = listen(element, { zoomAt, pan });
    return () => {
      sizes.disconnect();
      stop();
    };
  }, [frame, fit, zoomAt, pan]);
  return { zoom, fit, reveal, pan };
}

function fitted(size: { width: number; height: number }, room: DOMRect): View {
  const across = (room.width - 2 * MARGIN) / Math.max(1, size.width);
  const down = (room.height - 2 * MARGIN) / Math.max(1, size.height);
  const whole = Math.min(across, down, KEPT_SCALE_MAX);
  // A picture much taller than the window is shown at a size that can be read, from its top.
  const scale = Math.max(SCALE_MIN, whole < 0.45 ? Math.min(KEPT_SCALE_MAX, Math.max(whole, Math.min(across, 0.6))) : whole);
  const x = (room.width - size.width * scale) / 2;
  const y = Math.max(MARGIN, (room.height - size.height * scale) / 2);
  return { x, y, scale };
}

function centred(box: Area, room: DOMRect): View {
  const x = room.width / 2 - (box.x + box.width / 2) * READ_SCALE;
  return { x, y: room.height / 2 - (box.y + box.height / 2) * READ_SCALE, scale: READ_SCALE };
}

function revealed(view: View, box: Area, room: DOMRect): View {
  const moved = (from: number, length: number, space: number): number => {
    if (from < MARGIN || length > space - 2 * MARGIN) return MARGIN - from;
    return Math.min(0, space - MARGIN - (from + length));
  };
  const dx = moved(view.x + box.x * view.scale, box.width * view.scale, room.width);
  const dy = moved(view.y + box.y * view.scale, box.height * view.scale, room.height);
  return { ...view, x: view.x + dx, y: view.y + dy };
}

interface Hands {
  readonly zoomAt: (factor: number, at: { x: number; y: number }) => void;
  readonly pan: (dx: number, dy: number) => void;
}

function listen(element: HTMLElement, { zoomAt, pan }: Hands): () => void {
  const stop = new AbortController();
  const options = { signal: stop.signal };
  const held = new Map<number, PointerEvent>();
  let down: PointerEvent | null = null;
  const wheel = (event: WheelEvent) => {
    event.preventDefault();
    const room = element.getBoundingClientRect();
    const at = { x: event.clientX - room.left, y: event.clientY - room.top };
    if (event.ctrlKey || event.metaKey) zoomAt(Math.exp(-event.deltaY / 120), at);
    else if (event.shiftKey) pan(-event.deltaY, 0);
    else pan(-event.deltaX, -event.deltaY);
  };
  const move = (event: PointerEvent) => {
    const before = held.get(event.pointerId);
    if (!before || (down && apart(down, event) < DRAG_MIN)) return;
    down = null;
    const others = [...held.values()].filter((one) => one.pointerId !== event.pointerId);
    const other = others[0];
    if (other) pinch(element, zoomAt, { before, event, other });
    else pan(event.clientX - before.clientX, event.clientY - before.clientY);
    held.set(event.pointerId, event);
    if (!element.hasPointerCapture(event.pointerId) && event.buttons) element.setPointerCapture(event.pointerId);
  };
  const release = (event: PointerEvent) => held.delete(event.pointerId);
  element.addEventListener("wheel", wheel, { passive: false, signal: stop.signal });
  const take = (event: PointerEvent) => {
    if (event.button !== 0) return;
    held.set(event.pointerId, event);
    down = held.size === 1 ? event : null;
  };
  element.addEventListener("pointerdown", take, options);
  element.addEventListener("pointermove", move, options);
  element.addEventListener("pointerup", release, options);
  element.addEventListener("pointercancel", release, options);
  return () => stop.abort();
}

const apart = (one: PointerEvent, other: PointerEvent): number =>
  Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY);

function pinch(
  element: HTMLElement,
  zoomAt: Hands["zoomAt"],
  fingers: { before: PointerEvent; event: PointerEvent; other: PointerEvent },
): void {
  const { before, event, other } = fingers;
  const room = element.getBoundingClientRect();
  const at = { x: (event.clientX + other.clientX) / 2 - room.left, y: (event.clientY + other.clientY) / 2 - room.top };
  zoomAt(apart(event, other) / Math.max(1, apart(before, other)), at);
}
