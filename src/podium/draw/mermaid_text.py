"""What both kinds of Mermaid diagram write alike: identifiers, texts and classes.

Text is data: what Mermaid, Markdown or HTML could take for their own is written as a character code, or, where programs
decode such codes too early, as a sign that only looks alike.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from podium.draw.arrows import Arrow, ArrowKind
from podium.draw.card import is_container
from podium.draw.overlay import NodeStatus, Overlay, place_in
from podium.draw.palette import LIGHT, STATUS_LIGHT
from podium.draw.words import clean, marks, status_words, writes
from podium.graph.nodes import END, START, Graph, Node, NodeKind

INDENT = "    "
TAKEN = "✔"

_LOOKS_ALIKE = str.maketrans({"<": "\u2039", ">": "\u203a", "&": "\uff06", "*": "\u2217"})
_HARMLESS = frozenset("_.,()/+-?!' ")
_STARTS_A_LIST = re.compile(r"^(\d+)\.|^([-+])(?= )")
_WORDS_OF_MERMAID = (
    *("acc", "as", "call", "choice", "class", "click", "default", "direction", "end", "flowchart", "fork", "graph"),
    *("hide", "href", "interpolate", "join", "linkstyle", "note", "scale", "section", "state", "style", "subgraph"),
    "title",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What is the same for a diagram and for those inside it.

    Attributes:
        ids: By place, what Mermaid calls it.
        overlay: How a run stands, if one is laid over.
        compensates: The run undoes its writes when it fails.
    """

    ids: Mapping[str, str]
    overlay: Overlay | None
    compensates: bool

    def status(self, place: str) -> NodeStatus | None:
        """Return how a place stands; None where the run has not been, or there is none."""
        return self.overlay.nodes.get(place) if self.overlay else None

    def is_taken(self, arrow: Arrow, scope: str) -> bool:
        """Return whether the run went along an arrow of the graph at `scope`."""
        ends = place_in(scope, arrow.source), place_in(scope, arrow.target)
        return self.overlay is not None and self.overlay.is_gone(*ends, is_back=arrow.kind is ArrowKind.UNDO)


def identifiers(graph: Graph) -> dict[str, str]:
    """Return an identifier for every place, ends included: the name where it can be, no two alike."""
    found: dict[str, str] = {}
    used: set[str] = set()
    for place in _places(graph, ""):
        wish = re.sub(r"[^A-Za-z0-9]", "_", place)
        if not wish[0].isalpha() or wish.lower().startswith(_WORDS_OF_MERMAID):
            wish = f"n_{wish}"
        unique, count = wish, 1
        while unique in used:
            count += 1
            unique = f"{wish}_{count}"
        used.add(unique)
        found[place] = unique
    return found


def escaped(text: str) -> str:
    """Return a text that every program shows as it is, or nearly, wherever Mermaid allows text."""
    alike = clean(text).translate(_LOOKS_ALIKE)
    return "".join(_coded(alike, at) for at in range(len(alike)))


def texts(node: Node, place: str, context: Context) -> list[str]:
    """Return what is written about a node, line by line, escaped; its name comes first."""
    status = context.status(place)
    found = [node.name, node.title, " · ".join(marks(node, compensates=context.compensates))]
    found += [status_words(status)] if status else []
    return [escaped(line) for line in found if clean(line)]


def classes(graph: Graph, context: Context, *, scope: str = "") -> dict[str, list[str]]:
    """Return the identifiers of nodes by the class they are drawn in."""
    found: dict[str, list[str]] = {}
    for name, node in graph.nodes.items():
        place = place_in(scope, name)
        status = context.status(place)
        kinds = [str(status.status)] if status else ["writes"] if writes(node) else []
        kinds += ["person"] if node.kind is NodeKind.HUMAN and status is None else []
        kinds += ["conditional"] if node.has_condition else []
        for kind in kinds:
            found.setdefault(kind, []).append(context.ids[place])
        inside = classes(node.child, context, scope=place) if node.child else {}
        for kind, ids in inside.items():
            found.setdefault(kind, []).extend(ids)
    return found


def class_lines(found: Mapping[str, Iterable[str]]) -> Iterator[str]:
    """Write classes and who is in them; without a run only strokes, so that themes keep their colours."""
    styles = {
        str(status): f"fill:{paint.fill},stroke:{paint.line},color:{LIGHT.text}"
        for status, paint in STATUS_LIGHT.items()
    }
    styles |= {"writes": "stroke-width:3px", "person": "stroke-width:2px", "conditional": "stroke-dasharray:5 3"}
    for kind, ids in found.items():
        yield f"classDef {kind} {styles[kind]}"
        yield f"class {','.join(ids)} {kind}"


def _places(graph: Graph, scope: str) -> Iterator[str]:
    yield from (place_in(scope, name) for name in (START, END))
    for name, node in graph.nodes.items():
        yield place_in(scope, name)
        if node.child is not None and is_container(node):
            yield from _places(node.child, place_in(scope, name))


def _coded(text: str, at: int) -> str:
    char = text[at]
    is_plain = char in _HARMLESS if char.isascii() and not char.isalnum() else True
    doubled = char == "-" and text[at + 1 : at + 2] == "-"
    marker = _STARTS_A_LIST.match(text)
    is_marker = marker is not None and at == marker.end() - 1
    return char if is_plain and not doubled and not is_marker else f"#{ord(char)};"
