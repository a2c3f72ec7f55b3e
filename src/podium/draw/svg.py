"""A picture as one self-contained SVG file: no script, no font, nothing to fetch.

Built as a tree and written by the standard library, so that no name or title can leave its place.
"""

import hashlib
from collections import Counter
from xml.etree.ElementTree import Element, tostring  # builds, never parses

from podium.draw.arrows import ArrowKind
from podium.draw.layout import lay_out
from podium.draw.overlay import Overlay
from podium.draw.picture import Box, Layout, Line, Shape
from podium.draw.svg_box import add_box
from podium.draw.svg_line import add_chip, add_line, add_line_back
from podium.draw.svg_parts import add, number
from podium.draw.svg_style import LAID_CLASS, ROOT_CLASS, style
from podium.draw.words import KIND_WORDS, clean
from podium.graph.nodes import Graph

NAMESPACE = "http://www.w3.org/2000/svg"


def svg(graph: Graph, overlay: Overlay | None = None) -> str:
    """Return an SVG document of a graph and of all graphs inside it; the same arguments give the same text.

    Args:
        graph: The root graph.
        overlay: How a run stands; None draws the program alone.
    """
    return tostring(svg_element(graph, overlay), encoding="unicode") + "\n"


def svg_element(graph: Graph, overlay: Overlay | None = None) -> Element:
    """Return the same as an element, for a page to hold."""
    layout = lay_out(graph, status_line=overlay is not None)
    root = _root(graph, layout, overlay)
    laid = overlay or Overlay()
    for box in layout.boxes:
        if box.shape is Shape.CONTAINER:
            add_box(root, box, status=laid.nodes.get(box.place))
    for line in layout.lines:
        add_line(root, line, is_taken=laid.is_gone(line.source, line.target, is_back=line.kind is ArrowKind.UNDO))
    for line in _gone_back(layout, laid):
        add_line_back(root, line)
    for box in layout.boxes:
        if box.shape is not Shape.CONTAINER:
            add_box(root, box, status=laid.nodes.get(box.place))
    for line in layout.lines:
        if line.chip is not None:
            add_chip(root, line, line.chip)
    return root


def _gone_back(layout: Layout, overlay: Overlay) -> list[Line]:
    """Return the lines that compensation went back along: those of ways that have no line of their own."""
    back = {(line.source, line.target) for line in layout.lines if line.kind is ArrowKind.UNDO}
    wanted = set(overlay.undone) - back
    return [line for line in layout.lines if (line.target, line.source) in wanted and line.kind is not ArrowKind.UNDO]


def _root(graph: Graph, layout: Layout, overlay: Overlay | None) -> Element:
    own = hashlib.sha256(graph.name.encode("utf-8", errors="replace")).hexdigest()[:8]
    width, height = number(layout.width), number(layout.height)
    root = Element("svg", {"xmlns": NAMESPACE, "viewBox": f"0 0 {width} {height}", "width": width, "height": height})
    root.set("class", ROOT_CLASS if overlay is None else f"{ROOT_CLASS} {LAID_CLASS}")
    root.set("role", "img")
    root.set("aria-labelledby", f"podium-{own}-title podium-{own}-desc")
    add(root, "title", {"id": f"podium-{own}-title"}, text=f"{clean(graph.name)}, {KIND_WORDS[graph.kind]}")
    add(root, "desc", {"id": f"podium-{own}-desc"}, text=_description(layout.boxes, overlay))
    add(root, "style", {}, text=style())
    add(root, "rect", {"class": "canvas", "width": width, "height": height, "rx": 10.0})
    return root


def _description(boxes: tuple[Box, ...], overlay: Overlay | None) -> str:
    """Say in words what there is to see, node by node, for who does not see it."""
    drawn = [box for box in boxes if box.node is not None]
    if overlay is None:
        return f"{len(drawn)} nodes: " + ", ".join(clean(box.place) for box in drawn)
    words = {box.place: str(overlay.nodes[box.place].status) for box in drawn if box.place in overlay.nodes}
    counts = ", ".join(f"{count} {word}" for word, count in Counter(words.values()).items())
    each = ", ".join(f"{clean(box.place)} {words.get(box.place, 'not reached')}" for box in drawn)
    return f"{len(drawn)} nodes, {counts or 'none reached'}: {each}"
