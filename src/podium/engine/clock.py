"""Time as it is. Tests use `podium.testing.FakeClock`."""

import asyncio
from collections.abc import Callable
from time import monotonic_ns, time_ns

_NS_PER_MS = 1_000_000


class SystemClock:
    """Wall time, and the event loop's timers."""

    def now_ms(self) -> int:
        """Return wall time in ms since 1970 UTC."""
        return time_ns() // _NS_PER_MS

    def mono_ms(self) -> int:
        """Return a time that only goes on, whatever becomes of the wall clock."""
        return monotonic_ns() // _NS_PER_MS

    def call_at(self, at_ms: int, callback: Callable[[], None]) -> asyncio.TimerHandle:
        """Call back at or soon after `at_ms`; a jump of the wall clock is met by the periodic recovery."""
        return asyncio.get_running_loop().call_later(max(0, at_ms - self.now_ms()) / 1000, callback)

    def poll_at(self, at_ms: int, callback: Callable[[], None]) -> asyncio.TimerHandle:
        """Call back as `call_at` does."""
        return self.call_at(at_ms, callback)

    async def sleep(self, ms: int) -> None:
        """Wait."""
        await asyncio.sleep(ms / 1000)
