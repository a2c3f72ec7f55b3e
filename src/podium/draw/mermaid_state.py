"""A machine as a Mermaid state diagram; graphs inside it are composite states, whatever their kind."""

from collections.abc import Iterator

from podium.draw.arrows import Arrow, arrows
from podium.draw.card import chip_text
from podium.draw.mermaid_text import INDENT, TAKEN, Context, escaped, texts
from podium.draw.overlay import place_in
from podium.graph.nodes import END, START, Graph


def state_lines(graph: Graph, context: Context, *, scope: str = "") -> Iterator[str]:
    """Return the lines of a state diagram, without its head and classes."""
    for name, node in graph.nodes.items():
        place = place_in(scope, name)
        said = texts(node, place, context)
        if node.child is None:
            yield f'state "{said[0]}" as {context.ids[place]}'
            yield from (f"{context.ids[place]} : {line}" for line in said[1:])
        else:
            yield f'state "{" · ".join(said)}" as {context.ids[place]} {{'
            yield from (INDENT + line for line in state_lines(node.child, context, scope=place))
            yield "}"
    for arrow in arrows(graph, compensates=context.compensates):
        yield _arrow(arrow, context, scope=scope)


def _arrow(arrow: Arrow, context: Context, *, scope: str) -> str:
    source, target = (
        "[*]" if name in {START, END} else context.ids[place_in(scope, name)] for name in (arrow.source, arrow.target)
    )
    label = escaped(chip_text(arrow.labels))
    marked = f"{TAKEN} {label}".rstrip() if context.is_taken(arrow, scope) else label
    return f"{source} --> {target}" + (f" : {marked}" if marked else "")
