"""A run in a process of its own, what was told of it, and how long the log was then."""

import asyncio
import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from podium import Approve, Engine, Handle
from tests.inside import inner
from tests.integration.crash.outside import Outside
from tests.integration.disk.flows import Log, Trip, engine_on, touring

PARTS = ("first.db", "second.db")
AFTER = "after.db"
"""The file of the first part once its log was copied into it."""


@dataclass(slots=True)
class Recording:
    """What was told.

    Attributes:
        told: Part, where the log ended, how many events somebody was told of by then.
        sent: Part, where the log ended, key.
        result: Of the run.
    """

    told: list[tuple[int, int, int]] = field(default_factory=list)
    sent: list[tuple[int, int, str]] = field(default_factory=list)
    result: str = ""


def record(folder: Path) -> Recording:
    """Run a tour; leave the file and its log in two parts, with a checkpoint between them."""
    return asyncio.run(_record(folder))


async def _record(folder: Path) -> Recording:
    log, outside, told = Log(folder / "podium.db"), Outside(folder), Recording()
    async with engine_on(log.path, log, outside):
        pass
    async with engine_on(log.path, log, outside) as engine:
        run = await engine.start(touring, Trip(), id="one")
        told.told.append((0, log.end, 1))
        following = asyncio.create_task(_follow(run, log, told))
        await _until_asked(engine)
        told.told.append((0, log.end, (await run.status()).seq))
        _keep(log.path, folder / PARTS[0])
        _checkpoint(log.path)
        log.part = 1
        shutil.copy(log.path, folder / AFTER)
        await run.answer("editor", Approve(), by="ann")
        told.result = (await run.result()).model_dump_json()
        await following
        told.told.append((1, log.end, (await run.status()).seq))
        _keep(log.path, folder / PARTS[1])
    told.sent = log.sent
    return told


async def _follow(run: Handle[Trip], log: Log, told: Recording) -> None:
    async for number, _ in run.events():
        told.told.append((log.part, log.end, number))


async def _until_asked(engine: Engine) -> None:
    news = inner(engine).host.watchers.news()
    while not await engine.tasks() or (await inner(engine).store.info("one")).owner is not None:
        news.clear()
        await news.wait()
    inner(engine).host.watchers.unwatch(news)


def _checkpoint(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA busy_timeout = 60000")
        assert connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0


def _keep(path: Path, copy: Path) -> None:
    shutil.copy(path, copy)
    shutil.copy(path.with_name(f"{path.name}-wal"), copy.with_name(f"{copy.name}-wal"))
