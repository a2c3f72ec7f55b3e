"""Lines of an SVG: curves between rows of boxes, their heads, and the words on them."""

import itertools
from xml.etree.ElementTree import Element  # builds, never parses

from podium.draw.picture import Chip, Line, Point
from podium.draw.sketch import LOOP_WIDTH
from podium.draw.svg_parts import add, number
from podium.draw.words import clean

_HEAD = 7.0
_HEAD_HALF = 4.0
_CHIP_ROUND = 9


def add_line(parent: Element, line: Line, *, is_taken: bool) -> None:
    """Draw a line with its head and words; taken ones are bolder."""
    classes = f"line {line.kind}" + (" taken" if is_taken else "")
    ends = {"data-from": line.source, "data-to": line.target}
    group = add(parent, "g", {"class": classes, **ends})
    add(group, "title", {}, text=_tooltip(line, is_taken=is_taken))
    path, head = _loop(line.points) if line.source == line.target else _curve(line.points)
    add(group, "path", {"class": "edge", "d": path})
    add(group, "path", {"class": "head", "d": head})


def add_chip(parent: Element, line: Line, chip: Chip) -> None:
    """Draw the words on a line, above every box and line."""
    group = add(parent, "g", {"class": f"{line.kind}"})
    chip_group = add(group, "g", {"class": "chip"})
    size = {"width": chip.width, "height": chip.height, "rx": _CHIP_ROUND}
    add(chip_group, "rect", {"x": chip.x - chip.width / 2, "y": chip.y - chip.height / 2, **size})
    add(chip_group, "text", {"x": chip.x, "y": chip.y + 4}, text=chip.text)


def _tooltip(line: Line, *, is_taken: bool) -> str:
    names = f"{clean(line.source)} → {clean(line.target)}"
    return f"{names} ({line.kind}{', taken' if is_taken else ''})" + (f": {line.chip.text}" if line.chip else "")


def _curve(points: tuple[Point, ...]) -> tuple[str, str]:
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
    out = x + LOOP_WIDTH
    path = f"M{_at(x, start)}C{_at(out, start - 6)} {_at(out, end + 6)} {_at(x + _HEAD, end)}"
    return path, f"M{_at(x, end)}L{_at(x + _HEAD, end - _HEAD_HALF)} {_at(x + _HEAD, end + _HEAD_HALF)}z"


def _at(x: float, y: float) -> str:
    return f"{number(x)} {number(y)}"
