"""Where everything of a picture is: boxes, lines and the words on them.

Nested graphs are laid out on their own and take the room of one box in the graph around them. Lines bend only between
rows and run straight past the boxes of a row, so that no line crosses a box.
"""

import itertools
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace

from podium.draw import route
from podium.draw.arrows import Arrow
from podium.draw.card import PADDING, chip_text
from podium.draw.layers import Layering, layering
from podium.draw.overlay import place_in
from podium.draw.picture import Box, Chip, Layout, Line, Point
from podium.draw.sketch import LOOP_PITCH, LOOP_WIDTH, Setting, Sketch, chip_width, sketch
from podium.draw.spread import Extent, Link, spread, straighten
from podium.graph.nodes import Graph, OnFailure

MARGIN = 16.0

_GAP = 26.0
_BEND = Extent(3.0, 3.0, 0.0)
_STRAIGHT = 8.0
"""How much straighter the middle of a long line wants to be than its ends."""


def lay_out(graph: Graph, *, status_line: bool = False, fold: Collection[str] = ()) -> Layout:
    """Return where everything is, in pixels; the same graph always gives the same layout.

    Args:
        graph: The root graph.
        status_line: Keep a line free in every box for how a run stands.
        fold: Places whose nested graphs are left out: a box says how many steps it holds.
    """
    compensates = graph.on_failure is OnFailure.COMPENSATE
    setting = Setting(scope="", depth=0, compensates=compensates, status_line=status_line, fold=frozenset(fold))
    inner = _laid_out(graph, setting)
    moved = _moved(inner, MARGIN, MARGIN)
    return replace(moved, width=inner.width + 2 * MARGIN, height=inner.height + 2 * MARGIN)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Placed:
    """Everything that decides where boxes and lines of one graph are."""

    plan: Sketch
    setting: Setting
    inside: Mapping[str, Layout]
    frame: route.Frame
    rows: route.Bands

    def middle(self, vertex: int) -> Point:
        """Return the middle of a vertex."""
        row = self.frame.row[vertex]
        return self.frame.x[vertex], (self.rows.tops[row] + self.rows.bottoms[row]) / 2

    def box(self, vertex: int) -> Box:
        """Return a box at its place."""
        box, (x, y) = self.plan.boxes[vertex], self.middle(vertex)
        return replace(box, x=x - box.width / 2, y=y - box.height / 2)


def _laid_out(graph: Graph, setting: Setting) -> Layout:
    inside = {name: _inside(name, graph, setting) for name, node in graph.nodes.items() if setting.is_open(node)}
    plan = sketch(graph, setting, inside=inside)
    layers = layering(len(plan.extents), plan.edges())
    frame = _frame(plan, layers)
    paths = list(_paths(plan, layers))
    xs = route.across(paths, frame)
    heights = [max(frame.extents[vertex].height for vertex in row) for row in layers.rows]
    rows = route.bands(paths, xs, frame=frame, heights=heights)
    placed = _Placed(plan=plan, setting=setting, inside=inside, frame=frame, rows=rows)
    ways = [route.points(path, x, frame=frame, rows=rows) for path, x in zip(paths, xs, strict=True)]
    return Layout(
        width=max((frame.x[vertex] + extent.right for vertex, extent in enumerate(frame.extents)), default=0.0),
        height=max(rows.bottoms, default=0.0),
        boxes=tuple(_boxes(placed)),
        lines=tuple(_lines(placed, ways)),
    )


def _inside(name: str, graph: Graph, setting: Setting) -> Layout:
    child = graph.nodes[name].child
    assert child is not None, name
    return _laid_out(child, replace(setting, scope=place_in(setting.scope, name), depth=setting.depth + 1))


