"""A worker whose clock is ahead, and a workflow that is told to wait for ten minutes."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import httpx

from podium import END, FROM_ENGINE, START, Bulkhead, Engine, Handle, Retry, StateMachine, tool
from podium.core import events as ev
from podium.engine.clock import SystemClock
from tests.inside import inner
from tests.integration.crash.outside import Outside
from tests.integration.crash.workflows import Trip

TEN_MINUTES_MS = 600_000


class Ahead(SystemClock):
    """A clock that is ahead of the others, as if that time had passed."""

    def __init__(self, by_ms: int) -> None:
        self._by_ms = by_ms

    def now_ms(self) -> int:
        return super().now_ms() + self._by_ms

    def mono_ms(self) -> int:
        return super().mono_ms() + self._by_ms


@tool.read(retry=Retry(attempts=2), bulkhead=Bulkhead(1))
async def told_to_wait(what: str, *, outside: Outside = FROM_ENGINE) -> str:
    """Asked for the first time, the other side wants to be left alone for ten minutes."""
    outside.ask(what)
    if len(outside.lines("asked")) == 1:
        request = httpx.Request("GET", "http://desk.example")
        reply = httpx.Response(429, request=request, headers={"Retry-After": "600"})
        raise httpx.HTTPStatusError("too many", request=request, response=reply)
    return f"{what} at last"


waiting = StateMachine(
    "waiting", Trip, START >> told_to_wait.state("wait", take={"what": "city"}, give="flight") >> END
)


def main(verb: str, folder: Path, ahead_ms: int, told: Connection) -> None:
    """Do something in a process of its own, and tell what came of it."""
    asyncio.run(_VERBS[verb](Outside(folder), ahead_ms, told))


@asynccontextmanager
async def _engine(outside: Outside, ahead_ms: int) -> AsyncIterator[Engine]:
    @asynccontextmanager
    async def resources() -> AsyncIterator[Outside]:
        yield outside

    url = f"sqlite:///{outside.folder / 'podium.db'}"
    async with Engine(url, workflows=[waiting], resources=resources, clock=Ahead(ahead_ms)) as engine:
        yield engine


async def _begin(outside: Outside, ahead_ms: int, told: Connection) -> None:
    """Start the run, tell when its wait is on disk and no worker is held by it, and stay."""
    async with _engine(outside, ahead_ms) as engine:
        run = await engine.start(waiting, Trip(), id="one")
        postponed = await _postponed(run)
        while inner(engine).host.live:  # until nothing is held in memory either
            await asyncio.sleep(0)
        busy = inner(engine).host.around.guards.view().bulkheads[0].busy
        told.send((postponed.until - engine._clock.now_ms(), postponed.tries, busy))
        await asyncio.Event().wait()


async def _postponed(run: Handle[Trip]) -> ev.StepPostponed:
    async for _, event in run.events():
        if isinstance(event, ev.StepPostponed):
            return event
    raise AssertionError


async def _look(outside: Outside, ahead_ms: int, told: Connection) -> None:
    """Take over what there is, and tell how it stands."""
    async with _engine(outside, ahead_ms) as engine:
        told.send((await engine.info("one")).status.value)


async def _finish(outside: Outside, ahead_ms: int, told: Connection) -> None:
    """Take over what there is, and tell how it ends."""
    async with _engine(outside, ahead_ms) as engine:
        trip = await (await engine.get("one")).result()
        told.send(trip.flight)


_VERBS: dict[str, Callable[[Outside, int, Connection], Any]] = {"begin": _begin, "look": _look, "finish": _finish}
