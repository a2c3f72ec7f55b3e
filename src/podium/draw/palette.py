"""Colours of pictures, light and dark; every text keeps a contrast of 4.5 : 1 on what is behind it.

A status is never told by its colour alone: its word stands beside it, in pictures an icon too.
"""

from typing import NamedTuple

from podium.draw.arrows import ArrowKind
from podium.draw.overlay import Status


class Paint(NamedTuple):
    """Colours of one thing: what surrounds it and is written, and what fills it."""

    line: str
    fill: str


class Theme(NamedTuple):
    """The colours of a picture before a run is laid over it."""

    canvas: str
    card: str
    container: str
    border: str
    text: str
    faint: str


LIGHT = Theme("#ffffff", "#ffffff", "#f6f8fa", "#c4ccd4", "#1f2328", "#59636e")
DARK = Theme("#0d1117", "#161b22", "#11161d", "#3d444d", "#f0f6fc", "#9198a1")

ARROWS_LIGHT = {
    ArrowKind.NEXT: "#6e7781",
    ArrowKind.CHOICE: "#0969da",
    ArrowKind.CONDITION: "#6e7781",
    ArrowKind.ERROR: "#cf222e",
    ArrowKind.UNDO: "#8250df",
}
ARROWS_DARK = {
    ArrowKind.NEXT: "#8b949e",
    ArrowKind.CHOICE: "#58a6ff",
    ArrowKind.CONDITION: "#8b949e",
    ArrowKind.ERROR: "#ff7b72",
    ArrowKind.UNDO: "#bc8cff",
}

STATUS_LIGHT = {
    Status.WAITING: Paint("#8250df", "#fbefff"),
    Status.RUNNING: Paint("#0969da", "#ddf4ff"),
    Status.RETRYING: Paint("#8a5b00", "#fff8c5"),
    Status.DONE: Paint("#1a7f37", "#e6f8ea"),
    Status.FAILED: Paint("#c21c2c", "#ffebe9"),
    Status.SKIPPED: Paint("#59636e", "#f1f3f5"),
    Status.PARKED: Paint("#a84100", "#fff1e5"),
    Status.CANCELLED: Paint("#424a53", "#e9ecef"),
    Status.UNDOING: Paint("#a8327d", "#ffeff7"),
    Status.UNDONE: Paint("#a8327d", "#ffeff7"),
}
STATUS_DARK = {
    Status.WAITING: Paint("#bc8cff", "#271b3a"),
    Status.RUNNING: Paint("#58a6ff", "#0f2747"),
    Status.RETRYING: Paint("#e3b341", "#2e2407"),
    Status.DONE: Paint("#4ac26b", "#0f2a19"),
    Status.FAILED: Paint("#ff7b72", "#3b1418"),
    Status.SKIPPED: Paint("#9198a1", "#1c2128"),
    Status.PARKED: Paint("#ff9b56", "#371d0b"),
    Status.CANCELLED: Paint("#b1bac4", "#22272e"),
    Status.UNDOING: Paint("#f778ba", "#3a1529"),
    Status.UNDONE: Paint("#f778ba", "#3a1529"),
}
