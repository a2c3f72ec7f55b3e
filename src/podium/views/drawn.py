"""A graph laid out, as the picture that everybody draws."""

from collections.abc import Collection
from dataclasses import dataclass, field
from functools import lru_cache

from podium.draw.curves import curve, curve_back, middle
from podium.draw.icons import kind_icon
from podium.draw.layout import lay_out
from podium.draw.picture import Box, Line
from podium.draw.words import writes
from podium.graph.encode import graph_to_json
from podium.graph.nodes import Graph
from podium.views.picture import Picture, PictureBox, PictureLine

_KEPT_MAX = 64
"""So many pictures are remembered."""


def picture(graph: Graph, fold: Collection[str] = ()) -> Picture:
    """Return the picture of a graph and of those inside it.

    Args:
        graph: The root graph, plans put in (`draw.with_plans`).
        fold: Places whose nested graphs are not drawn; what is no such place counts for nothing.
    """
    return _picture(_Asked(graph_to_json(graph), frozenset(fold), graph))


@dataclass(frozen=True)
class _Asked:
    """A graph to draw: it is known by its text, which tells more than its hash does."""

    text: str
    fold: frozenset[str]
    graph: Graph = field(compare=False)


@lru_cache(maxsize=_KEPT_MAX)
def _picture(asked: _Asked) -> Picture:
    laid = lay_out(asked.graph, status_line=True, fold=asked.fold)
    return Picture(
        width=laid.width,
        height=laid.height,
        boxes=tuple(map(_box, laid.boxes)),
        lines=tuple(map(_line, laid.lines)),
        foldable=tuple(box.place for box in laid.boxes if box.node is not None and box.node.child is not None),
    )


def _box(box: Box) -> PictureBox:
    node, card = box.node, box.card
    at = PictureBox(
        place=box.place, shape=box.shape, x=box.x, y=box.y, width=box.width, height=box.height, depth=box.depth
    )
    if node is None or card is None:
        return at
    return at.model_copy(
        update={
            "kind": str(node.kind),
            "name": card.name,
            "lines": (*card.title, *card.marks),
            "icon": kind_icon(node),
            "writes": writes(node),
            "is_map": node.each is not None,
            "is_conditional": node.has_condition,
            "is_folded": box.is_folded,
        }
    )


def _line(line: Line) -> PictureLine:
    (path, head), (back_path, back_head), chip = curve(line), curve_back(line), line.chip
    x, y = middle(line)
    return PictureLine(
        source=line.source,
        target=line.target,
        kind=line.kind,
        line=path,
        head=head,
        back_line=back_path,
        back_head=back_head,
        label=chip.text if chip else "",
        label_x=x,
        label_y=y,
        label_width=chip.width if chip else 0,
        label_height=chip.height if chip else 0,
    )
