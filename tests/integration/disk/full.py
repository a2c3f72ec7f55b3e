"""A process whose disk is 8 MB, and full for a while: what became of two runs, and of keys, as JSON."""

import asyncio
import json
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

from podium import Approve, Engine
from podium.asgi.answer import Answer, Recorded
from podium.asgi.claims import Claim, Slot
from podium.asgi.store import IdempotencyStore
from podium.errors import StoreUnavailableError
from tests.inside import inner
from tests.integration.crash.outside import Outside
from tests.integration.disk.flows import Log, Trip, engine_on, paying, touring

SLOT = Slot("", "POST /", "key")


class Ballast:
    """A file that takes all the room there is."""

    def __init__(self, disk: Path) -> None:
        self._path = disk / "ballast"

    def fill(self, *, leave: int = 0) -> None:
        """Take all room but `leave` bytes."""
        with suppress(OSError), self._path.open("ab", buffering=0) as file:
            while True:
                file.write(bytes(4096))
        with self._path.open("r+b") as file:
            file.truncate(self._path.stat().st_size - leave)

    def drop(self) -> None:
        """Make room."""
        self._path.unlink()


async def main(disk: Path, elsewhere: Path) -> dict[str, Any]:
    """Run two runs over a disk that is filled as they go on; the other side is on another one."""
    path, ballast, outside = disk / "podium.db", Ballast(disk), Outside(elsewhere)
    seen: dict[str, Any] = {}
    async with engine_on(path, Log(path), outside) as engine:
        tour = await engine.start(touring, Trip(), id="one")
        await _asked(engine)
        ballast.fill()
        answering = asyncio.create_task(tour.answer("editor", Approve(), by="ann"))
        starting = asyncio.create_task(engine.start(paying, Trip(), id="two"))
        await _until(engine, stalled=True)
        seen["stalled"], seen["sent_while_full"] = inner(engine).host.stalled, outside.tried()
        seen["show"] = await asyncio.to_thread(_podium, disk, "runs", "show", "one")
        seen["ls"] = await asyncio.to_thread(_podium, disk, "runs", "ls")
        ballast.drop()
        await answering
        await _until(engine, stalled=False)
        pay = await starting
        seen["results"] = [(await tour.result()).sent, (await pay.result()).sent]
        seen["blob"] = await _blob(engine, ballast)
    seen["tried"], seen["done"] = outside.tried(), outside.done()
    seen["keys"] = _keys(disk, ballast)
    return seen


async def _asked(engine: Engine) -> None:
    news = inner(engine).host.watchers.news()
    while not await engine.tasks() or inner(engine).host.live:
        news.clear()
        await news.wait()


async def _until(engine: Engine, *, stalled: bool) -> None:
    while (inner(engine).host.stalled is not None) is not stalled:
        await asyncio.sleep(0)


async def _blob(engine: Engine, ballast: Ballast) -> list[Any]:
    """Let a run reach a value that is too large for the room there is, and then find more."""
    ballast.fill(leave=100_000)
    run = await engine.start(touring, Trip(city="Jeju"), id="three")
    await _until(engine, stalled=True)
    before = (await run.status()).seq
    ballast.drop()
    await _asked(engine)
    await run.answer("editor", Approve())
    return [before, (await run.result()).sent]


def _podium(disk: Path, *words: str) -> str:
    command = (sys.executable, "-m", "podium.cli", *words, "--db", str(disk / "podium.db"))
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout


def _keys(disk: Path, ballast: Ballast) -> list[str]:
    """Claim a key, complete it, and ask for it again, each first while the disk is full."""
    store, seen = IdempotencyStore(disk / "keys.db"), []
    other = store.claim(Slot("", "POST /", "other"), "print")
    assert isinstance(other, Claim)
    ballast.fill()
    seen.append(_refused(lambda: store.claim(SLOT, "print")))
    ballast.drop()
    claim = store.claim(SLOT, "print")
    assert isinstance(claim, Claim), "nobody has it"
    ballast.fill()
    seen.append(_refused(lambda: store.complete(claim, Answer(200, b"x" * 100_000))))
    ballast.drop()
    store.complete(claim, Answer(200, b"done"))
    again = store.claim(SLOT, "print")
    assert isinstance(again, Recorded), again
    seen.append(again.answer.body.decode())
    store.close()
    return seen


def _refused(ask: Any) -> str:
    try:
        ask()
    except StoreUnavailableError as error:
        return str(error)
    return ""


if __name__ == "__main__":
    sys.stdout.write(json.dumps(asyncio.run(main(Path(sys.argv[1]), Path(sys.argv[2])))))
