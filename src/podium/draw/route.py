"""The ways of lines between rows of boxes: where they leave a box, where they bend, where they arrive."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from podium.draw.picture import Point
from podium.draw.spread import Extent, apart

Path = Sequence[int]
"""Vertices in neighbouring rows, from top to bottom; the first and the last are boxes."""

_ENDS = {0: 1, -1: -2}
"""Both ends of a path, and what is next to them."""
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


def across(paths: Sequence[Path], frame: Frame) -> list[list[float]]:
    """Return where each path is across at each of its vertices; lines that share a side of a box stand apart."""
    found = [[frame.x[vertex] for vertex in path] for path in paths]
    sides: dict[tuple[int, int], list[tuple[float, int]]] = {}
    for number, path in enumerate(paths):
        for end, neighbour in _ENDS.items():
            sides.setdefault((path[end], end), []).append((frame.x[path[neighbour]], number))
    for (vertex, end), touching in sides.items():
        numbers = [number for _, number in sorted(touching)]
        wishes = [_wish(frame.side(vertex), frame.side(paths[number][_ENDS[end]])) for number in numbers]
        for number, port in zip(numbers, _ports(wishes, side=frame.side(vertex)), strict=True):
            found[number][end] = port
    return found


def bands(paths: Sequence[Path], xs: Sequence[Sequence[float]], *, frame: Frame, heights: Sequence[float]) -> Bands:
    """Return where rows of the given heights lie, with more room between them where lines go far across."""
    farthest = [0.0] * len(heights)
    for path, line in zip(paths, xs, strict=True):
        for vertex, (upper, lower) in zip(path, itertools.pairwise(line), strict=False):
            row = frame.row[vertex]
            farthest[row] = max(farthest[row], abs(upper - lower))
    tops, top = [], 0.0
    for height, far in zip(heights, farthest, strict=True):
        tops.append(top)
        top += height + min(_GAP_MAX, _GAP_MIN + far * _STEEP)
    return Bands(tops=tops, bottoms=[top + height for top, height in zip(tops, heights, strict=True)])


def points(path: Path, line: Sequence[float], *, frame: Frame, rows: Bands) -> list[Point]:
    """Return the points of one line: straight down inside rows, from edge to edge between them."""
    found: list[Point] = []
    last = len(path) - 1
    for at, (vertex, x) in enumerate(zip(path, line, strict=True)):
        row = frame.row[vertex]
        middle, half = (rows.tops[row] + rows.bottoms[row]) / 2, frame.extents[vertex].height / 2
        found.append((x, rows.tops[row] if at > 0 else middle + half))
        found.append((x, rows.bottoms[row] if at < last else middle - half))
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
