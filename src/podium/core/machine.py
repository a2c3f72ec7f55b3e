"""What follows in a state machine."""

from collections.abc import Sequence

from podium.core import ending
from podium.core import events as ev
from podium.core.path import step_path
from podium.core.state import RunState, Scope
from podium.errors import TooManyVisitsError
from podium.failure import Failure
from podium.graph.nodes import END, Handler, Node

Events = Sequence[ev.Event]


def begin(scope: Scope, at: int) -> Events:
    """Enter the first state."""
    assert scope.graph.start is not None, scope.graph.name
    return _enter(scope, scope.graph.start, at)


def go_on(state: RunState, scope: Scope, at: int) -> Events:
    """End a machine that is in no state any more: it reached its end while its run was failing."""
    return () if any(step.scope == scope.path for step in state.steps.values()) else _end(state, scope, at)


def after(state: RunState, scope: Scope, name: str, done: ev.StepDone) -> Events:
    """Take the edge that the outcome names. While closing, the next state is noted, and given up, for a retry."""
    node = scope.graph.nodes[name]
    target = node.next if done.label is None else node.choices[done.label]
    assert target is not None, name
    if target == END:
        return _end(state, scope, done.at)
    return _enter(scope, target, done.at)


def handler(node: Node, failure: Failure) -> Handler | None:
    """Return the first error edge that the failure meets."""
    for edge in node.handlers:
        if any(name in edge.types for name in failure.types):
            return edge
    return None


def goes_in_circles(scope: Scope, edge: Handler, failure: Failure) -> bool:
    """Claim that the edge leads from one state entered too often to another: they would fail each other for ever."""
    return failure.type == TooManyVisitsError.__name__ and scope.visits.get(edge.target, 0) >= scope.graph.max_visits


def caught(state: RunState, scope: Scope, edge: Handler, failed: ev.StepFailed) -> Events:
    """Take an error edge. One that says `undo=True` with something to undo ends the run for compensation."""
    if edge.undo and state.writes:
        return (ev.ScopeFailing(failed.at, scope.path, failed.failure),)
    if edge.target == END:
        return _end(state, scope, failed.at)
    return _enter(scope, edge.target, failed.at, caught=failed.failure)


def _enter(scope: Scope, name: str, at: int, *, caught: Failure | None = None) -> Events:
    visit = scope.visits.get(name, 0) + 1
    return (ev.StepStarted(at, step_path(scope.path, name, visit), caught),)


def _end(state: RunState, scope: Scope, at: int) -> Events:
    if scope.closing:
        return ending.close(state, scope, at)
    return ending.complete(scope, at)
