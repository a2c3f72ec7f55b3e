"""A graph as Mermaid text, for READMEs and wikis that draw it."""

from podium.draw.mermaid_flow import flow_lines
from podium.draw.mermaid_state import state_lines
from podium.draw.mermaid_text import INDENT, Context, class_lines, classes, escaped, identifiers
from podium.draw.overlay import Overlay
from podium.draw.words import KIND_WORDS
from podium.graph.nodes import Graph, GraphKind, OnFailure


def mermaid(graph: Graph, overlay: Overlay | None = None) -> str:
    """Return a state diagram of a machine, or a flowchart of a DAG; the same arguments give the same text.

    Args:
        graph: The root graph; graphs inside it are drawn inside.
        overlay: How a run stands; None draws the program alone.
    """
    compensates = graph.on_failure is OnFailure.COMPENSATE
    context = Context(ids=identifiers(graph), overlay=overlay, compensates=compensates)
    is_machine = graph.kind is GraphKind.MACHINE
    title = f"accTitle: {escaped(graph.name)}, {KIND_WORDS[graph.kind]}"
    head = [title, "direction TB"] if is_machine else [title]
    body = state_lines(graph, context) if is_machine else flow_lines(graph, context)
    lines = [*head, *body, *class_lines(classes(graph, context))]
    first = "stateDiagram-v2" if is_machine else "flowchart TB"
    return "\n".join([first, *(INDENT + line for line in lines)]) + "\n"
