"""The nouns of a laid-out picture, in pixels; y grows downwards. Whoever draws needs nothing else."""

from dataclasses import dataclass
from enum import StrEnum

from podium.draw.arrows import ArrowKind
from podium.draw.card import CHIP_HEIGHT, Card
from podium.graph.nodes import Node

Point = tuple[float, float]


class Shape(StrEnum):
    """What a box stands for."""

    START = "start"
    END = "end"
    NODE = "node"
    CONTAINER = "container"
    """A node that holds the boxes of a nested graph."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """One box.

    Attributes:
        place: Node names from the root graph down, joined by "/"; START and END like names.
        shape: What it stands for.
        x: Left edge; y, its top edge, grows downwards.
        y: See x.
        width: Across.
        height: Down.
        depth: How many boxes it lies in.
        node: What is drawn; None for START and END.
        card: What is written in it; None for START and END.
        is_folded: It holds a nested graph that is not drawn.
    """

    place: str
    shape: Shape
    x: float
    y: float
    width: float
    height: float
    depth: int = 0
    node: Node | None = None
    card: Card | None = None
    is_folded: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Chip:
    """The words on a line, in a box of their own around the middle (x, y)."""

    text: str
    x: float
    y: float
    width: float
    height: float = CHIP_HEIGHT


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One arrow as a line.

    Attributes:
        source: Place where it starts.
        target: Place where it ends.
        kind: Why it is there.
        points: From source to target, as (x, y). Two for a line from a box to itself, on its right edge.
        chip: The words on it.
    """

    source: str
    target: str
    kind: ArrowKind
    points: tuple[Point, ...]
    chip: Chip | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """A whole picture: boxes from outer to inner, in the author's order, and lines; everything is on the canvas."""

    width: float
    height: float
    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]
