"""The ways of lines between rows of boxes: where they leave a box, where they bend, where they arrive."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from podium.draw.picture import Point
from podium.draw.spread import Extent, apart

Path = Sequence[int]
"""Vertices in neighbouring rows; the first and the last are boxes."""

_PORT_GAP = 14.0
_CORNER = 14.0
"""Lines keep this far from the corners of a box."""
_GAP_MIN, _GAP_MAX = 26.0, 64.0
_STEEP = 0.09
"""How much room between rows a line gets for each pixel that it goes across."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """Where vertices are.

    Attributes:
        row: Of each vertex.
        x: Middle of each vertex.
        extents: Of each vertex; a box is twice `left` wide.
        boxes: How many of the vertices, the first ones, are boxes.
    """

    row: Mapping[int, int]
    x: Sequence[float]
    extents: Sequence[Extent]
    boxes: int

    def side(self, vertex: int) -> tuple[float, float]:
        """Return from where to where lines may touch a vertex, across; a bend only in its middle."""
        room = max(0.0, self.extents[vertex].left - _CORNER) if vertex < self.boxes else 0.0
        return self.x[vertex] - room, self.x[vertex] + room


@dataclass(frozen=True, slots=True, kw_only=True)
class Bands:
    """Where rows begin and end, down."""

    tops: Sequence[float]
    bottoms: Sequence[float]

    def edge(self, row: int, *, towards: int) -> float:
        """Return the edge of `row` that looks to another row."""
        return self.bottoms[row] if towards > row else self.tops[row]


def across(paths: Sequence[Path], frame: Frame) -> list[list[float]]:
    """Return where each path is across at each of its vertices; lines that share a side of a box stand apart."""
    found = [[frame.x[vertex] for vertex in path] for path in paths]
    sides: dict[tuple[int, bool], list[tuple[float, int, int]]] = {}
    for number, path in enumerate(paths):
        for end, neighbour in ((0, 1), (-1, -2)):
            is_below = frame.row[path[neighbour]] > frame.row[path[end]]
            sides.setdefault((path[end], is_below), []).append((frame.x[path[neighbour]], number, end))
    for (vertex, _), ends in sides.items():
        ends.sort()
        side = frame.side(vertex)
        wishes = [_wish(side, frame.side(paths[number][1 if end == 0 else -2])) for _, number, end in ends]
        for (_, number, end), port in zip(ends, _ports(wishes, side=side), strict=True):
            found[number][end] = port
    return found


def bands(paths: Sequence[Path], xs: Sequence[Sequence[float]], *, frame: Frame, heights: Sequence[float]) -> Bands:
    """Return where rows of the given heights lie, with more room between them where lines go far across."""
    farthest = [0.0] * len(heights)
    for path, line in zip(paths, xs, strict=True):
        for (a, b), (ax, bx) in zip(itertools.pairwise(path), itertools.pairwise(line), strict=True):
            upper = min(frame.row[a], frame.row[b])
            farthest[upper] = max(farthest[upper], abs(ax - bx))
    tops, top = [], 0.0
    for height, far in zip(heights, farthest, strict=True):
        tops.append(top)
        top += height + min(_GAP_MAX, _GAP_MIN + far * _STEEP)
    return Bands(tops=tops, bottoms=[top + height for top, height in zip(tops, heights, strict=True)])


def points(path: Path, line: Sequence[float], *, frame: Frame, rows: Bands) -> list[Point]:
    """Return the points of one line: straight down or up inside rows, from edge to edge between them."""
    found: list[Point] = []
    for at, (vertex, x) in enumerate(zip(path, line, strict=True)):
        row = frame.row[vertex]
        if at > 0:
            found.append((x, rows.edge(row, towards=frame.row[path[at - 1]])))
        if at in (0, len(path) - 1):
            beside = frame.row[path[1 if at == 0 else at - 1]]
            half = frame.extents[vertex].height / 2
            middle = (rows.tops[row] + rows.bottoms[row]) / 2
            found.append((x, middle + half if beside > row else middle - half))
        if at < len(path) - 1:
            found.append((x, rows.edge(row, towards=frame.row[path[at + 1]])))
    rounded = [(round(x, 1), round(y, 1)) for x, y in found]
    return [point for point, _ in itertools.groupby(rounded)]


def _wish(side: tuple[float, float], other: tuple[float, float]) -> float:
    """Return where a line to another side would best touch this one: straight across where they face each other."""
    low, high = max(side[0], other[0]), min(side[1], other[1])
    middle = (sum(side) + sum(other)) / 4
    if low <= high:
        return min(max(middle, low), high)
    return side[1] if other[0] > side[1] else side[0]


def _ports(wishes: Sequence[float], *, side: tuple[float, float]) -> list[float]:
    """Return where lines touch a side, as near to where they want to go as the side and one another let them."""
    low, high = side
    distance = min(_PORT_GAP, (high - low) / max(1, len(wishes) - 1))
    last = len(wishes) - 1
    free = apart([(wish, 1.0) for wish in wishes], [distance] * last)
    return [min(max(x, low + at * distance), high - (last - at) * distance) for at, x in enumerate(free)]
