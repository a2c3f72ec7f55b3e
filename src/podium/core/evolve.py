"""`evolve(state, event) -> state`: fold one fact in.

The state changes in place; what an event costs depends on the degree of its node, never on the size of the run. Each
handler trusts its event: `decide` and `react` judge, this file only remembers.
"""

from collections.abc import Callable
from typing import Any

from podium.core import events as ev
from podium.core import fold_calls, fold_decided, fold_lost, fold_run, fold_saga, fold_steps
from podium.core.state import RunState

_FOLD: dict[type[ev.Event], Callable[[RunState, Any], None]] = {
    ev.RunStarted: fold_run.started,
    ev.RunForked: fold_run.forked,
    ev.RunTakenOver: fold_run.taken_over,
    ev.RunRetried: fold_run.retried,
    ev.CancelAsked: fold_run.cancel_asked,
    ev.DeadlinePassed: fold_run.deadline_passed,
    ev.RunCompleted: fold_run.completed,
    ev.RunFailed: fold_run.failed,
    ev.RunCancelled: fold_run.cancelled,
    ev.CompensationStarted: fold_saga.compensation_started,
    ev.CompensationEnded: fold_saga.compensation_ended,
    ev.RunCompensated: fold_saga.compensated,
    ev.RunRewound: fold_run.rewound,
    ev.UndoStarted: fold_saga.undo_started,
    ev.UndoDone: fold_saga.undo_done,
    ev.UndoSkipped: fold_saga.undo_skipped,
    ev.SignalReceived: fold_run.signal_received,
    ev.ConditionAsked: fold_steps.condition_asked,
    ev.ConditionKnown: fold_steps.condition_known,
    ev.StepStarted: fold_steps.started,
    ev.StepSkipped: fold_steps.skipped,
    ev.ScopeOpened: fold_steps.scope_opened,
    ev.ScopeClosed: fold_steps.scope_closed,
    ev.ScopeFailing: fold_steps.scope_failing,
    ev.TaskOpened: fold_steps.task_opened,
    ev.StepAnswered: fold_steps.answered,
    ev.AttemptFailed: fold_steps.attempt_failed,
    ev.StepPostponed: fold_steps.postponed,
    ev.StepResumed: fold_steps.resumed,
    ev.StepLost: fold_lost.lost,
    ev.StepParked: fold_steps.parked,
    ev.StepResolved: fold_decided.resolved,
    ev.StepDone: fold_steps.done,
    ev.StepFailed: fold_steps.failed,
    ev.StepCancelled: fold_steps.cancelled,
    ev.StepRestarted: fold_steps.restarted,
    ev.ReadDone: fold_calls.read_done,
    ev.ReadFailed: fold_calls.read_failed,
    ev.WriteAsked: fold_calls.write_asked,
    ev.WriteApproved: fold_calls.write_approved,
    ev.WriteRefused: fold_calls.write_refused,
    ev.WriteIntended: fold_calls.write_intended,
    ev.WriteDoubted: fold_calls.write_doubted,
    ev.WriteReleased: fold_calls.write_released,
    ev.WriteDone: fold_calls.write_done,
    ev.WriteFailed: fold_calls.write_failed,
    ev.WriteRepeated: fold_calls.write_repeated,
    ev.WriteBarred: fold_calls.write_barred,
}


def evolve(state: RunState, event: ev.Event) -> RunState:
    """Fold `event` into `state` and return it, the same object.

    Raises:
        InvariantError: The event does not fit the state. The state is then not to be used any more.
    """
    state.seq += 1
    state.at = event.at
    _FOLD[type(event)](state, event)
    return state
