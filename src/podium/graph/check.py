"""What can be wrong with the shape of a graph, seen without any of the author's code."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from difflib import get_close_matches

from podium.errors import Fault
from podium.graph.nodes import END, ITEM, Graph, GraphKind, Node, Place


def check_graph(graph: Graph, *, where: Place | None = None) -> tuple[Fault, ...]:
    """Return every fault of a graph's shape, in the author's order; nothing for a sound one.

    Args:
        graph: Its nodes may name what is not there; that is a fault.
        where: Where the workflow is written, for faults of no single node.
    """
    if graph.kind is GraphKind.MACHINE:
        return tuple(_machine(graph, where))
    return tuple(_dag(graph, where))


def unreached(ways: Mapping[str, Iterable[str]], begin: Iterable[str]) -> list[str]:
    """Return the keys of `ways` that can not be reached from `begin`, in order."""
    seen: set[str] = set()
    todo = list(begin)
    while todo:
        name = todo.pop()
        if name in seen or name not in ways:
            continue
        seen.add(name)
        todo.extend(ways[name])
    return [name for name in ways if name not in seen]


def find_cycle(ways: Mapping[str, Collection[str]]) -> list[str]:
    """Return the names along one cycle, the first again at the end; empty where there is none."""
    waiting = {name: {way for way in targets if way in ways} for name, targets in ways.items()}
    while free := [name for name, targets in waiting.items() if not targets]:
        for name in free:
            del waiting[name]
        for targets in waiting.values():
            targets.difference_update(free)
    if not waiting:
        return []
    walk = [next(iter(waiting))]
    while walk[-1] not in walk[:-1]:
        walk.append(min(waiting[walk[-1]]))
    return walk[walk.index(walk[-1]) :]


def _machine(graph: Graph, where: Place | None) -> Iterator[Fault]:
    ways = {name: node.targets() for name, node in graph.nodes.items()}
    for node in graph.nodes.values():
        for target in node.targets():
            if target != END and target not in graph.nodes:
                hint = _closest(target, [*graph.nodes, END])
                yield _fault(
                    "unknown-target", f"state {node.name} leads to {target!r}, which is no state", hint, node.where
                )
    if graph.start is not None:
        for name in unreached(ways, [graph.start]):
            yield _fault(
                "unreachable",
                f"state {name} is never reached from START",
                "Lead a chain, a label or an error edge to it, or leave it out.",
                graph.nodes[name].where or where,
            )
    yield from _dead_ends(graph, ways, where)


def _dead_ends(graph: Graph, ways: Mapping[str, tuple[str, ...]], where: Place | None) -> Iterator[Fault]:
    backwards: dict[str, list[str]] = {name: [] for name in (*ways, END)}
    for name, targets in ways.items():
        for target in targets:
            backwards.setdefault(target, []).append(name)
    stuck = [graph.nodes[name] for name in unreached(backwards, [END]) if name in graph.nodes]
    ends = [node for node in stuck if not (node.next or node.choices)]
    for node in ends or stuck:  # what only leads to a dead end is no fault of its own
        nowhere = not (node.next or node.choices)
        name = node.name
        message = f"state {name} leads nowhere" if nowhere else f"state {name} has no way to END"
        hint = f"End its chain: {name} >> END." if nowhere else "Give the loop a way out."
        yield _fault("dead-end", message, hint, node.where or where)


def _dag(graph: Graph, where: Place | None) -> Iterator[Fault]:
    for node in graph.nodes.values():
        yield from _unknown_sources(graph, node)
    cycle = find_cycle({name: node.sources() for name, node in graph.nodes.items()})
    if cycle:
        yield _fault(
            "cycle",
            f"nodes wait for each other, so none of them can start: {' → '.join(reversed(cycle))}",
            "Take one of the parameters from elsewhere; loops are for state machines.",
            graph.nodes[cycle[0]].where,
        )
    if graph.gives is not None and graph.gives not in graph.nodes:
        hint = "Pass it among the nodes as well."
        yield _fault("unknown-gives", f"gives= names {graph.gives!r}, which is none of the nodes", hint, where)


def _unknown_sources(graph: Graph, node: Node) -> Iterator[Fault]:
    for source in node.sources():
        if source not in graph.nodes and source not in graph.fields and source != ITEM:
            known = [*graph.nodes, *graph.fields]
            message = f"node {node.name} takes {source!r}, which is neither a node nor a field of the input"
            yield _fault("unknown-source", message, _closest(source, known), node.where)


def _closest(name: str, options: list[str]) -> str:
    near = get_close_matches(name, options, n=1)
    return f"Did you mean {near[0]!r}?" if near else ""


def _fault(code: str, message: str, suggestion: str, where: Place | None) -> Fault:
    return Fault(code, message, suggestion, str(where) if where else "")
