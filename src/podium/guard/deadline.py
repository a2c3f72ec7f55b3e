"""Bound how long a coroutine may take, on a clock that tests own."""

import asyncio
from types import TracebackType
from typing import Self

from podium.guard.clock import GuardClock


class Deadline:
    """An `async with` block that is cancelled after `ms` and then raises TimeoutError.

    A cancel from outside wins over the time-out when both come at once, as in `asyncio.timeout`, whose manners these
    are; that one takes its time from the event loop.
    """

    __slots__ = ("_cancels", "_clock", "_expired", "_ms", "_task", "_timer")

    def __init__(self, clock: GuardClock, ms: int) -> None:
        self._clock, self._ms = clock, ms
        self._expired = False

    async def __aenter__(self) -> Self:
        task = asyncio.current_task()
        assert task is not None, "a deadline needs a task"
        self._task, self._cancels = task, task.cancelling()
        self._timer = self._clock.call_at(self._clock.now_ms() + self._ms, self._expire)
        return self

    def _expire(self) -> None:
        self._expired = True
        self._task.cancel()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        del error, trace
        self._timer.cancel()
        if self._expired and self._task.uncancel() <= self._cancels and kind is asyncio.CancelledError:
            message = f"no answer within {self._ms} ms"
            raise TimeoutError(message)