def _frame(plan: Sketch, layers: Layering) -> route.Frame:
    extents = [*plan.extents, *([_BEND] * (len(layers.wish) - len(plan.extents)))]
    row = {vertex: at for at, vertices in enumerate(layers.rows) for vertex in vertices}
    links = []
    for edge in {edge for chain in layers.chains for edge in itertools.pairwise(chain)}:
        bends = sum(vertex >= len(plan.boxes) for vertex in edge)
        links.append(Link(*edge, _STRAIGHT**bends))
    pitch = _GAP + 2 * max((extent.left for extent in extents), default=0.0)
    wish = [x * pitch for x in layers.wish]
    x = spread(layers.rows, wish=wish, extents=extents, links=sorted(links), gap=_GAP)
    x = straighten(x, layers.rows, chains=_bends(plan, layers), extents=extents, gap=_GAP)
    return route.Frame(row=row, x=x, extents=extents, boxes=len(plan.boxes))


def _bends(plan: Sketch, layers: Layering) -> list[list[int]]:
    """Return what lies between the boxes of each way: bends and words, which look best in one line."""
    return [[vertex for vertex in path if vertex >= len(plan.boxes)] for path in _paths(plan, layers)]


def _paths(plan: Sketch, layers: Layering) -> Iterator[tuple[int, ...]]:
    """Put the chains of each way together: all vertices that it touches, bends included, from top to bottom."""
    chains = iter(layers.chains)
    for way in plan.ways:
        pieces = [next(chains) for _ in way.stations[1:]]
        yield (pieces[0][0], *(vertex for piece in pieces for vertex in piece[1:]))


def _boxes(placed: _Placed) -> Iterator[Box]:
    for vertex in range(len(placed.plan.boxes)):
        box = placed.box(vertex)
        yield box
        if box.node is not None and box.node.name in placed.inside:
            yield from _within(box, placed).boxes


def _lines(placed: _Placed, ways: list[list[Point]]) -> Iterator[Line]:
    for way, points in zip(placed.plan.ways, ways, strict=True):
        chip = _chip(way.arrow, *placed.middle(way.stations[1])) if way.arrow.labels else None
        yield _line(way.arrow, points[::-1] if way.is_upward else points, scope=placed.setting.scope, chip=chip)
    for vertex, box in enumerate(placed.plan.boxes):
        if box.node is not None:
            yield from _loops(placed.plan.loops[box.node.name], placed.box(vertex), scope=placed.setting.scope)
        if box.node is not None and box.node.name in placed.inside:
            yield from _within(placed.box(vertex), placed).lines


def _within(box: Box, placed: _Placed) -> Layout:
    """Return the layout inside a box, in the middle under its text."""
    assert box.node is not None, box.place
    inner = placed.inside[box.node.name]
    return _moved(inner, box.x + (box.width - inner.width) / 2, box.y + box.height - PADDING - inner.height)


def _loops(loops: tuple[Arrow, ...], box: Box, *, scope: str) -> Iterator[Line]:
    right, first = box.x + box.width, box.y + box.height / 2 - (len(loops) - 1) * LOOP_PITCH / 2
    for at, arrow in enumerate(loops):
        y = first + at * LOOP_PITCH
        chip = _chip(arrow, right + LOOP_WIDTH + chip_width(arrow) / 2, y) if arrow.labels else None
        ends = [(right, y - LOOP_PITCH / 4), (right, y + LOOP_PITCH / 4)]
        yield _line(arrow, ends, scope=scope, chip=chip)


def _line(arrow: Arrow, points: list[Point], *, scope: str, chip: Chip | None) -> Line:
    ends = place_in(scope, arrow.source), place_in(scope, arrow.target)
    return Line(source=ends[0], target=ends[1], kind=arrow.kind, points=tuple(points), chip=chip)


def _chip(arrow: Arrow, x: float, y: float) -> Chip:
    return Chip(text=chip_text(arrow.labels), x=x, y=y, width=chip_width(arrow))


def _moved(layout: Layout, x: float, y: float) -> Layout:
    boxes = tuple(replace(box, x=box.x + x, y=box.y + y) for box in layout.boxes)
    lines = tuple(
        replace(
            line,
            points=tuple((px + x, py + y) for px, py in line.points),
            chip=line.chip and replace(line.chip, x=line.chip.x + x, y=line.chip.y + y),
        )
        for line in layout.lines
    )
    return replace(layout, boxes=boxes, lines=lines)
