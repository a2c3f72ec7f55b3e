"""The part of a run that can only go forward: it begins when a write is done that can not be undone.

From there on nothing calls the run off, and a step that would end it parks instead of failing. It counts only where
the run would be compensated: one that says `stop` may fail at any time.
"""

from podium.core import events as ev
from podium.core import machine, plans
from podium.core.path import ROOT, map_path, parse
from podium.core.state import RunState, Step, WriteStatus, is_in
from podium.core.stimuli import ParkReason
from podium.failure import Failure
from podium.graph.nodes import GraphKind, OnFailure, OnItemError


def bound_by(state: RunState, scope: str = ROOT) -> str | None:
    """Return the address of a step in the scope whose irreversible write is done, in a run that would be compensated.

    None where there is no such step: the scope can still be undone.
    """
    if state.graph.on_failure is not OnFailure.COMPENSATE:
        return None
    for path, record in state.writes.items():
        if record.irreversible and is_in(path, scope):
            return path
    for step in state.steps.values():
        if _is_irreversible(step) and is_in(step.path, scope):
            return step.path
    return None


def takes(state: RunState, path: str, failure: Failure) -> bool:
    """Claim that a state that fails takes an error edge: none that undoes what can not be undone."""
    step = state.steps[path]
    edge = machine.takes(state, step, failure)
    return edge is not None and not (edge.undo and bound_by(state, step.scope) is not None)


def fails(state: RunState, step: Step, failure: Failure, at: int) -> ev.StepFailed | ev.StepParked:
    """Return that the step fails, or that it parks, where its failure would end a run that can only go forward."""
    if not state.is_closing(step) and not _is_handled(state, step.path, failure):
        write = bound_by(state)
        if write is not None:
            detail = f"{failure}; {write} can not be undone, so the run goes on: say retry, or abort to let it fail"
            return ev.StepParked(at, step.path, ParkReason.FORWARD_ONLY.value, detail, failure)
    return ev.StepFailed(at, step.path, failure)


def _is_handled(state: RunState, path: str, failure: Failure) -> bool:
    """Claim that the failure of the step at `path` does not come through to the run, or is not what decides that."""
    where = parse(path)
    scope = state.scopes[where.scope]
    node = scope.graph.nodes[where.name]
    if where.item is not None:
        if node.on_item_error is OnItemError.COLLECT or state.maps[map_path(path)].failure is not None:
            return True
        return _is_handled(state, map_path(path), failure)
    if scope.graph.kind is GraphKind.MACHINE and takes(state, path, failure):
        return True
    if scope.path == ROOT:
        return False
    return plans.is_told(state, scope, failure) or _is_handled(state, scope.path, failure)


def _is_irreversible(step: Step) -> bool:
    write = step.write
    return write is not None and write.irreversible and write.status is WriteStatus.DONE and not write.is_inherited
