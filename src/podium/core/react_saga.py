"""What follows while writes are undone: whose turn it is, and what comes when the last one is."""

from collections.abc import Sequence

from podium.core import events as ev
from podium.core import machine
from podium.core.path import ROOT, parse, undone_path
from podium.core.saga import Saga
from podium.core.state import RunState
from podium.core.stimuli import ParkReason
from podium.core.undoing import saga_of, turns

Events = Sequence[ev.Event]


def compensation_started(state: RunState, event: ev.CompensationStarted) -> Events:
    """Begin with what nothing depends on."""
    scope = ROOT if event.path == ROOT else state.steps[event.path].scope
    return go_on(state, state.sagas[scope], event.at)


def undo_started(state: RunState, event: ev.UndoStarted) -> Events:
    """Ask a person about what nothing can undo, instead of performing it."""
    record = state.writes[undone_path(event.path)]
    if not record.irreversible:
        return ()
    detail = f"{record.tool} is irreversible: say done once it is undone by other means, or skip to leave it as it is"
    return (ev.StepParked(event.at, event.path, ParkReason.NO_UNDO.value, detail),)


def undo_ended(state: RunState, event: ev.UndoDone | ev.UndoSkipped) -> Events:
    """Go on with what waited for it alone."""
    return go_on(state, saga_of(state, undone_path(event.path)), event.at)


def compensation_ended(state: RunState, event: ev.CompensationEnded) -> Events:
    """Take the error edge for which it was done; while closing, where it leads is noted, and given up, for a retry."""
    scope = state.scopes[parse(event.path).scope]
    step = state.steps.get(event.path)
    if step is None:
        return machine.end(state, scope, event.at)
    return machine.follow(state, scope, step, event.at)


def go_on(state: RunState, saga: Saga, at: int) -> Events:
    """Begin what it is the turn of, or end."""
    if saga.left:
        return [ev.UndoStarted(at, path) for path in turns(saga)]
    if saga.path == ROOT:
        return (ev.RunCompensated(at, state.failure, tuple(state.skipped)),)
    return (ev.CompensationEnded(at, saga.path),)
