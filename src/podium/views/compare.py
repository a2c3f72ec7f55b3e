"""Two runs side by side."""

from enum import StrEnum

from podium.draw.overlay import Status
from podium.views.runs import RunRow
from podium.views.view import Value, View


class Difference(View):
    """A JSON Pointer where two values differ; None on the side where there is nothing."""

    pointer: str
    left: Value | None = None
    right: Value | None = None


class Side(StrEnum):
    """Who took a step."""

    BOTH = "both"
    LEFT = "left"
    RIGHT = "right"


class PathLine(View):
    """A step of either run, in the order of the longest way they share; times are running times."""

    address: str
    side: Side
    left_status: Status | None = None
    right_status: Status | None = None
    left_ms: int | None = None
    right_ms: int | None = None
    differs: bool = False
    """What it gave, or how it ended, is not the same."""


class Comparison(View):
    """Two runs: what they were given, which way they went, what they gave, how long it took."""

    left: RunRow
    right: RunRow
    same_graph: bool
    inputs: tuple[Difference, ...]
    outputs: tuple[Difference, ...]
    path: tuple[PathLine, ...]
    left_ms: int
    right_ms: int
