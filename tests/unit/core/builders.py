"""Small graphs for tests, in as few words as a drawing of them would take."""

from collections.abc import Mapping
from typing import Any

from podium.failure import Failure, FailureKind
from podium.graph.nodes import END, Graph, GraphKind, Handler, Need, Node, NodeKind, OnFailure

STOP, COMPENSATE = OnFailure.STOP, OnFailure.COMPENSATE


def state(name: str, to: str | None = END, /, **more: Any) -> Node:
    """Return a state of a machine; `choices` decides where it leads when `to` is None."""
    return Node(name=name, kind=more.pop("kind", NodeKind.STEP), next=to, **more)


def chooser(name: str, /, **choices: str) -> Node:
    """Return a state that names its outcome: `chooser("review", accept=END, revise="draft")`."""
    return Node(name=name, kind=NodeKind.STEP, choices=choices)


def node(name: str, /, *sources: str, **more: Any) -> Node:
    """Return a node of a DAG that needs `sources`; one that ends in `?` may have been skipped."""
    wanted = [Need(parameter=s.rstrip("?"), source=s.rstrip("?"), admits_none=s.endswith("?")) for s in sources]
    return Node(name=name, kind=more.pop("kind", NodeKind.STEP), needs=tuple(wanted), **more)


def mapped(name: str, each: str, /, **more: Any) -> Node:
    """Return a node that runs once for every item of the list that `each` gives."""
    return Node(name=name, kind=more.pop("kind", NodeKind.STEP), each=each, needs=(ITEM_NEED,), **more)


ITEM_NEED = Need(parameter="item", source="item")


def caught_by(target: str, *types: str, undo: bool = False) -> Handler:
    """Return an error edge; without types it catches everything."""
    return Handler(types=types or ("Exception",), target=target, undo=undo)


def machine(*nodes: Node, fields: Mapping[str, Any] | None = None, **more: Any) -> Graph:
    """Return a machine that begins with the first of its states, over the fields `n` and `log`."""
    declared: Mapping[str, Any] = {"n": {}, "log": {}} if fields is None else fields
    name = more.pop("name", "machine")
    return Graph(name=name, kind=GraphKind.MACHINE, nodes=_named(nodes), fields=declared, start=nodes[0].name, **more)


def dag(*nodes: Node, **more: Any) -> Graph:
    """Return a DAG over the fields `topic` and `list` that gives what its last node gives."""
    name = more.pop("name", "dag")
    declared: Mapping[str, Any] = {"topic": {}, "list": {}}
    return Graph(name=name, kind=GraphKind.DAG, nodes=_named(nodes), fields=declared, gives=nodes[-1].name, **more)


def failure(name: str = "OddError", *, kind: FailureKind = FailureKind.PERMANENT) -> Failure:
    """Return the failure that an exception of that name leads to."""
    return Failure(kind=kind, type=name, message=f"{name} it was", types=(name, "Exception"), source="test")


def _named(nodes: tuple[Node, ...]) -> dict[str, Node]:
    return {each.name: each for each in nodes}
