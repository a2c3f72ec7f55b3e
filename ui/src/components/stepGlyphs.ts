// Made by `python scripts/ui_sources.py`; not to be changed by hand.

import type { StepStatus } from "../api/views";

export const STEP_GLYPHS: Record<StepStatus, string> = {
  waiting: "M5.5 3.5v9M10.5 3.5v9",
  running: "M5 3l8 5-8 5z",
  retrying: "M13 8a5 5 0 1 1-1.5-3.6M13 1.8v3.4H9.6",
  done: "M3 8.6l3.4 3.4L13 4.6",
  failed: "M4 4l8 8M12 4l-8 8",
  skipped: "M2.5 4l5 4-5 4zM8.5 4l5 4-5 4z",
  parked: "M8 2.5l6 11H2zM8 6.4v3.4M8 11.6v.3",
  cancelled: "M8 2.2a5.8 5.8 0 1 0 0 11.6a5.8 5.8 0 1 0 0-11.6M4 4l8 8",
  undoing: "M6 2.8L2.5 6.3 6 9.8M2.5 6.3H10a3.5 3.5 0 0 1 0 7H6",
  undone: "M6 2.8L2.5 6.3 6 9.8M2.5 6.3H10a3.5 3.5 0 0 1 0 7H6",
};
