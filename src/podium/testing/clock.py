"""A clock that stands still until a test moves it."""

import asyncio
import heapq
from collections.abc import Callable
from itertools import count

START_MS = 1_800_000_000_000
"""Where a fake clock begins: some time in 2027."""

_TURNS = 25


class FakeTimer:
    """A call to come."""

    def __init__(self, callback: Callable[[], None]) -> None:
        self.callback: Callable[[], None] | None = callback

    def cancel(self) -> None:
        """Do not make it."""
        self.callback = None


class FakeClock:
    """Time for tests: `Engine(…, clock=FakeClock())`. It implements `engine.ports.Clock`.

    Args:
        now_ms: Where it begins.
    """

    def __init__(self, now_ms: int = START_MS) -> None:
        self._now_ms = now_ms
        self._jumped_ms = 0
        self._order = count()
        self._timers: list[tuple[int, int, FakeTimer]] = []

    def now_ms(self) -> int:
        """Return the time, in ms since 1970 UTC."""
        return self._now_ms

    def mono_ms(self) -> int:
        """Return the time without the jumps of the wall clock."""
        return self._now_ms - self._jumped_ms

    def call_at(self, at_ms: int, callback: Callable[[], None]) -> FakeTimer:
        """Call back when a test moves the clock to `at_ms` or past it."""
        timer = FakeTimer(callback)
        heapq.heappush(self._timers, (at_ms, next(self._order), timer))
        return timer

    def poll_at(self, at_ms: int, callback: Callable[[], None]) -> FakeTimer:
        """Call back as `call_at` does."""
        return self.call_at(at_ms, callback)

    async def sleep(self, ms: int) -> None:
        """Wait until a test moves the clock by `ms`."""
        done = asyncio.Event()
        self.call_at(self._now_ms + ms, done.set)
        await done.wait()

    async def advance(self, ms: int) -> None:
        """Move the clock by `ms`, making each call at its time and letting what follows run in between."""
        until = self._now_ms + ms
        while self._timers and self._timers[0][0] <= until:
            at_ms, _, timer = heapq.heappop(self._timers)
            self._now_ms = max(self._now_ms, at_ms)
            if timer.callback is not None:
                timer.callback()
                await _settle()
        self._now_ms = until
        await _settle()

    async def skip(self, ms: int) -> None:
        """Move the clock by `ms` at once, then make every call that came due: for days, where `advance` would tick."""
        self._now_ms += ms
        due = [entry for entry in self._timers if entry[0] <= self._now_ms]
        self._timers = [entry for entry in self._timers if entry[0] > self._now_ms]
        heapq.heapify(self._timers)
        for _, _, timer in sorted(due, key=lambda entry: entry[:2]):
            if timer.callback is not None:
                timer.callback()
                await _settle()

    def jump(self, ms: int) -> None:
        """Move the wall clock as an administrator would, back or forth, without making any call."""
        self._now_ms += ms
        self._jumped_ms += ms


async def _settle() -> None:
    """Give the event loop turns enough for what a timer set off; what waits for a disk is waited for by the test."""
    ready = getattr(asyncio.get_running_loop(), "_ready", True)  # asyncio's own; of another loop nobody can say
    for _ in range(_TURNS):
        await asyncio.sleep(0)
        if not ready:
            return
