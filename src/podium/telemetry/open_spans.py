"""What of a run is under way: the spans that have begun, and what is known of them so far."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from podium.core.path import ROOT, is_undo, parse, undone_path
from podium.graph.nodes import Graph, GraphKind, Node, NodeKind
from podium.telemetry.span import Link, Moment

MARK = "@"
"""Stands in the name of each tool that asks a model, and in that of no function."""

MOMENTS_MAX = 128
"""So many things that happen in one span are told; later ones are not."""


@dataclass(slots=True)
class OpenSpan:
    """A span that has not ended. `began`, as all times: ms since 1970 UTC."""

    began: int
    moments: list[Moment] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)

    def note(self, moment: Moment) -> None:
        """Take note of something that happened in it."""
        if len(self.moments) < MOMENTS_MAX:
            self.moments.append(moment)


@dataclass(slots=True)
class OpenWrite(OpenSpan):
    """A write that is being made. `call`: tells it from other calls of its step."""

    tool: str = ""
    call: str = ""
    args: str = ""


@dataclass(slots=True)
class OpenStep(OpenSpan):
    """A step that is under way.

    Attributes:
        node: What it is a visit of; None where that is not known here any more.
        label: What its numbers are kept under; see `Places.label`.
        attempt: Which, from 1.
        tried: When this attempt began.
        last: When the last thing of it happened.
        write: The write that it makes.
        has_called: A call of it was told of.
        tool: The one tool that all of the step is; "" where it is more than that, or a map.
    """

    node: Node | None = None
    tool: str = ""
    label: str = ""
    attempt: int = 1
    tried: int = 0
    last: int = 0
    write: OpenWrite | None = None
    has_called: bool = False


class Places:
    """The graphs of a run: where each address stands in them."""

    def __init__(self, graph: Graph) -> None:
        self.graphs: dict[str, Graph] = {ROOT: graph}
        self._plans: dict[str, str] = {}

    def open(self, path: str, graph: Graph | None) -> None:
        """Something is walked in the step at `path`; `graph`: where that came with the data."""
        node = self.node(path)
        if graph is not None:
            self.graphs[path] = graph
            self._plans[path] = self.label(path)
        elif node is not None and node.child is not None:
            self.graphs[path] = node.child

    def close(self, path: str) -> None:
        """What was walked there is over."""
        self.graphs.pop(path, None)
        self._plans.pop(path, None)

    def graph(self, scope: str) -> Graph | None:
        """Return what is walked in a scope; None where that is not known."""
        if scope not in self.graphs:
            node = self.node(scope)
            if node is None or node.child is None:
                return None
            self.graphs[scope] = node.child
        return self.graphs[scope]

    def node(self, path: str) -> Node | None:
        """Return the node that a step is a visit of; None for what undoes, and where it is not known."""
        if is_undo(path):
            return None
        where = parse(path)
        graph = self.graph(where.scope)
        return None if graph is None else graph.nodes.get(where.name)

    def tool(self, path: str) -> str:
        """Return the one tool that all of a step is; "" where it is more than that, or the map around such steps."""
        node = self.node(path)
        if node is None or node.kind is not NodeKind.TOOL or (node.each is not None and parse(path).item is None):
            return ""
        return node.tools[0].name

    def label(self, path: str) -> str:
        """Return what the numbers of a step are kept under: its name in the author's graph.

        Steps of a plan, whose names come from outside, count for the step that the plan is walked in.
        """
        scope = parse(undone_path(path) if is_undo(path) else path).scope
        while scope:
            if scope in self._plans:
                return self._plans[scope]
            scope = parse(scope).scope
        return name_of(path)


def name_of(path: str) -> str:
    """Return the name of the node of a step, or of the step that it undoes."""
    return parse(undone_path(path) if is_undo(path) else path).name


def parent_path(path: str) -> tuple[str, bool]:
    """Return the address of what a step stands in, and whether that is the map whose item it is."""
    where = parse(undone_path(path) if is_undo(path) else path)
    if where.item is None or is_undo(path):
        return where.scope, False
    return path[: path.rindex("[")], True


def is_agent(graph: Graph) -> bool:
    """Claim that a graph is an agent: a machine one of whose states asks a model."""
    return graph.kind is GraphKind.MACHINE and any(map(_asks_a_model, graph.nodes.values()))


def _asks_a_model(node: Node) -> bool:
    return any(MARK in tool.name for tool in node.tools)


def deepest_first(paths: Iterator[str]) -> list[str]:
    """Return addresses in an order in which what stands in something comes before that."""
    return sorted(paths, key=lambda path: (-len(path), path))
