"""Boxes of an SVG: cards with icon, name, title and marks, and how a run stands in words, icon and colour."""

from xml.etree.ElementTree import Element  # builds, never parses

from podium.draw.card import ICON, NAME_LINE, PADDING, STATUS_LINE, TEXT_LINE, Card, cut, text_width
from podium.draw.icons import STATUS, kind_icon
from podium.draw.overlay import NodeStatus
from podium.draw.picture import Box, Shape
from podium.draw.svg_parts import add, icon
from podium.draw.words import NOT_REACHED, clean, status_words
from podium.graph.nodes import Node

_ROUND = 8
_STACK = 4
_BAR_WIDTH_MIN, _BAR_WIDTH, _BAR_HEIGHT = 16, 44, 4
_BOLD = 1.15
"""How much wider bold text is."""


def add_box(parent: Element, box: Box, *, status: NodeStatus | None) -> None:
    """Draw a box; without `status` the run has not reached it, or there is none."""
    if box.node is None or box.card is None:
        _dot(parent, box)
        return
    group = add(parent, "g", {"class": _classes(box, box.node, status), "data-place": box.place})
    add(group, "title", {}, text=_tooltip(box.node, box.card, status))
    _card(group, box, box.node)
    _texts(group, box, box.card)
    icon(group, kind_icon(box.node), x=box.x + PADDING, y=box.y + PADDING - 2, kind="kind")
    if box.card.status_line:
        _status(group, box, box.card, status)


def _classes(box: Box, node: Node, status: NodeStatus | None) -> str:
    found = [str(box.shape), str(node.kind), "conditional" if node.has_condition else ""]
    return " ".join([*filter(None, found), str(status.status) if status else "idle"])


def _tooltip(node: Node, card: Card, status: NodeStatus | None) -> str:
    said = [clean(node.name), clean(node.title), *card.marks, status_words(status) if status else ""]
    return "\n".join(filter(None, said))


def _dot(parent: Element, box: Box) -> None:
    x, y, half = box.x + box.width / 2, box.y + box.height / 2, box.width / 2
    group = add(parent, "g", {"class": f"box {box.shape}", "data-place": box.place})
    add(group, "title", {}, text=str(box.shape))
    if box.shape is Shape.END:
        add(group, "circle", {"class": "ring", "cx": x, "cy": y, "r": half - 1})
    add(group, "circle", {"class": "dot", "cx": x, "cy": y, "r": half - (4 if box.shape is Shape.END else 2)})


def _card(group: Element, box: Box, node: Node) -> None:
    """Draw the box itself; a map looks like a stack of them."""
    for shift in (_STACK, 0) if node.each is not None else (0,):
        size = {"x": box.x + shift, "y": box.y + shift, "width": box.width, "height": box.height, "rx": _ROUND}
        add(group, "rect", {"class": "card", **size})


def _texts(group: Element, box: Box, card: Card) -> None:
    y = box.y + PADDING + NAME_LINE - 9
    add(group, "text", {"class": "name", "x": box.x + PADDING + ICON + 8, "y": y}, text=card.name)
    for line in (*card.title, *card.marks):
        y += TEXT_LINE
        add(group, "text", {"x": box.x + PADDING, "y": y + 2}, text=line)


def _status(group: Element, box: Box, card: Card, status: NodeStatus | None) -> None:
    """Draw icon and words of a status in the line that the card keeps for it, with a bar for the items of a map."""
    top = box.y + card.height - STATUS_LINE - 2
    if status is None:
        add(group, "text", {"x": box.x + PADDING, "y": top + 12}, text=NOT_REACHED)
        return
    left, right = box.x + PADDING + ICON + 2, box.x + box.width - PADDING
    words = cut(status_words(status), width_max=(right - left) / _BOLD)
    icon(group, STATUS[status.status], x=box.x + PADDING - 2, y=top, kind="state")
    add(group, "text", {"class": "word", "x": left, "y": top + 12}, text=words)
    bar = left + text_width(words) * _BOLD + 8
    room = min(_BAR_WIDTH, right - bar)
    if status.items_total and room >= _BAR_WIDTH_MIN:
        size = {"x": bar, "y": top + 6, "height": _BAR_HEIGHT, "rx": _BAR_HEIGHT / 2}
        share = min(1.0, status.items_done / status.items_total)
        add(group, "rect", {"class": "bar", "opacity": 0.3, "width": room, **size})
        add(group, "rect", {"class": "bar", "width": room * share, **size})
