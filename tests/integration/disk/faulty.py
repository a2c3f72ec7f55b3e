"""A process whose syncs and writes fail: two runs, and all that anybody was told of them, as JSON."""

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

from podium import Approve, Engine, Handle
from podium.core.codec import encode
from podium.errors import StoreUnavailableError
from tests.inside import inner
from tests.integration.crash.outside import Outside
from tests.integration.disk.flows import Log, Trip, engine_on, paying, touring

T = TypeVar("T")


class Unsynced(Outside):
    """The other side, which outlives its process and syncs nothing: the syncs that fail are Podium's."""

    def _append(self, name: str, line: str) -> None:
        with (self.folder / name).open("a") as file:
            file.write(f"{line}\n")


async def main(folder: Path) -> dict[str, Any]:
    """Run both to their ends, whatever the disk does meanwhile."""
    outside = Unsynced(folder)
    shown: dict[str, list[Any]] = {"one": [], "two": []}
    engine = await _patiently(lambda: _opened(folder, outside))
    try:
        tour = await _patiently(lambda: engine.start(touring, Trip(), id="one"))
        pay = await _patiently(lambda: engine.start(paying, Trip(), id="two"))
        following = [asyncio.create_task(_follow(run, shown[run.id])) for run in (tour, pay)]
        ended, paid = asyncio.create_task(tour.result()), asyncio.create_task(pay.result())
        await _asked(engine)
        await _patiently(lambda: tour.answer("editor", Approve(), by="ann"))
        told: dict[str, Any] = {"tour": (await ended).model_dump(), "pay": (await paid).sent, "shown": shown}
        await asyncio.gather(*following)
        told["reopened"] = inner(engine).recovery.reopened
    finally:
        await _closed(engine)
    return told


async def _opened(folder: Path, outside: Outside) -> Engine:
    path = folder / "podium.db"
    return await engine_on(path, Log(path), outside).__aenter__()


async def _closed(engine: Engine) -> None:
    try:
        await engine.__aexit__(None, None, None)
    except StoreUnavailableError as error:  # what it had to give up was told to nobody
        sys.stderr.write(f"{error}\n")


async def _patiently(ask: Callable[[], Awaitable[T]]) -> T:
    """Ask again while the store is not available, as the error says."""
    while True:
        try:
            return await ask()
        except StoreUnavailableError:
            await asyncio.sleep(0)


async def _follow(run: Handle[Trip], shown: list[Any]) -> None:
    async for number, event in run.events():
        shown.append([number, *encode(event)[:2]])


async def _asked(engine: Engine) -> None:
    news = inner(engine).host.watchers.news()
    while not await engine.tasks():
        news.clear()
        await news.wait()


if __name__ == "__main__":
    sys.stdout.write(json.dumps(asyncio.run(main(Path(sys.argv[1])))))
