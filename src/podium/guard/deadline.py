"""Bound how long a coroutine may take. A deadline inside another can only be earlier."""

import asyncio
from contextvars import ContextVar, Token
from types import TracebackType
from typing import Final, Self

from podium.guard.wheel import Wheel

RESERVE_MS = 50
"""What an attempt leaves of the time around it, for whoever has to deal with its end."""

ATTEMPT_MS_MIN = 100
"""An attempt that has less time than this is not begun."""

_EXPIRED = -1
"""The tick of a deadline whose time is up."""


class Deadline:
    """A `with` block that is cancelled after `ms` and then raises TimeoutError.

    A cancel from outside wins over the time-out when both come at once, as in `asyncio.timeout`, whose manners these
    are; that one takes its time from the event loop, and a timer for each.

    Attributes:
        at_ms: When, on the monotonic clock; the outer one's, where that is earlier.

    Args:
        wheel: Time.
        ms: How long the block may take.
        shrinks: False: it has its whole time, whatever is left of an outer one.
        now_ms: The time, where the caller knows it.
    """

    __slots__ = ("_cancels", "_ms", "_shrinks", "_task", "_token", "at_ms", "tick", "wheel")

    def __init__(self, wheel: Wheel, ms: int, *, shrinks: bool = True, now_ms: int | None = None) -> None:
        self.wheel, self._ms, self._shrinks = wheel, ms, shrinks
        self.at_ms = (wheel.clock.mono_ms() if now_ms is None else now_ms) + ms
        self.tick = 0

    def __enter__(self) -> Self:
        task = asyncio.current_task()
        assert task is not None, "a deadline needs a task"
        self._task, self._cancels = task, task.cancelling()
        now_ms, outer = self.at_ms - self._ms, _DEADLINE.get()
        if outer is not None and self._shrinks and outer.at_ms < self.at_ms:
            self.at_ms = outer.at_ms
        self._token: Token[Deadline | None] = _DEADLINE.set(self)
        self.wheel.add(self, now_ms)
        return self

    def expire(self) -> None:
        """Cancel the block."""
        self.tick = _EXPIRED
        self._task.cancel()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        _DEADLINE.reset(self._token)
        self.wheel.discard(self)
        if self.tick == _EXPIRED and self._task.uncancel() <= self._cancels and kind is asyncio.CancelledError:
            message = f"no answer within {self._ms} ms"
            raise TimeoutError(message)


_DEADLINE: Final[ContextVar[Deadline | None]] = ContextVar("podium_deadline", default=None)
"""The innermost deadline of what is running."""


def begin_anew() -> None:
    """Run from here on without any deadline around: what begins now is no part of what began it."""
    _DEADLINE.set(None)


def deadline_ms() -> int | None:
    """Return when the innermost deadline around the caller is, on the monotonic clock; None where there is none."""
    deadline = _DEADLINE.get()
    return None if deadline is None else deadline.at_ms


def remaining_ms() -> int | None:
    """Return how much time is left to whatever runs now, to be told to those it calls; None for as long as it takes."""
    deadline = _DEADLINE.get()
    return None if deadline is None else max(0, deadline.at_ms - deadline.wheel.clock.mono_ms())
