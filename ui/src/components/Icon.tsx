/** Icons as strokes in a square of 16; decoration only: what matters is always said in words beside it. */

const PATHS = {
  alert: "M8 2.2l6.4 11.3H1.6zM8 6.4v3.4M8 11.7v.2",
  audit: "M3.5 2h6.5l2.5 2.5V14h-9zM5.8 7h4.4M5.8 9.5h4.4M5.8 4.5h2",
  back: "M9.8 3.2L5 8l4.8 4.8",
  check: "M3 8.6l3.4 3.4L13 4.6",
  chevron: "M6 3.5L10.5 8 6 12.5",
  clock: "M8 2.2a5.8 5.8 0 1 0 0 11.6a5.8 5.8 0 1 0 0-11.6M8 4.8V8l2.3 1.8",
  close: "M4 4l8 8M12 4l-8 8",
  compare: "M5.5 2.5v11M10.5 2.5v11M2.5 5.5l3-3M13.5 10.5l-3 3M8 4v8",
  copy: "M5.5 5.5h7v8h-7zM3.5 10.5v-8h7",
  download: "M8 2.5v7.5M4.8 7L8 10.2 11.2 7M3 13.5h10",
  down: "M3.5 6L8 10.5 12.5 6",
  filter: "M2.5 3.5h11L9.5 8.3v4.2l-3 1.2V8.3z",
  fit: "M2.5 6V2.5H6M10 2.5h3.5V6M13.5 10v3.5H10M6 13.5H2.5V10",
  fork: "M5 4.5v7M5 8c4 0 6-.5 6-3M5 2.5a1 1 0 1 0 0 2a1 1 0 1 0 0-2M11 2.5a1 1 0 1 0 0 2a1 1 0 1 0 0-2M5 11.5a1 1 0 1 0 0 2a1 1 0 1 0 0-2",
  guards: "M8 1.8l5.2 2v4c0 3.2-2.2 5.4-5.2 6.4C5 13.2 2.8 11 2.8 7.8v-4z",
  inbox: "M2.5 9.5L4.5 3h7l2 6.5v4h-11zM2.5 9.5h3.3l.8 1.7h2.8l.8-1.7h3.3",
  keys: "M2 4.5h12v7H2zM4.5 7h.01M7 7h.01M9.5 7h.01M12 7h.01M5 9.5h6",
  minus: "M3.5 8h9",
  more: "M3.5 8h.01M8 8h.01M12.5 8h.01",
  moon: "M12.8 9.8A5.3 5.3 0 0 1 6.2 3.2a5.3 5.3 0 1 0 6.6 6.6z",
  open: "M2.5 13V3.5h4L8 5.3h5.5V13z",
  parked: "M3.5 2.5h9v11h-9zM6.5 11V5h2a1.8 1.8 0 0 1 0 3.6h-2",
  pause: "M5.5 3.5v9M10.5 3.5v9",
  play: "M5 3l8 5-8 5z",
  plus: "M8 3.5v9M3.5 8h9",
  podium: "M1.8 13.5h12.4M4 13.5v-4.3h8v4.3M6 9.2V5.8h4v3.4M8 5.8V2.5",
  retry: "M13 8a5 5 0 1 1-1.5-3.6M13 1.8v3.4H9.6",
  runs: "M2.5 4h2M2.5 8h2M2.5 12h2M6.5 4h7M6.5 8h7M6.5 12h7",
  screen: "M2 3h12v8H2zM6 13.5h4M8 11v2.5",
  search: "M7 2.8a4.2 4.2 0 1 0 0 8.4a4.2 4.2 0 1 0 0-8.4M10.1 10.1l3.6 3.6",
  signal: "M8 8v.01M5.3 10.7a3.8 3.8 0 0 1 0-5.4M10.7 5.3a3.8 3.8 0 0 1 0 5.4M3.2 12.8a6.8 6.8 0 0 1 0-9.6M12.8 3.2a6.8 6.8 0 0 1 0 9.6",
  stop: "M4 4h8v8H4z",
  sun: "M8 5a3 3 0 1 0 0 6a3 3 0 1 0 0-6M8 1.5v1.3M8 13.2v1.3M1.5 8h1.3M13.2 8h1.3M3.4 3.4l.9.9M11.7 11.7l.9.9M3.4 12.6l.9-.9M11.7 4.3l.9-.9",
  undo: "M6 2.8L2.5 6.3 6 9.8M2.5 6.3H10a3.5 3.5 0 0 1 0 7H6",
  user: "M8 2.2a2.8 2.8 0 1 0 0 5.6a2.8 2.8 0 1 0 0-5.6M2.4 14c.3-2.8 2.6-4.2 5.6-4.2s5.3 1.4 5.6 4.2",
  workflows: "M2.5 2.5h5v4h-5zM8.5 9.5h5v4h-5zM5 6.5v5h3.5",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { readonly name: IconName }) {
  return <Glyph path={PATHS[name]} />;
}

export function Glyph({ path, className }: { readonly path: string; readonly className?: string }) {
  return (
    <svg className={`icon ${className ?? ""}`} viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
      <path d={path} />
    </svg>
  );
}
