"""Where an attempt runs: in the caller's task, in a task of its own, or in a thread.

Only the last two can be left behind: their caller goes on when their time is up, whether or not they end.
"""

import asyncio
import contextvars
import logging
from collections.abc import Callable
from concurrent.futures import Executor
from typing import Any

from podium.guard.wheel import Wheel

GRACE_MS = 1_000
"""How long a task that was cancelled may take to end before it is left behind."""

_LOG = logging.getLogger("podium.guard")


class InTask:
    """An async attempt in a task of its own.

    Attributes:
        left: The task, once it was left behind.
    """

    __slots__ = ("_make", "_name", "_wheel", "left")

    def __init__(self, make: Callable[[], Any], *, name: str, wheel: Wheel) -> None:
        self._make, self._name, self._wheel = make, name, wheel
        self.left: asyncio.Future[Any] | None = None

    async def run(self) -> Any:
        """Run it; where this is cancelled, the task is too, and left behind if it does not end within a second."""
        task: asyncio.Future[Any] = asyncio.ensure_future(self._make())
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            if not task.done():
                task.cancel()
                await self._grace(task)
            if task.done() and not task.cancelled():
                return task.result()  # it came through in the end, or says why it did not
            raise

    async def _grace(self, task: "asyncio.Future[Any]") -> None:
        alarm = _Alarm(self._wheel)
        try:
            await asyncio.wait((task, alarm.rung), return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._wheel.discard(alarm)
            if not task.done():
                self.left = task
                task.add_done_callback(_ended_late)
                _LOG.warning("an attempt of %s goes on although it was cancelled %s ms ago", self._name, GRACE_MS)


class _Alarm:
    """Rings when the grace is over."""

    __slots__ = ("at_ms", "rung", "tick")

    def __init__(self, wheel: Wheel) -> None:
        now_ms = wheel.clock.mono_ms()
        self.at_ms, self.tick = now_ms + GRACE_MS, 0
        self.rung: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        wheel.add(self, now_ms)

    def expire(self) -> None:
        self.rung.set_result(None)


class InThread:
    """A sync attempt.

    Attributes:
        left: Done when the thread is, once it was left behind.
    """

    __slots__ = ("_make", "_threads", "left")

    def __init__(self, make: Callable[[], Any], *, threads: Executor) -> None:
        self._make, self._threads = make, threads
        self.left: asyncio.Future[Any] | None = None

    async def run(self) -> Any:
        """Run it; where this is cancelled, the thread is left behind, as a thread can not be stopped."""
        context = contextvars.copy_context()
        future = self._threads.submit(context.run, self._make)
        try:
            return await asyncio.wrap_future(future)
        except asyncio.CancelledError:
            if not future.done():
                self.left = asyncio.wrap_future(future)
                self.left.add_done_callback(_ended_late)
            raise


def _ended_late(left: "asyncio.Future[Any]") -> None:
    """Take note of how it ended: nobody else does."""
    if not left.cancelled() and left.exception() is not None:
        _LOG.warning("an attempt that was left behind ended with %r", left.exception())
