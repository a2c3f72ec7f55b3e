"""The SVG paths of lines: curves between rows of boxes, and their heads. Nobody else computes one."""

import itertools

from podium.draw.picture import Line, Point
from podium.draw.sketch import LOOP_WIDTH
from podium.draw.svg_parts import number

_HEAD = 7.0
_HEAD_HALF = 4.0


def curve(line: Line) -> tuple[str, str]:
    """Return the path of a line, and that of its head."""
    return _loop(line.points) if line.source == line.target else _between(line.points)


def curve_back(line: Line) -> tuple[str, str]:
    """Return the same way from target to source: the path, and that of its head."""
    back = line.points[::-1]
    return _loop(back) if line.source == line.target else _between(back)


def middle(line: Line) -> Point:
    """Return a point in the middle of a line: of its words, where it has any."""
    if line.chip is not None:
        return line.chip.x, line.chip.y
    if line.source == line.target:
        (x, start), (_, end) = line.points
        return x + LOOP_WIDTH, (start + end) / 2
    at = len(line.points) // 2
    (ax, ay), (bx, by) = line.points[at - 1 : at + 1]
    return round((ax + bx) / 2, 1), round((ay + by) / 2, 1)


def _between(points: tuple[Point, ...]) -> tuple[str, str]:
    """Return the path through `points`, upright at each of them, and its head."""
    (_, before), (x, end) = points[-2:]
    down = 1.0 if end > before else -1.0
    through = [*points[:-1], (x, end - down * _HEAD)]
    pieces = [f"M{_at(*through[0])}"]
    for (ax, ay), (bx, by) in itertools.pairwise(through):
        middle = (ay + by) / 2
        pieces.append(f"V{number(by)}" if ax == bx else f"C{_at(ax, middle)} {_at(bx, middle)} {_at(bx, by)}")
    back = end - down * _HEAD
    return "".join(pieces), f"M{_at(x, end)}L{_at(x - _HEAD_HALF, back)} {_at(x + _HEAD_HALF, back)}z"


def _loop(points: tuple[Point, ...]) -> tuple[str, str]:
    """Return the path out of the right edge of a box and back into it, and its head."""
    (x, start), (_, end) = points
    out, bow = x + LOOP_WIDTH, 6 if end > start else -6
    path = f"M{_at(x, start)}C{_at(out, start - bow)} {_at(out, end + bow)} {_at(x + _HEAD, end)}"
    return path, f"M{_at(x, end)}L{_at(x + _HEAD, end - _HEAD_HALF)} {_at(x + _HEAD, end + _HEAD_HALF)}z"


def _at(x: float, y: float) -> str:
    return f"{number(x)} {number(y)}"
