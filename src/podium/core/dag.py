"""What follows in a DAG and in its maps: a node starts when what it needs is there."""

from collections.abc import Sequence

from podium.core import ending
from podium.core import events as ev
from podium.core.forward import fails
from podium.core.path import item_path, map_path, parse, step_path
from podium.core.state import SETTLED, RunState, Scope
from podium.graph.nodes import Node

Events = Sequence[ev.Event]


def begin(state: RunState, scope: Scope, at: int) -> Events:
    """Start every node that needs no other and has not begun; end where all have settled, as may be in a retry."""
    if scope.unsettled == 0:
        return ending.complete(scope, at)
    ready = [name for name, missing in scope.missing.items() if missing == 0 and name not in scope.outputs]
    nodes = scope.graph.nodes
    return [_begins(scope, nodes[name], at) for name in ready if step_path(scope.path, name) not in state.steps]


def after(state: RunState, scope: Scope, name: str, at: int) -> Events:
    """Start what waited for the node that settled, or end with the last one."""
    if scope.closing:
        return ending.close(state, scope, at)
    if scope.unsettled == 0:
        return ending.complete(scope, at)
    nodes = scope.graph.nodes
    return [_begins(scope, nodes[d], at) for d in scope.graph.dependents[name] if scope.missing[d] == 0]


def _begins(scope: Scope, node: Node, at: int) -> ev.Event:
    path = step_path(scope.path, node.name)
    if scope.skipped and _is_cut_off(scope, node):
        return ev.StepSkipped(at, path)
    if node.has_condition:
        return ev.ConditionAsked(at, path)
    return ev.StepStarted(at, path)


def _is_cut_off(scope: Scope, node: Node) -> bool:
    """Claim that the node needs one that was skipped, and can not take None for it."""
    if node.each in scope.skipped:
        return True
    return any(need.source in scope.skipped and not need.admits_none for need in node.needs)


def fill_map(state: RunState, path: str, at: int) -> Events:
    """Start the first items of a map; one without items is done, one over something else than a list fails."""
    items = state.maps[path]
    if items.failure is not None:
        return (fails(state, state.steps[path], items.failure, at),)
    if not items.items:
        return (ev.StepDone(at, path),)
    return _start_items(state, path, at)


def refill_map(state: RunState, path: str, at: int) -> Events:
    """Start the items that a retried map has room for beside those that are about to be restarted."""
    begun = (state.steps.get(item_path(path, index)) for index in range(state.maps[path].started))
    return _start_items(state, path, at, beside=sum(step is not None and step.status in SETTLED for step in begun))


def after_item(state: RunState, path: str, at: int) -> Events:
    """Start the next items, or end the map: with all results, with the first failure once the others settled."""
    path = map_path(path)
    items = state.maps[path]
    if items.finished == len(items.items):
        return (ev.StepDone(at, path),)
    if items.failure is None and not state.scopes[parse(path).scope].closing:
        return _start_items(state, path, at)
    if items.active:
        return ()
    if items.failure is not None:
        return (ev.StepFailed(at, path, items.failure),)
    return (ev.StepCancelled(at, path),)


def _start_items(state: RunState, path: str, at: int, *, beside: int = 0) -> Events:
    items, limit = state.maps[path], state.steps[path].node.concurrency
    room = len(items.items) if limit is None else limit - items.active - beside
    upto = min(items.started + room, len(items.items))
    return [ev.StepStarted(at, item_path(path, index)) for index in range(items.started, upto)]
