"""What follows in a state machine."""

from collections.abc import Sequence

from podium.core import ending, plans
from podium.core import events as ev
from podium.core.path import step_path
from podium.core.state import RunState, Scope, Step, is_in
from podium.errors import TooManyVisitsError
from podium.failure import Failure
from podium.graph.nodes import END, Handler

Events = Sequence[ev.Event]


def begin(scope: Scope, at: int) -> Events:
    """Enter the first state."""
    assert scope.graph.start is not None, scope.graph.name
    return _enter(scope, scope.graph.start, at)


def go_on(state: RunState, scope: Scope, at: int) -> Events:
    """End a machine that is in no state any more: it reached its end while its run was failing."""
    return () if any(step.scope == scope.path for step in state.steps.values()) else end(state, scope, at)


def after(state: RunState, scope: Scope, name: str, done: ev.StepDone) -> Events:
    """Take the edge that the outcome names. While closing, the next state is noted, and given up, for a retry."""
    node = scope.graph.nodes[name]
    target = node.next if done.label is None else node.choices[done.label]
    assert target is not None, name
    if target == END:
        return end(state, scope, done.at)
    return _enter(scope, target, done.at)


def handler(state: RunState, step: Step, failure: Failure) -> Handler | None:
    """Return the first error edge that the failure of a state meets."""
    for edge in step.node.handlers:
        is_met = any(name in edge.types for name in failure.types)
        if is_met and not (edge.definite and (not plans.is_definite(failure) or plans.is_unsure(state, step.path))):
            return edge
    return None


def takes(state: RunState, step: Step, failure: Failure) -> Handler | None:
    """Return the error edge that a state takes when it fails, if it takes any."""
    edge = handler(state, step, failure)
    return None if edge is None or _goes_in_circles(state.scopes[step.scope], edge, failure) else edge


def edge_of(state: RunState, step: Step) -> Handler:
    """Return the error edge that a state which failed, and is held for its sake, takes in the end."""
    assert step.failure is not None, step.path
    edge = handler(state, step, step.failure)
    assert edge is not None, step.path
    return edge


def caught(state: RunState, scope: Scope, step: Step, at: int) -> Events:
    """Take a failed state's error edge, once what the machine has written is undone where the edge says `undo=True`."""
    if edge_of(state, step).undo and any(is_in(write, scope.path) for write in state.writes):
        return (ev.CompensationStarted(at, step.path, step.failure),)
    return follow(state, scope, step, at)


def follow(state: RunState, scope: Scope, step: Step, at: int) -> Events:
    """Go where a failed state's error edge leads."""
    edge = edge_of(state, step)
    if edge.target == END:
        return end(state, scope, at)
    return _enter(scope, edge.target, at, caught=step.failure)


def end(state: RunState, scope: Scope, at: int) -> Events:
    """End the machine: with its result, or by closing it where nothing goes on."""
    if scope.closing:
        return ending.close(state, scope, at)
    return ending.complete(scope, at)


def _enter(scope: Scope, name: str, at: int, *, caught: Failure | None = None) -> Events:
    visit = scope.visits.get(name, 0) + 1
    return (ev.StepStarted(at, step_path(scope.path, name, visit), caught),)


def _goes_in_circles(scope: Scope, edge: Handler, failure: Failure) -> bool:
    """Claim that the edge leads from one state entered too often to another: they would fail each other for ever."""
    return failure.type == TooManyVisitsError.__name__ and scope.visits.get(edge.target, 0) >= scope.graph.max_visits
