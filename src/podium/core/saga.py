"""In which order writes are undone: what depended on a write comes before the write itself.

A machine is undone from its last state to its first, a DAG against its edges, through nodes that wrote nothing too.
What does not depend on one another is undone side by side: branches of a DAG, items of a map.

The order is a graph of points. Each part of a workflow has two, its *turn*, named by the part's address, and that it
*is undone*, named by that address with `.undo`. A part is a scope, a node, an item, or the step that wrote. The turn
of a scope leads to that of its last parts, and its first ones being undone to its own. Only between the two points of
a step that wrote is there no way: there, something has to be done. To build it costs what the scopes are long, to go
on in it what leads away from a point.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, TypeAlias

from podium.core.path import is_undo, parse, step_path, undo_path
from podium.graph.nodes import Graph, GraphKind, Node

_NONE: Mapping[str, Graph] = MappingProxyType({})

Tree: TypeAlias = dict[str, Any]
"""The last elements of addresses in a scope, each with the same of what is inside it; a step that wrote has nothing."""


@dataclass(slots=True)
class Saga:
    """The undoing of what a machine or a whole run has written.

    Attributes:
        path: The failed state whose error edge is taken afterwards; ROOT: the run ends.
        left: How many writes are not undone yet.
        due: Addresses of writes whose turn has come, and whose undoing has not begun.
        missing: How many points lead to one, and were not reached yet.
        leads_to: What follows from a point. Follows from the writes that are left, like `missing`.
        plans: See `RunState.plans`.
    """

    path: str
    left: int
    due: dict[str, None] = field(default_factory=dict)
    missing: dict[str, int] = field(default_factory=dict, compare=False)
    leads_to: dict[str, list[str]] = field(default_factory=dict, compare=False)
    plans: Mapping[str, Graph] = field(default_factory=dict, compare=False)


def plan(path: str, scope: str, graph: Graph, writes: Sequence[str], *, plans: Mapping[str, Graph] = _NONE) -> Saga:
    """Return how the writes of a scope are undone.

    Args:
        path: See `Saga`.
        scope: Address of the scope.
        graph: What is walked in it.
        writes: Addresses of the steps in it that wrote, in the order in which they were done.
        plans: See `Saga`.
    """
    saga = Saga(path, len(writes), plans=plans)
    _link_scope(saga, scope, graph, _tree(scope, writes))
    _reach(saga, scope)
    return saga


def undone(saga: Saga, write: str) -> None:
    """Note that a write is not to be undone any more, so that the turn of those before it may come."""
    saga.left -= 1
    _reach(saga, undo_path(write))


def _tree(scope: str, writes: Sequence[str]) -> Tree:
    start = len(scope) + 1 if scope else 0
    tree: dict[str, Any] = {}
    for path in writes:
        inside = tree
        for local in path[start:].split("/"):
            inside = inside.setdefault(local, {})
    return tree


def _reach(saga: Saga, point: str) -> None:
    """Reach a point and all that follow from it alone."""
    coming = [point]
    for reached in coming:  # grows while it is walked
        following = saga.leads_to.pop(reached, None)
        if following is None and not is_undo(reached):
            saga.due[reached] = None
        for then in following or ():
            saga.missing[then] -= 1
            if saga.missing[then] == 0:
                del saga.missing[then]
                coming.append(then)


def _link(saga: Saga, point: str, then: str) -> None:
    saga.leads_to.setdefault(point, []).append(then)
    saga.missing[then] = saga.missing.get(then, 0) + 1


def _link_scope(saga: Saga, scope: str, graph: Graph, parts: Tree) -> None:
    if graph.kind is GraphKind.MACHINE:
        _link_machine(saga, scope, graph, parts)
    else:
        _link_dag(saga, scope, graph, parts)


def _link_machine(saga: Saga, scope: str, graph: Graph, parts: Tree) -> None:
    """Each visit has its turn once the one after it is undone; visits are done in the order of their writes."""
    before = scope
    for local in reversed(parts):
        address = f"{scope}/{local}" if scope else local
        _link(saga, before, address)
        _link_inside(saga, address, graph.nodes[parse(local).name], parts[local])
        before = undo_path(address)
    _link(saga, before, undo_path(scope))


def _link_dag(saga: Saga, scope: str, graph: Graph, parts: Tree) -> None:
    """Each node has its turn once all that need it are undone."""
    by_node: dict[str, dict[str, Tree]] = {}
    for local in reversed(parts):
        by_node.setdefault(parse(local).name, {})[local] = parts[local]
    for node in reversed(list(graph.nodes.values())):
        name, address = node.name, step_path(scope, node.name)
        _link(saga, scope, address)
        for dependent in graph.dependents[name]:
            _link(saga, undo_path(step_path(scope, dependent)), address)
        _link(saga, undo_path(address), undo_path(scope))
        _link_node(saga, scope, node, by_node.get(name, {}))


def _link_node(saga: Saga, scope: str, node: Node, parts: Tree) -> None:
    address = step_path(scope, node.name)
    if not parts:
        _link(saga, address, undo_path(address))
    for local, inside in parts.items():
        part = f"{scope}/{local}" if scope else local
        if part != address:  # an item
            _link(saga, address, part)
            _link(saga, undo_path(part), undo_path(address))
        _link_inside(saga, part, node, inside)


def _link_inside(saga: Saga, address: str, node: Node, parts: Tree) -> None:
    if parts:
        graph = saga.plans.get(address, node.child)
        assert graph is not None, address
        _link_scope(saga, address, graph, parts)
