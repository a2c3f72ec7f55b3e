"""A DAG as a Mermaid flowchart; graphs inside it are subgraphs, whatever their kind."""

from collections.abc import Iterator

from podium.draw.arrows import Arrow, ArrowKind, arrows
from podium.draw.card import chip_text
from podium.draw.mermaid_text import INDENT, TAKEN, Context, escaped, texts
from podium.draw.overlay import place_in
from podium.graph.nodes import END, START, Graph, Node, NodeKind

_SHAPES = {
    NodeKind.STEP: ("[", "]"),
    NodeKind.TOOL: ("[", "]"),
    NodeKind.HUMAN: ("[/", "\\]"),
    NodeKind.SLEEP: ("([", "])"),
    NodeKind.WAIT: ("([", "])"),
    NodeKind.WORKFLOW: ("[", "]"),
    NodeKind.PLAN: ("[", "]"),
}
_MAP = ("[[", "]]")
_DASHED = frozenset({ArrowKind.ERROR, ArrowKind.UNDO, ArrowKind.CONDITION})


def flow_lines(graph: Graph, context: Context, *, scope: str = "") -> Iterator[str]:
    """Return the lines of a flowchart, without its head and classes."""
    drawn = arrows(graph, compensates=context.compensates)
    ends = {name for arrow in drawn for name in (arrow.source, arrow.target)}
    if START in ends:
        yield f'{context.ids[place_in(scope, START)]}((" "))'
    for name, node in graph.nodes.items():
        yield from _node(node, context, place=place_in(scope, name))
    if END in ends:
        yield f'{context.ids[place_in(scope, END)]}(((" ")))'
    for arrow in drawn:
        yield _arrow(arrow, context, scope=scope)


def _node(node: Node, context: Context, *, place: str) -> Iterator[str]:
    said = texts(node, place, context)
    if node.child is None:
        opening, closing = _SHAPES[node.kind] if node.each is None else _MAP
        yield f'{context.ids[place]}{opening}"{"<br/>".join(said)}"{closing}'
        return
    yield f'subgraph {context.ids[place]} ["{" · ".join(said)}"]'
    yield from (INDENT + line for line in flow_lines(node.child, context, scope=place))
    yield "end"


def _arrow(arrow: Arrow, context: Context, *, scope: str) -> str:
    source, target = (context.ids[place_in(scope, name)] for name in (arrow.source, arrow.target))
    label = escaped(chip_text(arrow.labels))
    is_taken = context.is_taken(arrow, scope)
    marked = f"{TAKEN} {label}".rstrip() if is_taken else label
    line = "-.->" if arrow.kind in _DASHED else "==>" if is_taken else "-->"
    return f'{source} {line}|"{marked}"| {target}' if marked else f"{source} {line} {target}"
