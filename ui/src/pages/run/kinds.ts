/** Kinds of events: in groups to filter by, in words, in colours. Kinds that are not known here are shown as they are. */

export const KINDS: Readonly<Record<string, readonly string[]>> = {
  Run: [
    "run_started",
    "run_forked",
    "run_taken_over",
    "run_retried",
    "run_rewound",
    "run_completed",
    "run_failed",
    "run_cancelled",
    "run_compensated",
    "deadline_passed",
    "cancel_asked",
    "signal_received",
  ],
  Steps: [
    "condition_asked",
    "condition_known",
    "step_started",
    "step_done",
    "step_failed",
    "step_skipped",
    "step_cancelled",
    "step_restarted",
    "step_resumed",
    "step_postponed",
    "step_lost",
    "scope_opened",
    "scope_closed",
    "scope_failing",
  ],
  Calls: [
    "read_done",
    "read_failed",
    "write_asked",
    "write_approved",
    "write_refused",
    "write_intended",
    "write_repeated",
    "write_barred",
    "write_doubted",
    "write_released",
    "write_done",
    "write_failed",
  ],
  Failures: [
    "attempt_failed",
    "step_failed",
    "step_lost",
    "scope_failing",
    "read_failed",
    "write_doubted",
    "write_failed",
    "run_failed",
    "deadline_passed",
  ],
  People: [
    "task_opened",
    "step_answered",
    "step_parked",
    "step_resolved",
    "write_asked",
    "write_approved",
    "write_refused",
    "cancel_asked",
    "run_retried",
  ],
  Undoing: [
    "compensation_started",
    "undo_started",
    "undo_done",
    "undo_skipped",
    "compensation_ended",
    "run_compensated",
  ],
};

export const saying = (kind: string): string => kind.replaceAll("_", " ");

export function toneOf(kind: string): string {
  if (/fail|lost|doubt|deadline/.test(kind)) return "is-failed";
  if (/park/.test(kind)) return "is-parked";
  if (/task|answer|signal|resolved/.test(kind)) return "is-waiting";
  if (/undo|compensat|saga/.test(kind)) return "is-undone";
  if (/cancel|skip|void/.test(kind)) return "is-cancelled";
  if (/done|completed|closed/.test(kind)) return "is-done";
  if (/postponed|restart|retried|resumed/.test(kind)) return "is-retrying";
  return "is-running";
}
