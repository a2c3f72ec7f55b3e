"""A graph as DOT text, for Graphviz and what reads its language."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from podium.draw.arrows import Arrow, ArrowKind, arrows
from podium.draw.card import chip_text
from podium.draw.overlay import NodeStatus, Overlay, place_in
from podium.draw.palette import ARROWS_LIGHT, LIGHT, STATUS_LIGHT
from podium.draw.words import KIND_WORDS, clean, marks, status_words, writes
from podium.graph.nodes import END, START, Graph, Node, OnFailure

Attributes = Mapping[str, str]

_INDENT = "    "
_FONT = "Helvetica"
_ESCAPES = (("&", "&amp;"), ("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n"))
_DASHED = frozenset({ArrowKind.CONDITION, ArrowKind.UNDO})
_GRAPH = {"compound": "true", "newrank": "true", "rankdir": "TB", "fontname": _FONT, "fontsize": "11"}
"""`newrank`: the older way to rank gives up on some loops through clusters."""
_NODES = {"shape": "box", "fontname": _FONT, "fontsize": "11", "fontcolor": LIGHT.text, "color": LIGHT.border}
_EDGES = {"fontname": _FONT, "fontsize": "10"}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Context:
    """What is the same for a graph and for those inside it."""

    overlay: Overlay
    compensates: bool


def dot(graph: Graph, overlay: Overlay | None = None) -> str:
    """Return a digraph with a cluster for every graph inside; the same arguments give the same text.

    Args:
        graph: The root graph.
        overlay: How a run stands; None draws the program alone.
    """
    context = _Context(overlay=overlay or Overlay(), compensates=graph.on_failure is OnFailure.COMPENSATE)
    title = f"{clean(graph.name)}, {KIND_WORDS[graph.kind]}"
    head = [
        "graph " + _attributes(_GRAPH | {"tooltip": title}),
        "node " + _attributes(_NODES),
        "edge " + _attributes(_EDGES),
    ]
    lines = [*head, *_graph(graph, context, scope="")]
    return "\n".join([f"digraph {_quoted(clean(graph.name))} {{", *(_INDENT + line for line in lines), "}"]) + "\n"


def _graph(graph: Graph, context: _Context, *, scope: str) -> Iterator[str]:
    drawn = arrows(graph, compensates=context.compensates)
    ends = {name for arrow in drawn for name in (arrow.source, arrow.target)}
    for name, shape in ((START, "circle"), (END, "doublecircle")):
        if name in ends:
            look = {"label": "", "tooltip": name, "shape": shape, "style": "filled", "width": "0.15"}
            yield _quoted(place_in(scope, name)) + " " + _attributes(look | {"fillcolor": LIGHT.text})
    for name, node in graph.nodes.items():
        yield from _node(node, context, place=place_in(scope, name))
    for arrow in drawn:
        yield _arrow(arrow, graph, context=context, scope=scope)


def _node(node: Node, context: _Context, *, place: str) -> Iterator[str]:
    status = context.overlay.nodes.get(place)
    said = [node.name, node.title, " · ".join(marks(node, compensates=context.compensates))]
    said += [status_words(status)] if status else []
    look = {"label": "\n".join(line for line in map(clean, said) if line)} | _look(node, status)
    if node.child is None:
        yield f"{_quoted(place)} {_attributes(look)}"
        return
    yield f"subgraph {_quoted(_cluster(place))} {{"
    yield _INDENT + "graph " + _attributes(look)
    yield from (_INDENT + line for line in _graph(node.child, context, scope=place))
    yield "}"


def _look(node: Node, status: NodeStatus | None) -> dict[str, str]:
    """Return style and colours; what writes has a bold border, a map a second one."""
    styles = ["rounded"] + ["dashed"] * node.has_condition + ["bold"] * writes(node)
    look = {"peripheries": "2"} if node.each is not None and node.child is None else {}
    if status is None:
        return look | {"style": ",".join(styles), "color": LIGHT.border}
    paint = STATUS_LIGHT[status.status]
    return look | {"style": ",".join([*styles, "filled"]), "color": paint.line, "fillcolor": paint.fill}


def _arrow(arrow: Arrow, graph: Graph, *, context: _Context, scope: str) -> str:
    ends = place_in(scope, arrow.source), place_in(scope, arrow.target)
    look = {"color": ARROWS_LIGHT[arrow.kind], "fontcolor": ARROWS_LIGHT[arrow.kind]}
    look |= {"label": chip_text(arrow.labels)} if arrow.labels else {}
    look |= {"style": "dashed"} if arrow.kind in _DASHED else {}
    look |= {"constraint": "false"} if arrow.kind is ArrowKind.UNDO else {}
    is_gone = context.overlay.is_gone(*ends, is_back=arrow.kind is ArrowKind.UNDO)
    look |= {"penwidth": "2.5"} if is_gone else {}
    tail, head = (graph.nodes.get(name) for name in (arrow.source, arrow.target))
    look |= {"ltail": _cluster(ends[0])} if tail and tail.child and tail is not head else {}
    look |= {"lhead": _cluster(ends[1])} if head and head.child and tail is not head else {}
    return f"{_anchor(ends[0], tail, inner=END)} -> {_anchor(ends[1], head, inner=START)} {_attributes(look)}"


def _anchor(place: str, node: Node | None, *, inner: str) -> str:
    """Return the vertex that an edge of a place is tied to: DOT has no edges to clusters, only to what is inside."""
    while node is not None and node.child is not None:
        place, node = place_in(place, inner), None
    return _quoted(place)


def _cluster(place: str) -> str:
    return f"cluster_{place}"


def _attributes(given: Attributes) -> str:
    return "[" + ", ".join(f"{name}={_quoted(value)}" for name, value in given.items()) + "]"


def _quoted(text: str) -> str:
    """Return a DOT string; a line break stays one, everything else that DOT would read is made to be shown."""
    for char, escape in _ESCAPES:
        text = text.replace(char, escape)
    return f'"{text}"'
