/** How a run or step stands: colour, icon and word, always together. */

import type { RunStatus, StepStatus } from "../api/views";
import { Glyph } from "./Icon";
import { STEP_GLYPHS } from "./stepGlyphs";

type Status = RunStatus | StepStatus;

/** The colour and icon of a status of a run are those of the status of a step that means the same. */
const AS_STEP: Record<Status, StepStatus> = {
  running: "running",
  waiting: "waiting",
  parked: "parked",
  compensating: "undoing",
  completed: "done",
  failed: "failed",
  cancelled: "cancelled",
  compensated: "undone",
  retrying: "retrying",
  done: "done",
  skipped: "skipped",
  undoing: "undoing",
  undone: "undone",
};

export const statusClass = (status: Status): string => `is-${AS_STEP[status]}`;

export const statusGlyph = (status: Status): string => STEP_GLYPHS[AS_STEP[status]];

interface Props {
  readonly status: Status;
  /** Instead of the status's own word; begins with it. */
  readonly words?: string;
  /** With a filled ground, for headings. */
  readonly isChip?: boolean;
}

export function StatusMark({ status, words, isChip }: Props) {
  return (
    <span className={`status ${statusClass(status)} ${isChip ? "chip" : ""}`}>
      <Glyph path={statusGlyph(status)} />
      <span className="status-words">{words ?? status}</span>
    </span>
  );
}
