"""Lines of an SVG: curves between rows of boxes, their heads, and the words on them."""

from xml.etree.ElementTree import Element  # builds, never parses

from podium.draw.arrows import ArrowKind
from podium.draw.card import CHIP_HEIGHT, text_width
from podium.draw.curves import curve, curve_back, middle
from podium.draw.icons import SIZE, STATUS
from podium.draw.overlay import Status
from podium.draw.picture import Chip, Line
from podium.draw.svg_parts import add, icon
from podium.draw.words import clean

_CHIP_ROUND = 9
_CHIP_PADDING = 7
_UNDONE = str(Status.UNDONE)


def add_line(parent: Element, line: Line, *, is_taken: bool) -> None:
    """Draw a line with its head; taken ones are bolder."""
    classes = f"line {line.kind}" + (" taken" if is_taken else "")
    ends = {"data-from": line.source, "data-to": line.target}
    group = add(parent, "g", {"class": classes, **ends})
    add(group, "title", {}, text=_tooltip(line, is_taken=is_taken))
    path, head = curve(line)
    add(group, "path", {"class": "edge", "d": path})
    add(group, "path", {"class": "head", "d": head})


def add_line_back(parent: Element, line: Line) -> None:
    """Draw over a line that compensation has gone back along it, with icon and word where it has none of its own."""
    group = add(parent, "g", {"class": f"line {ArrowKind.UNDO} taken"})
    add(group, "title", {}, text=f"{clean(line.target)} → {clean(line.source)} ({_UNDONE}, backwards)")
    path, head = curve_back(line)
    add(group, "path", {"class": "edge", "d": path})
    add(group, "path", {"class": "head", "d": head})
    if line.chip is None:
        beside, y = middle(line)
        width = SIZE + text_width(_UNDONE) + 2 * _CHIP_PADDING
        x = beside + width / 2 + _CHIP_PADDING
        chip = add(group, "g", {"class": "chip"})
        size = {"width": width, "height": CHIP_HEIGHT, "rx": _CHIP_ROUND}
        add(chip, "rect", {"x": x - width / 2, "y": y - CHIP_HEIGHT / 2, **size})
        icon(chip, STATUS[Status.UNDONE], x=x - width / 2 + _CHIP_PADDING / 2, y=y - SIZE / 2, kind="state")
        add(chip, "text", {"x": x + SIZE / 2, "y": y + 4}, text=_UNDONE)


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
