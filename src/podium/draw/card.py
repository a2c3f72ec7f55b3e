"""What is written in the box of a node, and how much room it takes with whatever font the reader has.

Fonts are named by family only, so widths are estimates on the wide side: text never leaves its box.
"""

import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from podium.draw.words import clean, marks
from podium.graph.nodes import Node, NodeKind

PADDING = 12
ICON = 16
NAME_LINE = 20
TEXT_LINE = 16
STATUS_LINE = 22
NAME_SIZE = 13
TEXT_SIZE = 11
CHIP_HEIGHT = 18

_WIDTH_MIN = 120
_STATUS_WIDTH_MIN = 184
_TEXT_WIDTH_MAX = 240
_NAME_CHARS_MAX = 48
_LABEL_CHARS_MAX = 60
_MONOSPACE_EM = 0.61
_NARROW = frozenset("iljtfrI.,:;'|!()[] ·")
_BROAD = frozenset("mwMW@%—…")


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """The text of a box, line by line.

    Attributes:
        name: The node's, cut where it is very long.
        title: The author's first line on it, on at most two lines, cut to fit; may be empty.
        marks: Lines of what is worth knowing of the node.
        status_line: One more line is kept free at the bottom, for how a run stands.
    """

    name: str
    title: tuple[str, ...]
    marks: tuple[str, ...]
    status_line: bool = False

    @property
    def width(self) -> float:
        """The width of the box around it."""
        name = ICON + 8 + len(self.name) * NAME_SIZE * _MONOSPACE_EM
        texts = [text_width(line) for line in (*self.title, *self.marks)]
        least = _STATUS_WIDTH_MIN if self.status_line else _WIDTH_MIN
        return max(least, 2 * PADDING + max([name, *texts]))

    @property
    def height(self) -> float:
        """The height of the box around it."""
        texts = len(self.title) + len(self.marks)
        return 2 * PADDING - 6 + NAME_LINE + texts * TEXT_LINE + self.status_line * STATUS_LINE


def card(node: Node, *, compensates: bool, status_line: bool, is_folded: bool = False) -> Card:
    """Return the text of a node's box; `is_folded`: what is inside it is not drawn, but counted."""
    title = _folded(clean(node.title))
    found = [cut(mark) for mark in marks(node, compensates=compensates)]
    found += [f"{len(node.child.nodes)} steps inside"] if is_folded and node.child is not None else []
    name = clean(node.name, chars_max=_NAME_CHARS_MAX)
    return Card(name=name, title=title, marks=_wrapped(found), status_line=status_line)


def chip_text(labels: tuple[str, ...]) -> str:
    """Return what is written on an arrow."""
    return clean(" / ".join(labels), chars_max=_LABEL_CHARS_MAX)


def text_width(text: str) -> float:
    """Return how wide proportional text is at most, in most fonts."""
    return TEXT_SIZE * sum(map(_em, text))


def cut(text: str, *, width_max: float = _TEXT_WIDTH_MAX) -> str:
    """Return as much of a text as fits, with an ellipsis where something is missing."""
    if text_width(text) <= width_max:
        return text
    while text and text_width(text) > width_max - TEXT_SIZE:
        text = text[:-1]
    return text.rstrip() + "…"


def is_container(node: Node) -> bool:
    """Return whether a box holds the boxes of a nested graph."""
    return node.kind in (NodeKind.WORKFLOW, NodeKind.PLAN) and node.child is not None


@lru_cache(maxsize=4_096)
def _em(char: str) -> float:
    if unicodedata.east_asian_width(char) in "WF":
        return 1.05
    if char in _NARROW:
        return 0.4
    return 1.0 if char in _BROAD else 0.72 if char.isupper() else 0.58


def _folded(text: str) -> tuple[str, ...]:
    """Break a title between words into two lines; what is left over is cut."""
    if not text:
        return ()
    words = text.split()
    count = len(words)
    while count > 1 and text_width(" ".join(words[:count])) > _TEXT_WIDTH_MAX:
        count -= 1
    return tuple(cut(" ".join(part)) for part in (words[:count], words[count:]) if part)


def _wrapped(found: list[str]) -> tuple[str, ...]:
    lines: list[str] = []
    for mark in found:
        longer = f"{lines[-1]} · {mark}" if lines else mark
        if lines and text_width(longer) <= _TEXT_WIDTH_MAX:
            lines[-1] = longer
        else:
            lines.append(mark)
    return tuple(lines)
