"""The graph of a run with its plans put in: what came with the data is drawn like what an author wrote."""

from collections.abc import Mapping
from dataclasses import replace

from podium.core.path import parse, place
from podium.draw.overlay import place_in
from podium.graph.nodes import Graph, Node, NodeKind


def with_plans(graph: Graph, plans: Mapping[str, Graph]) -> Graph:
    """Return a graph in which each node that carries out plans holds the last one.

    Args:
        graph: The root graph.
        plans: By the address of the step that carries it out, in the order in which they began.
    """
    if not plans:
        return graph
    return _drawn(graph, {place(path): plan for path, plan in plans.items()}, scope="")


def graph_at(graph: Graph, plans: Mapping[str, Graph], scope: str) -> Graph:
    """Return the graph that is walked in the scope at an address."""
    address = ""
    for part in scope.split("/") if scope else ():
        address = f"{address}/{part}" if address else part
        child = plans.get(address, graph.nodes[parse(part).name].child)
        assert child is not None, scope
        graph = child
    return graph


def _drawn(graph: Graph, plans: Mapping[str, Graph], *, scope: str) -> Graph:
    nodes = {name: _node(node, plans, place_in(scope, name)) for name, node in graph.nodes.items()}
    return replace(graph, nodes=nodes)


def _node(node: Node, plans: Mapping[str, Graph], at: str) -> Node:
    if node.kind is NodeKind.PLAN:
        return replace(node, child=plans.get(at))
    return node if node.child is None else replace(node, child=_drawn(node.child, plans, scope=at))
