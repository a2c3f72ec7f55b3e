"""Fold the events that concern a run as a whole."""

from podium.core import events as ev
from podium.core.fold_steps import begin, make_anew
from podium.core.forward import bound_by
from podium.core.moves import move_run, move_write, set_status
from podium.core.path import ROOT, map_path
from podium.core.reasons import deadline_failure
from podium.core.snapshot import restore
from podium.core.state import IDLE, MOVING, RunState, RunStatus, Scope, Step, StepStatus, WriteStatus
from podium.core.stimuli import ParkReason

_UNDER_WAY = MOVING | IDLE | {StepStatus.PARKED}


def started(state: RunState, event: ev.RunStarted) -> None:
    """Open the root's scope."""
    state.scopes[ROOT] = Scope.begin(ROOT, state.graph, event.data)
    state.deadline_at, state.trace = event.deadline_at, event.trace
    state.touched.append(ROOT)


def forked(state: RunState, event: ev.RunForked) -> None:
    """Take over the copied state; what the other run owes is not copied."""
    restore(state, event.snapshot)
    state.seq, state.at = 1, event.at
    state.trace, state.lives = event.trace, 0
    state.may_write = event.may_write
    state.deadline_at = _deadline(state, event.at) if state.status is RunStatus.OPEN else None
    state.crashes, state.was_alone = 0, False
    for step in list(state.steps.values()):
        if step.reason == ParkReason.FORWARD_ONLY:
            _begin_anew(state, step)
    touch_all(state)


def rewound(state: RunState, event: ev.RunRewound) -> None:
    """Stand where the run stood before; what was under way there begins anew, and has the whole time."""
    move_run(state, ev.RunRewound)
    seq, trace, lives = state.seq, state.trace, state.lives
    state.scopes, state.steps, state.maps, state.sagas = {}, {}, {}, {}
    restore(state, event.snapshot)
    state.seq, state.at, state.first_entry = seq, event.at, seq
    state.trace, state.lives = trace, lives + 1
    state.deadline_at = _deadline(state, event.at)
    state.crashes, state.was_alone = 0, False
    for step in list(state.steps.values()):
        step.entry = seq
        if step.status in _UNDER_WAY:
            _begin_anew(state, step)
    touch_all(state)


def _begin_anew(state: RunState, step: Step) -> None:
    step.reason = ""
    make_anew(state, step)
    begin(state, step)


def _deadline(state: RunState, at: int) -> int | None:
    """Return when a run that gets its whole time from now on has used it up."""
    limit = state.graph.deadline_ms
    return None if limit is None else at + limit


def taken_over(state: RunState, event: ev.RunTakenOver) -> None:
    """Put every write under way in doubt, and count the crash against a run that had a step in flight."""
    state.incarnation = event.incarnation
    if state.moving and event.proven_dead:
        state.crashes += 1
        state.was_alone = event.alone
    for step in state.steps.values():
        if step.status is StepStatus.RUNNING and step.write is not None and step.may_have_written:
            if step.write.status is WriteStatus.INTENT:
                move_write(state, step, ev.RunTakenOver)
            step.write.sender_may_live |= not event.proven_dead
    touch_all(state)


def retried(state: RunState, event: ev.RunRetried) -> None:
    """Open the run again; what contains the failed steps is as if nothing had failed."""
    move_run(state, ev.RunRetried)
    state.failure = None
    state.lives += 1
    state.deadline_at = _deadline(state, event.at)
    state.touched.append(ROOT)
    for scope in state.scopes.values():
        scope.closing, scope.failure = False, None
    for step in state.steps.values():
        if step.path in state.scopes or step.path in state.maps:
            _reopen(state, step.path)


def _reopen(state: RunState, path: str) -> None:
    """Be inside a step again that failed or was given up: in a run that is over, every step has."""
    step = state.steps[path]
    set_status(state, step, StepStatus.INSIDE)
    step.failure = None
    if step.item is None:
        state.scopes[step.scope].active += 1
    else:
        state.maps[map_path(path)].active += 1
    if path in state.maps:
        state.maps[path].failure = None


def cancel_asked(state: RunState, event: ev.CancelAsked) -> None:
    """Let nothing new start anywhere."""
    del event
    state.is_cancelled = True
    close_all(state)


def deadline_passed(state: RunState, event: ev.DeadlinePassed) -> None:
    """Let nothing new start anywhere, and remember why; a run that can only go forward takes all the time it needs."""
    del event
    state.deadline_at = None
    if bound_by(state) is not None:
        return
    close_all(state)
    if not state.is_cancelled and state.root.failure is None:
        state.root.failure = deadline_failure(state.graph)


def close_all(state: RunState) -> None:
    """Close every scope and look at every running step again."""
    for scope in state.scopes.values():
        scope.closing = True
    touch_all(state)


def touch_all(state: RunState) -> None:
    """Note that the run and every step may have something to do."""
    state.touched[:] = [ROOT, *state.steps]


def completed(state: RunState, event: ev.RunCompleted) -> None:
    """End the run well."""
    del event
    move_run(state, ev.RunCompleted)
    state.output = state.root.result()
    state.deadline_at = None


def failed(state: RunState, event: ev.RunFailed) -> None:
    """End the run; its failed steps are kept for a retry."""
    move_run(state, ev.RunFailed)
    state.failure = event.failure
    state.deadline_at = None


def cancelled(state: RunState, event: ev.RunCancelled) -> None:
    """End the run."""
    del event
    move_run(state, ev.RunCancelled)
    state.deadline_at = None


def signal_received(state: RunState, event: ev.SignalReceived) -> None:
    """Keep the signal until a step takes it."""
    state.signals.setdefault(event.name, []).append(event.payload)
