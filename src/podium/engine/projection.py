"""What people look for in tables rather than in journals, read off the events that were just decided."""

import json
from collections.abc import Callable, Sequence
from typing import Any

from podium.core import events as ev
from podium.core.inputs import values_of
from podium.core.pending import wake_at
from podium.core.state import ACTIVE, RunState, RunStatus, StepStatus
from podium.engine.parked import parked_step
from podium.engine.ports import HumanTask, Projection, Status

_OVER = {
    RunStatus.COMPLETED: Status.COMPLETED,
    RunStatus.FAILED: Status.FAILED,
    RunStatus.CANCELLED: Status.CANCELLED,
    RunStatus.COMPENSATED: Status.COMPENSATED,
}

_UNDOING = (RunStatus.COMPENSATING, RunStatus.COMPENSATED)

RUNNING = Projection(status=Status.RUNNING)
"""The row of most events: something moves, and nothing else is to be told. Shared; nobody changes it."""

CALLED_OFF = "called off"
"""The original cause where it is no failure."""


def status_of(state: RunState) -> Status:
    """Return a run's status as people see it: parked only when nothing else in it can move."""
    if state.status not in ACTIVE:
        return _OVER[state.status]
    if state.parked and not state.moving and not state.idle:
        return Status.PARKED
    if state.status is RunStatus.COMPENSATING:
        return Status.COMPENSATING
    return Status.WAITING if state.idle and not state.moving else Status.RUNNING


def project(state: RunState, events: Sequence[ev.Event]) -> Projection:
    """Return what the store writes beside `events`, which are folded into `state` already."""
    special = [event for event in events if type(event) in _ADD]
    is_open = state.status is RunStatus.OPEN
    if state.moving and is_open and not special:
        return RUNNING
    status = status_of(state)
    row = Projection(status=status)
    if not state.moving:
        row.wake_at = wake_at(state)
    if status is Status.PARKED or not is_open:
        row.output, row.error = state.output, _error(state)
    if state.status is RunStatus.COMPENSATING:
        row.undoing_since = state.undoing_since
    for event in special:
        _ADD[type(event)](row, state, event)
    return row


def _error(state: RunState) -> str | None:
    """Return the original cause first, then what a person left as it is, then what a person has to decide about."""
    said = [] if state.failure is None else [str(state.failure)]
    if state.status in _UNDOING:
        said = said or [CALLED_OFF]
        said += [f"left as it is: {', '.join(state.skipped)}"] if state.skipped else []
    said += [f"{step.path}: {step.reason}" for step in state.steps.values() if step.status is StepStatus.PARKED]
    return "; ".join(said) or None


def _opened(row: Projection, state: RunState, event: ev.TaskOpened) -> None:
    step = state.steps.get(event.path)
    if step is None:
        return  # it came and went before anybody could be told
    title = step.node.title or f"{step.node.name}?"
    context, schema = _object(values_of(state, step)), json.dumps(dict(step.node.answer_schema))
    if step.write is not None:
        title = f"May {step.write.tool} be called?"
        context, schema = _object({"tool": json.dumps(step.write.tool), "args": step.write.args}), '{"type":"boolean"}'
    task = HumanTask(
        run_id=state.run_id, path=event.path, approval=event.approval, title=title,
        context=context, schema=schema, asked_at=event.at, until=event.until,
    )  # fmt: skip
    row.opened = [*row.opened, task]


def _object(values: Any) -> str:
    return f"{{{','.join(f'{json.dumps(name)}:{text}' for name, text in values.items())}}}"


def _answered(row: Projection, state: RunState, event: ev.StepAnswered) -> None:
    del state
    row.closed = [*row.closed, (event.path, event.answer, event.by)]


def _consented(row: Projection, state: RunState, event: ev.WriteApproved | ev.WriteRefused) -> None:
    del state
    row.closed = [*row.closed, (event.path, "true" if isinstance(event, ev.WriteApproved) else "false", event.by)]


def _gone(row: Projection, state: RunState, event: ev.StepFailed | ev.StepCancelled) -> None:
    del state
    row.closed = [*row.closed, (event.path, None, "")]
    row.unparked = [*row.unparked, event.path]


def _parked(row: Projection, state: RunState, event: ev.StepParked) -> None:
    step = state.steps.get(event.path)
    if step is None:
        return  # it came and went before anybody could be told
    row.parked = [*row.parked, parked_step(state, step, event)]


def _resolved(row: Projection, state: RunState, event: ev.StepResolved | ev.StepResumed | ev.UndoSkipped) -> None:
    del state
    row.unparked = [*row.unparked, event.path]


_ADD: dict[type[ev.Event], Callable[[Projection, RunState, Any], None]] = {
    ev.TaskOpened: _opened,
    ev.StepAnswered: _answered,
    ev.WriteApproved: _consented,
    ev.WriteRefused: _consented,
    ev.StepFailed: _gone,
    ev.StepCancelled: _gone,
    ev.StepParked: _parked,
    ev.StepResolved: _resolved,
    ev.StepResumed: _resolved,
    ev.UndoSkipped: _resolved,
}


def weight(event: ev.StepDone) -> int:
    """Return how much a finished step adds to the news since the last snapshot, in characters."""
    if event.output is not None and not event.posts:
        return len(event.output)
    grown = [*(event.changes or {}).values(), *(event.appends or {}).values(), event.output or ""]
    posted = (text for texts in (event.posts or {}).values() for text in texts)
    return sum(map(len, grown)) + sum(map(len, posted))
