"""Fold the events that concern the undoing of what was written."""

from podium.core import acts, machine, reissue
from podium.core import events as ev
from podium.core.moves import forget, forget_plans, move, move_run, set_status, settle
from podium.core.path import ROOT, undone_path
from podium.core.saga import undone
from podium.core.state import RunState, Step, StepStatus
from podium.core.tables import START_TABLE
from podium.core.undoing import plan_of, saga_of, undo_node
from podium.graph.nodes import END, NodeKind


def compensation_started(state: RunState, event: ev.CompensationStarted) -> None:
    """End the forward part of the run, or hold its machine in the state whose error edge says `undo=True`."""
    if event.path == ROOT:
        move_run(state, ev.CompensationStarted)
        state.failure = event.failure
        state.deadline_at, state.undoing_since = None, event.at
        state.sagas[ROOT] = plan_of(state, ROOT, ROOT)
        return
    step = state.steps[event.path]
    move(state, step, ev.CompensationStarted)
    state.scopes[step.scope].active += 1
    state.sagas[step.scope] = plan_of(state, event.path, step.scope)


def compensation_ended(state: RunState, event: ev.CompensationEnded) -> None:
    """The state's error edge is taken next; one that leads to the end leaves nothing of the state."""
    step = state.steps[event.path]
    move(state, step, ev.CompensationEnded)
    settle(state, step)
    del state.sagas[step.scope]
    forget_plans(state, step.scope)
    if machine.edge_of(state, step).target == END:
        forget(state, step.path)


def compensated(state: RunState, event: ev.RunCompensated) -> None:
    """End the run."""
    del event
    move_run(state, ev.RunCompensated)
    del state.sagas[ROOT]
    forget_plans(state, ROOT)


def undo_started(state: RunState, event: ev.UndoStarted) -> None:
    """A write's turn has come: what undoes it is a step like others, but of no scope."""
    record = state.writes[undone_path(event.path)]
    step = Step(event.path, ROOT, None, undo_node(record), StepStatus.CHECKED, undoes=record)
    step.entry = state.first_entry
    state.steps[event.path] = step
    set_status(state, step, START_TABLE[NodeKind.TOOL])
    del saga_of(state, record.path).due[record.path]


def undo_done(state: RunState, event: ev.UndoDone) -> None:
    """The write is undone: made again, it has a new key, and its act may be done anew."""
    step = state.steps[event.path]
    move(state, step, ev.UndoDone)
    path = undone_path(event.path)
    state.generations[path] = state.generations.get(path, 0) + 1
    if state.writes[path].act:
        acts.free(state, state.writes[path].act)
    reissue.forget(state, state.writes[path])
    state.crashes = 0
    _leave(state, event.path)


def undo_skipped(state: RunState, event: ev.UndoSkipped) -> None:
    """The write stays as it is, and is not undone any more."""
    move(state, state.steps[event.path], ev.UndoSkipped)
    state.skipped.append(undone_path(event.path))
    _leave(state, event.path)


def _leave(state: RunState, path: str) -> None:
    """Forget the record and the step that undid it, whose key is not used again either."""
    record = state.steps.pop(path).undoes
    assert record is not None, path
    undone(saga_of(state, record.path), record.path)
    del state.writes[record.path]
    state.generations[path] = state.generations.get(path, 0) + 1
