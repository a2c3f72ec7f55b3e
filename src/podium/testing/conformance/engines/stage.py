"""Where cases are played: engines over one place, and time that passes."""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from typing import Any, Protocol, TypeVar

from podium.engine.engine import Engine
from podium.engine.ports import Clock, Store
from podium.engine.recovery import POLL_MS
from podium.memory.shelf import Shelf
from podium.memory.store import MemoryStore
from podium.testing.clock import FakeClock

T = TypeVar("T")

Resources = Callable[[], AbstractAsyncContextManager[Any]]

LEAP_MS = 250
"""So much virtual time passes between two looks at what has come of it."""


class Stage(Protocol):
    """One engine's ground: every engine that it makes works on the same, at first empty, place.

    Attributes:
        can_crash: Processes can die on it.
        costs_time: Time that passes is real.
    """

    can_crash: bool
    costs_time: bool

    def engine(self, workflows: tuple[Any, ...], resources: Resources) -> Engine:
        """Return one more engine, not yet open."""

    async def crash(self, engine: Engine) -> None:
        """End an open engine as SIGKILL does."""

    async def let_pass(self, work: Coroutine[Any, Any, T]) -> T:
        """Return what `work` gives, letting time pass until it is done."""

    async def pass_ms(self, ms: int) -> None:
        """Let so much time pass: return when it has."""


class UrlStage:
    """The ground of an engine that a URL names. Over memory and SQLite time is virtual.

    Args:
        url: See `Engine`.
        costs_time: Let time be real there too.
    """

    can_crash = False

    def __init__(self, url: str, *, costs_time: bool | None = None) -> None:
        self.url = url
        self.costs_time = url.partition(":")[0] not in {"memory", "sqlite"} if costs_time is None else costs_time
        self._clock = FakeClock()
        self._shelf = Shelf()

    def engine(self, workflows: tuple[Any, ...], resources: Resources) -> Engine:
        """See `Stage`."""
        clock = None if self.costs_time else self._clock
        engine = Engine(self.url, workflows=workflows, resources=resources, clock=clock)
        if self.url == "memory:":
            engine.platform = replace(engine.platform, store_of=self._store_of)
        return engine

    def _store_of(self, url: str, clock: Clock) -> Store:
        """Let engines over memory share it."""
        del url
        return MemoryStore(self._shelf, now_ms=clock.now_ms)

    async def crash(self, engine: Engine) -> None:
        """See `Stage`."""
        message = f"nothing dies on {type(self).__name__}, {engine.url} included: its can_crash is False"
        raise NotImplementedError(message)

    async def let_pass(self, work: Coroutine[Any, Any, T]) -> T:
        """See `Stage`."""
        if self.costs_time:
            return await work
        return await in_leaps(self._clock, work)

    async def pass_ms(self, ms: int) -> None:
        """See `Stage`."""
        if self.costs_time:
            await asyncio.sleep(ms / 1000)
        else:
            await self._clock.advance(ms)


async def in_leaps(clock: FakeClock, work: Coroutine[Any, Any, T]) -> T:
    """Return what `work` gives, moving a clock on until it is done."""
    task = asyncio.ensure_future(work)
    while not task.done():
        await asyncio.wait([task], timeout=0.001)  # what waits for a disk or a thread needs real time
        if not task.done():
            clock.jump(LEAP_MS - POLL_MS)
            await clock.advance(POLL_MS)
    return task.result()
