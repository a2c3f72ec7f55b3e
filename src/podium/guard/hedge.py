"""Hedging: a read that is slow is made a second time, and the answer that comes first counts.

The first attempt stays in its caller's task; only the second gets one of its own. Whichever comes too late is cancelled
and waited for, and its permits are given back.

Source: "hedged requests" in Dean and Barroso, The Tail at Scale, 2013.
"""

import asyncio
import contextvars
from collections.abc import Awaitable, Callable
from typing import Any

from podium.graph.guards import Hedge
from podium.graph.policies import to_ms
from podium.guard.caught import text_of
from podium.guard.flight import Flight, Miss
from podium.guard.latency import Latency
from podium.guard.wheel import Wheel

Inner = Callable[[Flight], Awaitable[Any]]


class Hedging:
    """The hedging of one tool.

    Args:
        policy: When, and how often.
        wheel: Time.
        latency: What is slow for this tool.
        may: Claims that the dependency is well enough to be called twice.
    """

    __slots__ = ("_after_ms", "_latency", "_may", "_share_max", "calls", "hedges", "wheel")

    def __init__(self, policy: Hedge, *, wheel: Wheel, latency: Latency, may: Callable[[], bool]) -> None:
        self._after_ms = None if policy.after is None else to_ms(policy.after)
        self._share_max = policy.share_max
        self.wheel, self._latency, self._may = wheel, latency, may
        self.calls = self.hedges = 0

    async def around(self, flight: Flight, inner: Inner) -> Any:
        """Make the call, and once more where it is slow."""
        self.calls += 1
        after_ms = self._latency.p95_ms if self._after_ms is None else self._after_ms
        if after_ms is None:
            return await inner(flight)
        return await _Race(self, flight, inner).run(after_ms)

    def grant(self) -> bool:
        """Allow a second attempt, if there were few enough and the dependency is well."""
        if self.hedges + 1 > self._share_max * self.calls or not self._may():
            return False
        self.hedges += 1
        return True


class _Race:
    """Two attempts of one call, of which the second may never begin."""

    __slots__ = (
        "_cancels",
        "_context",
        "_flight",
        "_hedging",
        "_inner",
        "_is_over",
        "_second",
        "_task",
        "_won",
        "at_ms",
        "tick",
    )

    def __init__(self, hedging: Hedging, flight: Flight, inner: Inner) -> None:
        task = asyncio.current_task()
        assert task is not None, "a call is made in a task"
        self._hedging, self._flight, self._inner = hedging, flight, inner
        self._task, self._cancels = task, task.cancelling()
        self._context = contextvars.copy_context()
        self._second: asyncio.Task[Any] | None = None
        self._won = self._is_over = False
        self.at_ms = self.tick = 0

    async def run(self, after_ms: int) -> Any:
        """Return the first answer; where there is none, how the first attempt ended, and beside it the second."""
        wheel = self._hedging.wheel
        self.at_ms = self._flight.now_ms + after_ms
        wheel.add(self, self._flight.now_ms)
        try:
            ended = await self._inner(self._flight)
        except asyncio.CancelledError:
            if not self._won or self._task.uncancel() > self._cancels:
                await self._call_off()
                raise
            assert self._second is not None, "what has won has begun"
            return self._second.result()
        finally:
            self._is_over = True
            wheel.discard(self)
        if self._won:
            self._task.uncancel()  # both answered in the same moment
        if type(ended) is Miss and self._second is not None:
            return await self._other(ended)
        await self._call_off()
        return ended

    def expire(self) -> None:
        """The first attempt is slow: begin the second."""
        if not self._hedging.grant():
            return
        first = self._flight
        flight = Flight(first.call, first.deadline_ms, self._hedging.wheel.clock.mono_ms())
        self._second = asyncio.get_running_loop().create_task(_value(self._inner, flight), context=self._context)
        self._second.add_done_callback(self._second_ended)

    def _second_ended(self, second: "asyncio.Task[Any]") -> None:
        """End the first attempt, if it is still under way and the second has an answer."""
        is_answer = not second.cancelled() and second.exception() is None and type(second.result()) is not Miss
        if is_answer and not self._is_over:
            self._won = True
            self._task.cancel()

    async def _other(self, missed: Miss) -> Any:
        """The first attempt failed: wait for the second."""
        assert self._second is not None, "asked for only once it has begun"
        try:
            ended = await asyncio.shield(self._second)
        except asyncio.CancelledError:
            await self._call_off()
            raise
        if type(ended) is not Miss:
            return ended
        other = text_of(ended.error, form=repr)
        missed.error.add_note(f"the second call, made because this one was slow, failed too: {other}")
        missed.other = ended.error
        return missed

    async def _call_off(self) -> None:
        """Cancel the second attempt, and wait until it has ended."""
        if self._second is not None and not self._second.done():
            self._second.cancel()
            await asyncio.wait((self._second,))


async def _value(inner: Inner, flight: Flight) -> Any:
    return await inner(flight)
