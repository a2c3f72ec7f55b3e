"""What was about to follow and can not any more, because something else followed first.

One fact may have several consequences, each with consequences of its own, taken in turn. Two of them can fail the same
scope, or one can end a scope in which the other is about to start a node: what comes second does not happen.
"""

from collections.abc import Callable
from typing import Any

from podium.core import events as ev
from podium.core.path import parse
from podium.core.state import SETTLED, RunState
from podium.graph.nodes import GraphKind


def is_overtaken(state: RunState, event: ev.Event) -> bool:
    """Claim that `event`, which followed from an earlier state, does not fit `state` any more."""
    claim = _CLAIMS.get(type(event))
    return claim is not None and claim(state, event)


def _begins_too_late(state: RunState, event: ev.StepStarted | ev.ConditionAsked | ev.StepSkipped) -> bool:
    """Claim that a node would begin in a DAG in which nothing begins any more; a retry of the run begins it."""
    if event.path in state.steps:
        return False
    where = parse(event.path)
    scope = state.scopes[where.scope]
    return scope.closing and where.item is None and scope.graph.kind is GraphKind.DAG


def _fails_already(state: RunState, event: ev.ScopeFailing) -> bool:
    return state.scopes[event.path].failure is not None


def _is_settled(state: RunState, event: ev.StepCancelled) -> bool:
    return state.steps[event.path].status in SETTLED


_CLAIMS: dict[type[ev.Event], Callable[[RunState, Any], bool]] = {
    ev.StepStarted: _begins_too_late,
    ev.ConditionAsked: _begins_too_late,
    ev.StepSkipped: _begins_too_late,
    ev.ScopeFailing: _fails_already,
    ev.StepCancelled: _is_settled,
}
