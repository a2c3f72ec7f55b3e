"""A run along time: bars, the chain of bars that decided how long it took, and stretches in which nothing happened."""

from enum import StrEnum

from podium.draw.overlay import Status
from podium.views.view import View


class Span(StrEnum):
    """What a stretch of a bar was spent with."""

    QUEUED = "queued"
    """It was due, and nobody had begun it: no room, no worker."""
    RUNNING = "running"
    """Its code ran, or a call was under way."""
    WAITING = "waiting"
    """For a person, a signal, a time, or a decision about what is parked."""
    BACKING_OFF = "backing_off"
    """Between two attempts."""


class BarPart(View):
    """A stretch of a bar; `ended_at` None: it goes on."""

    span: Span
    began_at: int
    ended_at: int | None = None


class Bar(View):
    """An attempt of a step.

    Attributes:
        address: The step.
        attempt: Which, from 1.
        status: How it ended, or stands.
        parts: What its time was spent with, in order, without gaps.
        is_critical: On the chain that decided when the run ended.
    """

    address: str
    attempt: int
    status: Status
    parts: tuple[BarPart, ...]
    is_critical: bool = False


class Gap(View):
    """A stretch in which nothing ran, to be drawn short."""

    began_at: int
    ended_at: int


class Timeline(View):
    """Bars in the order in which they began.

    Attributes:
        began_at, ended_at: Of the run; None while it goes on.
        critical: Addresses of the steps that decided when it ended, first to last.
        critical_ms: The sum of their running time.
        gaps: Those of at least a tenth of the whole and a second.
    """

    began_at: int
    ended_at: int | None
    bars: tuple[Bar, ...]
    critical: tuple[str, ...] = ()
    critical_ms: int = 0
    gaps: tuple[Gap, ...] = ()
