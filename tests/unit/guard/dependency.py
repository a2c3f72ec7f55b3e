"""A dependency as tests need it: it answers, fails and hangs as told, and counts who reached it."""

import asyncio
import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import httpx

from podium.graph.guards import CallPolicy
from podium.guard.breaker import BreakerState
from podium.guard.flight import GuardedCall
from podium.guard.guards import Guards
from podium.guard.ring import Ring
from podium.testing.clock import FakeClock

REQUEST = httpx.Request("GET", "http://model.example")


def replied(status: int, *lines: tuple[str, str], **headers: str) -> httpx.HTTPStatusError:
    """Return what a client raises for such a reply; `lines` are headers that may come more than once."""
    named = [(name.replace("_", "-"), value) for name, value in headers.items()]
    reply = httpx.Response(status, request=REQUEST, headers=[*lines, *named])
    return httpx.HTTPStatusError(str(status), request=REQUEST, response=reply)


def dice(seed: int = 1) -> Callable[[], float]:
    """Return chance that is the same each time."""
    return random.Random(seed).random


@dataclass
class Dependency:
    """The other side.

    Attributes:
        clock: Time.
        takes_ms: How long an answer takes.
        raises: What comes instead of an answer: one error, or one for each call in order, None for an answer.
        times: When it was reached.
        cancelled: How many of the calls were called off while it worked on them.
        peak: The most calls at once.
    """

    clock: FakeClock
    takes_ms: int = 0
    raises: Exception | list[Exception | None] | None = None
    times: list[int] = field(default_factory=list)
    cancelled: int = 0
    busy: int = 0
    peak: int = 0

    async def __call__(self) -> str:
        self.times.append(self.clock.mono_ms())
        nth = len(self.times) - 1
        self.busy += 1
        self.peak = max(self.peak, self.busy)
        try:
            if self.takes_ms:
                await self.clock.sleep(self.takes_ms)
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        finally:
            self.busy -= 1
        error = self.raises[min(nth, len(self.raises) - 1)] if isinstance(self.raises, list) else self.raises
        if error is not None:
            raise error
        return f"answer {nth + 1}"

    @property
    def calls(self) -> int:
        return len(self.times)


class Bench:
    """Guards over a clock that stands still, and what is behind them."""

    def __init__(self, seed: int = 1) -> None:
        self.clock = FakeClock()
        self.threads = ThreadPoolExecutor(4)
        self.guards = Guards(self.clock, dice(seed), threads=self.threads)
        self.behind = Dependency(self.clock)

    def ring(self, tool: str = "ask", **policy: Any) -> Ring:
        return self.guards.ring(tool, CallPolicy(**policy))

    def call(self, **said: Any) -> GuardedCall:
        return GuardedCall(said.pop("make", self.behind), **said)

    async def over(self, task: "asyncio.Task[Any]", *, within_ms: int = 600_000, step_ms: int = 10) -> Any:
        """Let time pass until a task is over, and return what it gives."""
        for _ in range(within_ms // step_ms):
            await asyncio.sleep(0)
            if task.done():
                return task.result()
            await self.clock.advance(step_ms)
        raise AssertionError(f"not over after {within_ms} ms")

    async def made(self, ring: Ring, **said: Any) -> Any:
        """Make a call, let time pass until it is over, and return how it ended."""
        return await self.over(asyncio.create_task(ring.call(self.call(**said))))


async def many(bench: Bench, ring: Ring, count: int) -> tuple[list[Any], list[Any]]:
    """Make calls at once; return how those ended that are over without time having passed, and the others."""
    tasks = [asyncio.create_task(ring.call(bench.call(run=f"run {nth}"))) for nth in range(count)]
    for _ in range(30):
        await asyncio.sleep(0)
    at_once = [task for task in tasks if task.done()]
    await bench.clock.advance(60_000)
    return [task.result() for task in at_once], [task.result() for task in tasks if task not in at_once]


async def trip(bench: Bench, ring: Ring) -> int:
    """Let a dependency fail until its breaker opens, and return when it may be tried again."""
    bench.behind.raises = ConnectionRefusedError("down")
    while bench.guards.breakers()[0].state is BreakerState.CLOSED:
        await ring.call(bench.call(is_once=True))
    bench.behind.raises = None
    bench.behind.times.clear()
    return bench.guards.breakers()[0].until_ms or 0
