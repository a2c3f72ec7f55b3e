"""Time as it is. Tests use `podium.testing.FakeClock`."""

import asyncio
import time
from typing import Protocol

_NS_PER_MS = 1_000_000


class Clock(Protocol):
    """What leases, expiry and waits are measured by."""

    def now_ms(self) -> int:
        """Return wall time, in ms since 1970 UTC; processes that share a file compare it."""

    async def sleep(self, ms: int) -> None:
        """Wait."""


class SystemClock:
    """Wall time, and the event loop's timers."""

    def now_ms(self) -> int:
        """See `Clock.now_ms`."""
        return time.time_ns() // _NS_PER_MS

    async def sleep(self, ms: int) -> None:
        """See `Clock.sleep`."""
        await asyncio.sleep(ms / 1000)
