"""What tests ask of an engine on a Temporal server, which tells some things a little late."""

import asyncio
from typing import Any

from podium import Engine, Handle, RunFilter, RunInfo, Status
from podium.temporal.backend import TemporalBackend


def backend(engine: Engine) -> TemporalBackend:
    """Return what keeps the runs of an engine going."""
    assert isinstance(engine.backend, TemporalBackend)
    return engine.backend


async def until_waiting(handle: Handle[Any]) -> None:
    """Wait until a run has nothing to do before somebody says something."""
    with handle._engine.news(handle.id) as news:
        while (await handle.status()).status is not Status.WAITING:
            news.clear()
            await asyncio.wait_for(news.wait(), 60)


async def listed(engine: Engine, which: RunFilter, *, count: int) -> list[RunInfo]:
    """Wait until so many runs are listed, and return them."""
    with engine.news() as news:
        while len(found := await engine.runs(which)) < count:
            news.clear()
            await asyncio.wait_for(news.wait(), 60)
    return found
