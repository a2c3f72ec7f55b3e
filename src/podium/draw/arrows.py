"""The arrows of a picture, the same for every format: what follows what, in the author's order."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from podium.draw.words import can_undo, short_type
from podium.graph.nodes import END, START, Graph, GraphKind, Handler, Node


class ArrowKind(StrEnum):
    """Why one node follows another."""

    NEXT = "next"
    """Always: in a machine the next state, in a DAG one that takes the output."""
    CHOICE = "choice"
    """In a machine, by the label that the state returned."""
    ERROR = "error"
    """In a machine, when the state failed."""
    CONDITION = "condition"
    """In a DAG, only `when=` looks at the output."""
    UNDO = "undo"
    """Backwards: after the first was compensated, the second is."""


FORWARD = frozenset({ArrowKind.NEXT, ArrowKind.CHOICE, ArrowKind.CONDITION})


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrow:
    """One arrow inside one graph.

    Attributes:
        source: A node's name, or START.
        target: A node's name, or END.
        kind: Why.
        labels: What is written on it; several where several labels or errors lead the same way.
    """

    source: str
    target: str
    kind: ArrowKind
    labels: tuple[str, ...] = ()


def arrows(graph: Graph, *, compensates: bool) -> tuple[Arrow, ...]:
    """Return the arrows of `graph` itself, without those of the graphs inside it; no two of the same ends and kind.

    Args:
        graph: What is drawn.
        compensates: The run undoes its writes when it fails; adds the way back.
    """
    drawn = _machine(graph) if graph.kind is GraphKind.MACHINE else _dag(graph)
    merged = _merged(drawn)
    return (*merged, *_undo(graph, merged)) if compensates else merged


def backward(drawn: Sequence[tuple[str, str]]) -> frozenset[int]:
    """Return the positions of the arrows that close a cycle, seen from the first source on; loops to itself included.

    Without them the arrows are acyclic. Depth first in the given order, with a stack of its own: a chain may be
    longer than Python's.
    """
    ways: dict[str, list[tuple[int, str]]] = {}
    for position, (source, target) in enumerate(drawn):
        ways.setdefault(source, []).append((position, target))
        ways.setdefault(target, [])
    closing: set[int] = set()
    state: dict[str, bool] = {}  # True while on the stack, False once left
    for root in ways:
        if root not in state:
            _walk(root, ways, state=state, closing=closing)
    return frozenset(closing)


def _walk(root: str, ways: dict[str, list[tuple[int, str]]], *, state: dict[str, bool], closing: set[int]) -> None:
    state[root] = True
    stack = [(root, iter(ways[root]))]
    while stack:
        name, rest = stack[-1]
        step = next(rest, None)
        if step is None:
            state[name] = False
            stack.pop()
        elif state.get(step[1], False):
            closing.add(step[0])
        elif step[1] not in state:
            state[step[1]] = True
            stack.append((step[1], iter(ways[step[1]])))


def _machine(graph: Graph) -> Iterator[Arrow]:
    if graph.start is not None:
        yield Arrow(source=START, target=graph.start, kind=ArrowKind.NEXT)
    for node in graph.nodes.values():
        if node.next is not None:
            yield Arrow(source=node.name, target=node.next, kind=ArrowKind.NEXT)
        for label, target in node.choices.items():
            yield Arrow(source=node.name, target=target, kind=ArrowKind.CHOICE, labels=(label,))
        for handler in node.handlers:
            yield Arrow(source=node.name, target=handler.target, kind=ArrowKind.ERROR, labels=(_caught(handler),))


def _caught(handler: Handler) -> str:
    types = "on " + " or ".join(short_type(name) for name in handler.types)
    return f"{types}, undo first" if handler.undo else types


def _dag(graph: Graph) -> Iterator[Arrow]:
    for node in graph.nodes.values():
        inside = [source for source in node.sources() if source in graph.nodes]
        if not inside:
            yield Arrow(source=START, target=node.name, kind=ArrowKind.NEXT)
        for source in inside:
            yield _taken(node, graph.nodes[source])
    if graph.gives is not None:
        yield Arrow(source=graph.gives, target=END, kind=ArrowKind.NEXT)


def _taken(node: Node, source: Node) -> Arrow:
    needs = [need for need in node.needs if need.source == source.name]
    if node.each == source.name:
        return Arrow(source=source.name, target=node.name, kind=ArrowKind.NEXT, labels=("each",))
    only_condition = all(need.by_condition for need in needs)
    optional = source.has_condition and any(need.admits_none for need in needs)
    kind = ArrowKind.CONDITION if only_condition else ArrowKind.NEXT
    labels = ("condition",) if only_condition else ("or none",) if optional else ()
    return Arrow(source=source.name, target=node.name, kind=kind, labels=labels)


def _merged(drawn: Iterable[Arrow]) -> tuple[Arrow, ...]:
    labels: dict[tuple[str, str, ArrowKind], list[str]] = {}
    for arrow in drawn:
        labels.setdefault((arrow.source, arrow.target, arrow.kind), []).extend(arrow.labels)
    return tuple(
        Arrow(source=source, target=target, kind=kind, labels=tuple(dict.fromkeys(found)))
        for (source, target, kind), found in labels.items()
    )


def _undo(graph: Graph, drawn: tuple[Arrow, ...]) -> Iterator[Arrow]:
    """Find the way back: from each node that can be undone to the nearest such nodes before it.

    Where a dense graph would get more ways back than it has ways forward, only direct neighbours keep theirs.
    """
    closing = backward([(arrow.source, arrow.target) for arrow in drawn])
    before: dict[str, list[str]] = {name: [] for name in (*graph.nodes, END)}
    for position, arrow in enumerate(drawn):
        if arrow.kind in FORWARD and position not in closing and arrow.source != START:
            before[arrow.target].append(arrow.source)
    undoable = {node.name for node in graph.nodes.values() if can_undo(node)}
    found = [
        (name, nearest) for name in graph.nodes if name in undoable for nearest in _nearest(name, before, undoable)
    ]
    if len(found) > len(drawn):
        found = [(later, earlier) for later, earlier in found if earlier in before[later]]
    for later, earlier in found:
        yield Arrow(source=later, target=earlier, kind=ArrowKind.UNDO, labels=("undo",))


def _nearest(name: str, before: dict[str, list[str]], wanted: set[str]) -> list[str]:
    found: list[str] = []
    seen, queue = {name}, list(before[name])
    while queue:
        candidate = queue.pop(0)
        if candidate in seen:
            continue
        seen.add(candidate)
        if candidate in wanted:
            found.append(candidate)
        else:
            queue += before[candidate]
    return found
