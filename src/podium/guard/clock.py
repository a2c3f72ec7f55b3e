"""Time as the guards need it: the engine's clock, or a test's."""

from collections.abc import Callable
from typing import Protocol, TypeAlias


class Cancellable(Protocol):
    """A call to come."""

    def cancel(self) -> None:
        """Do not make it."""


class GuardClock(Protocol):
    """Wall time for what others say and read, monotonic time for what we measure."""

    def now_ms(self) -> int:
        """Return wall time in ms since 1970 UTC."""

    def mono_ms(self) -> int:
        """Return ms since some moment; they only go on, whatever becomes of the wall clock."""

    def call_at(self, at_ms: int, callback: Callable[[], None]) -> Cancellable:
        """Call back at or soon after `at_ms` of wall time."""

    async def sleep(self, ms: int) -> None:
        """Wait."""


Share: TypeAlias = Callable[[], float]
"""Draws from [0, 1): chance, from outside, so that tests own it."""
