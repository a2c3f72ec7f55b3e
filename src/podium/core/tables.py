"""The transitions of steps and writes, as data. Docs are drawn from them; the tests must exercise every row."""

from collections.abc import Mapping
from typing import TypeAlias

from podium.core import events as ev
from podium.core.state import RunStatus, StepStatus, WriteStatus
from podium.graph.nodes import NodeKind

S, W, R = StepStatus, WriteStatus, RunStatus

StepRow: TypeAlias = tuple[StepStatus, type[ev.Event]]
WriteRow: TypeAlias = tuple[WriteStatus | None, type[ev.Event]]
RunRow: TypeAlias = tuple[RunStatus, type[ev.Event]]

START_TABLE: Mapping[NodeKind, StepStatus] = {
    NodeKind.STEP: S.RUNNING,
    NodeKind.TOOL: S.RUNNING,
    NodeKind.WORKFLOW: S.RUNNING,
    NodeKind.PLAN: S.RUNNING,
    NodeKind.HUMAN: S.WAITING,
    NodeKind.SLEEP: S.WAITING,
    NodeKind.WAIT: S.WAITING,
}
"""What a step of each kind does first. (A map is INSIDE at once.)"""

STEP_TABLE: dict[StepRow, StepStatus] = {
    (S.CHECKING, ev.ConditionKnown): S.CHECKED,
    (S.CHECKING, ev.StepFailed): S.FAILED,
    (S.CHECKING, ev.StepCancelled): S.CANCELLED,
    (S.CHECKED, ev.StepSkipped): S.SKIPPED,
    (S.RUNNING, ev.ScopeOpened): S.INSIDE,
    (S.RUNNING, ev.AttemptFailed): S.BACKOFF,
    (S.RUNNING, ev.StepPostponed): S.POSTPONED,
    (S.RUNNING, ev.StepLost): S.RUNNING,
    (S.RUNNING, ev.StepParked): S.PARKED,
    (S.RUNNING, ev.WriteAsked): S.WAITING,
    (S.RUNNING, ev.StepDone): S.DONE,
    (S.RUNNING, ev.StepFailed): S.FAILED,
    (S.RUNNING, ev.StepCancelled): S.CANCELLED,
    (S.INSIDE, ev.ScopeClosed): S.RUNNING,
    (S.INSIDE, ev.StepDone): S.DONE,
    (S.INSIDE, ev.StepFailed): S.FAILED,
    (S.INSIDE, ev.StepCancelled): S.CANCELLED,
    (S.WAITING, ev.StepAnswered): S.RUNNING,
    (S.WAITING, ev.WriteApproved): S.RUNNING,
    (S.WAITING, ev.WriteRefused): S.RUNNING,
    (S.WAITING, ev.StepDone): S.DONE,
    (S.WAITING, ev.StepFailed): S.FAILED,
    (S.WAITING, ev.StepCancelled): S.CANCELLED,
    (S.BACKOFF, ev.StepResumed): S.RUNNING,
    (S.BACKOFF, ev.StepCancelled): S.CANCELLED,
    (S.POSTPONED, ev.StepResumed): S.RUNNING,
    (S.POSTPONED, ev.StepCancelled): S.CANCELLED,
    (S.PARKED, ev.StepResolved): S.RUNNING,
    (S.PARKED, ev.StepResumed): S.RUNNING,
    (S.PARKED, ev.StepFailed): S.FAILED,
    (S.PARKED, ev.StepCancelled): S.CANCELLED,
    (S.CHECKING, ev.StepParked): S.PARKED,
    (S.WAITING, ev.StepParked): S.PARKED,
    (S.INSIDE, ev.StepParked): S.PARKED,
    (S.RUNNING, ev.UndoDone): S.DONE,
    (S.PARKED, ev.UndoSkipped): S.SKIPPED,
    (S.FAILED, ev.CompensationStarted): S.UNDOING,
    (S.UNDOING, ev.CompensationEnded): S.FAILED,
}
"""What becomes of a step; a pair that is not here can not happen (`InvariantError`)."""

WRITE_TABLE: dict[WriteRow, WriteStatus] = {
    (None, ev.WriteAsked): W.ASKED,
    (None, ev.WriteIntended): W.INTENT,
    (None, ev.WriteRepeated): W.DONE,
    (None, ev.WriteBarred): W.FAILED,
    (W.ASKED, ev.WriteApproved): W.APPROVED,
    (W.ASKED, ev.WriteRefused): W.FAILED,
    (W.APPROVED, ev.WriteIntended): W.INTENT,
    (W.APPROVED, ev.WriteRepeated): W.DONE,
    (W.APPROVED, ev.WriteBarred): W.FAILED,
    (W.RELEASED, ev.WriteIntended): W.INTENT,
    (W.INTENT, ev.RunTakenOver): W.DOUBT,
    (W.INTENT, ev.StepLost): W.DOUBT,
    (W.INTENT, ev.WriteDoubted): W.DOUBT,
    (W.INTENT, ev.WriteReleased): W.RELEASED,
    (W.INTENT, ev.WriteDone): W.DONE,
    (W.INTENT, ev.WriteFailed): W.FAILED,
    (W.FAILED, ev.WriteIntended): W.INTENT,
    (W.FAILED, ev.WriteRepeated): W.DONE,
    (W.FAILED, ev.WriteBarred): W.FAILED,
    (W.RELEASED, ev.WriteDone): W.DONE,
    (W.DOUBT, ev.WriteIntended): W.DOUBT,
    (W.DOUBT, ev.WriteReleased): W.RELEASED,
    (W.DOUBT, ev.WriteDone): W.DONE,
    (W.DOUBT, ev.WriteFailed): W.FAILED,
}
"""What becomes of a write. A person's decision about one in doubt is `evolve.resolved`."""

RUN_TABLE: dict[RunRow, RunStatus] = {
    (R.OPEN, ev.RunCompleted): R.COMPLETED,
    (R.OPEN, ev.RunFailed): R.FAILED,
    (R.OPEN, ev.RunCancelled): R.CANCELLED,
    (R.OPEN, ev.CompensationStarted): R.COMPENSATING,
    (R.FAILED, ev.RunRetried): R.OPEN,
    (R.COMPENSATING, ev.RunCompensated): R.COMPENSATED,
    (R.COMPENSATED, ev.RunRewound): R.OPEN,
}
"""What becomes of a run."""
