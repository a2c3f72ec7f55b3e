"""Policies as data: what an author may ask for around a step or a call. `guard/` carries them out."""

from dataclasses import dataclass
from datetime import timedelta
from typing import TypeAlias

Duration: TypeAlias = float | timedelta
"""Seconds as a bare number, or a timedelta."""


def seconds(count: float) -> timedelta:
    """Return `count` seconds."""
    return timedelta(seconds=count)


def minutes(count: float) -> timedelta:
    """Return `count` minutes."""
    return timedelta(minutes=count)


def hours(count: float) -> timedelta:
    """Return `count` hours."""
    return timedelta(hours=count)


def days(count: float) -> timedelta:
    """Return `count` days."""
    return timedelta(days=count)


def to_ms(duration: Duration) -> int:
    """Return `duration` in whole milliseconds."""
    in_seconds = duration.total_seconds() if isinstance(duration, timedelta) else duration
    return round(in_seconds * 1000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Retry:
    """How often to try, and how long to wait in between.

    The n-th wait is a uniformly drawn share of `min(cap, base * 2 ** (n - 1))`: full jitter, inside the cap.

    Attributes:
        attempts: Tries in all, the first included; at least 1.
        base: Longest first wait; doubles per try.
        cap: Longest wait of all.

    Source: "full jitter" in Brooker, Exponential Backoff And Jitter, 2015.
    """

    attempts: int = 3
    base: Duration = 0.05
    cap: Duration = 20.0

    def __post_init__(self) -> None:
        """Refuse what can not be meant."""
        if self.attempts < 1:
            message = f"Retry(attempts={self.attempts}): at least 1 is needed; attempts count the first try too"
            raise ValueError(message)
        if to_ms(self.base) < 0 or to_ms(self.cap) < to_ms(self.base):
            message = f"Retry(base={self.base!r}, cap={self.cap!r}): 0 <= base <= cap is needed"
            raise ValueError(message)


UNDO_RETRY = Retry(attempts=10, base=1, cap=minutes(5))
"""How a compensation is tried, whatever its tool's own policy says; the waits are durable timers."""
