"""A graph as vertices and edges with sizes, before anything has a place: boxes, and words on lines between them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from podium.draw.arrows import Arrow, ArrowKind, arrows, backward
from podium.draw.card import CHIP_HEIGHT, PADDING, card, chip_text, is_container, text_width
from podium.draw.layers import Edge
from podium.draw.overlay import place_in
from podium.draw.picture import Box, Layout, Shape
from podium.draw.spread import Extent
from podium.graph.nodes import END, START, Graph, Node

LOOP_WIDTH = 30.0
LOOP_PITCH = 26.0

_DOT = 16.0
_CHIP_PADDING = 7.0
_CHIP_MARGIN = 4.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """Where a graph stands in the picture, and how the whole is drawn; `fold`: see `layout.lay_out`."""

    scope: str
    depth: int
    compensates: bool
    status_line: bool
    fold: frozenset[str] = frozenset()

    def is_open(self, node: Node) -> bool:
        """Claim that a node's box holds the boxes of a nested graph."""
        return is_container(node) and place_in(self.scope, node.name) not in self.fold


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """An arrow between two boxes.

    Attributes:
        arrow: What is drawn.
        stations: The vertices it touches, from top to bottom: two boxes, between them its words where it has any.
        is_upward: It is drawn from the last station to the first.
    """

    arrow: Arrow
    stations: tuple[int, ...]
    is_upward: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Sketch:
    """What there is to place.

    Attributes:
        boxes: Vertices 0 to the count of boxes - 1; at no place yet.
        extents: Of all vertices: boxes, then words.
        ways: Arrows between boxes.
        loops: Arrows from a box to itself, by the name of the box.
    """

    boxes: tuple[Box, ...]
    extents: tuple[Extent, ...]
    ways: tuple[Way, ...]
    loops: Mapping[str, tuple[Arrow, ...]]

    def edges(self) -> list[Edge]:
        """Return what the ways are made of: acyclic, no two with the same ends."""
        return [edge for way in self.ways for edge in zip(way.stations, way.stations[1:], strict=False)]


def sketch(graph: Graph, setting: Setting, *, inside: Mapping[str, Layout]) -> Sketch:
    """Return what there is to place of `graph`; `inside` are the layouts of nested graphs, by node."""
    drawn = arrows(graph, compensates=setting.compensates)
    around = [arrow for arrow in drawn if arrow.source == arrow.target]
    loops = {name: tuple(arrow for arrow in around if arrow.source == name) for name in graph.nodes}
    names = [START] * any(arrow.source == START for arrow in drawn) + [*graph.nodes]
    names += [END] * any(arrow.target == END for arrow in drawn)
    boxes = [_box(name, graph, setting, inside=inside.get(name), loops=len(loops.get(name, ()))) for name in names]
    extents = [_extent(box, loops.get(name, ())) for name, box in zip(names, boxes, strict=True)]
    between = [arrow for arrow in drawn if arrow.source != arrow.target]
    ways, words = _ways(between, {name: vertex for vertex, name in enumerate(names)})
    return Sketch(boxes=tuple(boxes), extents=(*extents, *words), ways=tuple(ways), loops=loops)


def chip_width(arrow: Arrow) -> float:
    """Return how wide the words on an arrow are, with their frame; 0 without words."""
    return text_width(chip_text(arrow.labels)) + 2 * _CHIP_PADDING if arrow.labels else 0.0


def _box(name: str, graph: Graph, setting: Setting, *, inside: Layout | None, loops: int) -> Box:
    place = place_in(setting.scope, name)
    node = graph.nodes.get(name)
    if node is None:
        shape = Shape.START if name == START else Shape.END
        return Box(place=place, shape=shape, x=0, y=0, width=_DOT, height=_DOT, depth=setting.depth)
    is_folded = is_container(node) and inside is None
    text = card(node, compensates=setting.compensates, status_line=setting.status_line, is_folded=is_folded)
    width, height = text.width, max(text.height, LOOP_PITCH * loops)
    if inside is not None:
        width, height = max(width, inside.width + 2 * PADDING), text.height + inside.height + PADDING
    shape = Shape.NODE if inside is None else Shape.CONTAINER
    return Box(
        place=place,
        shape=shape,
        x=0,
        y=0,
        width=width,
        height=height,
        depth=setting.depth,
        node=node,
        card=text,
        is_folded=is_folded,
    )


def _extent(box: Box, loops: Sequence[Arrow]) -> Extent:
    beside = max((LOOP_WIDTH + chip_width(loop) for loop in loops), default=0.0)
    return Extent(box.width / 2, box.width / 2 + beside, box.height)


def _ways(between: Sequence[Arrow], number: Mapping[str, int]) -> tuple[list[Way], list[Extent]]:
    """Return ways, and the extents of the words on them, which are numbered after the boxes.

    A second way between the same boxes gets a place for words too, so that it does not lie on the first.
    """
    upward = _upward(between)
    ways: list[Way] = []
    words: list[Extent] = []
    joined: set[frozenset[int]] = set()
    for at, arrow in enumerate(between):
        ends = (number[arrow.source], number[arrow.target])
        upper, lower = ends[::-1] if at in upward else ends
        stations: tuple[int, ...] = (upper, lower)
        if arrow.labels or frozenset(ends) in joined:
            stations = (upper, len(number) + len(words), lower)
            half = max(chip_width(arrow), 2 * _CHIP_MARGIN) / 2
            words.append(Extent(half, half, CHIP_HEIGHT if arrow.labels else 0.0))
        else:
            joined.add(frozenset(ends))
        ways.append(Way(arrow=arrow, stations=stations, is_upward=at in upward))
    return ways, words


def _upward(between: Sequence[Arrow]) -> frozenset[int]:
    """Return the positions of arrows drawn upwards: ways back of a compensation, and those that close a cycle."""
    forward = [at for at, arrow in enumerate(between) if arrow.kind is not ArrowKind.UNDO]
    closing = backward([(between[at].source, between[at].target) for at in forward])
    back = (at for at, arrow in enumerate(between) if arrow.kind is ArrowKind.UNDO)
    return frozenset([*(forward[at] for at in closing), *back])
