"""What people look for in tables rather than in journals, read off the events that were just decided."""

import json
from collections.abc import Callable, Sequence
from typing import Any

from podium.core import events as ev
from podium.core.inputs import values_of
from podium.core.pending import wake_at
from podium.core.state import RunState, RunStatus, StepStatus
from podium.engine.ports import HumanTask, ParkedStep, Projection, Status

_OVER = {
    RunStatus.COMPLETED: Status.COMPLETED,
    RunStatus.FAILED: Status.FAILED,
    RunStatus.CANCELLED: Status.CANCELLED,
    RunStatus.COMPENSATING: Status.PARKED,
}

RUNNING = Projection(status=Status.RUNNING)
"""The row of most events: something moves, and nothing else is to be told. Shared; nobody changes it."""

COMPENSATION_PENDING = "CompensationPending"
"""Why a run is parked that has writes to undo, until compensations are run."""


def status_of(state: RunState) -> Status:
    """Return a run's status as people see it: parked only when nothing else in it can move."""
    if state.status is not RunStatus.OPEN:
        return _OVER[state.status]
    if state.moving:
        return Status.RUNNING
    if state.idle:
        return Status.WAITING
    return Status.PARKED if state.parked else Status.RUNNING


def project(state: RunState, events: Sequence[ev.Event]) -> Projection:
    """Return what the store writes beside `events`, which are folded into `state` already."""
    special = [event for event in events if type(event) in _ADD]
    if state.moving and not special:
        return RUNNING
    status = status_of(state)
    row = Projection(status=status)
    if status is Status.WAITING or status is Status.PARKED:
        row.wake_at = wake_at(state)
    if state.status is not RunStatus.OPEN or status is Status.PARKED:
        row.output, row.error = state.output, _error(state)
    for event in special:
        _ADD[type(event)](row, state, event)
    return row


def _error(state: RunState) -> str | None:
    if state.status is RunStatus.COMPENSATING:
        return f"{COMPENSATION_PENDING}: {state.failure or 'cancelled'}"
    if state.failure is not None:
        return str(state.failure)
    parked = [step for step in state.steps.values() if step.status is StepStatus.PARKED]
    return "; ".join(f"{step.path}: {step.reason}" for step in parked) or None


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
    write = state.steps[event.path].write  # a parked step stays until it is closed, in a later row
    step = ParkedStep(
        run_id=state.run_id, path=event.path, reason=event.reason, detail=event.detail, parked_at=event.at,
        tool=write.tool if write else "", args=write.args if write else "", key=write.key if write else "",
    )  # fmt: skip
    row.parked = [*row.parked, step]


def _resolved(row: Projection, state: RunState, event: ev.StepResolved) -> None:
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
}
