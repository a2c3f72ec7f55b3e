"""What was acknowledged is on disk: the log, cut where it ended at that moment, holds it."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from podium import END, FROM_ENGINE, START, Engine, IdempotencyKey, StateMachine, tool, wait
from podium.core import events as ev
from podium.core.events import Event
from podium.engine.ports import Status
from podium.sqlite.store import SqliteStore
from tests.integration.crash.workflows import AT_ONCE, Trip


@dataclass(slots=True)
class Disk:
    """A database, and where its log ended when something was acknowledged."""

    path: Path

    @property
    def end(self) -> int:
        return self.path.with_name(f"{self.path.name}-wal").stat().st_size

    def cut(self, end: int) -> Path:
        """Return what a loss of power would have left of it: the file, and its log up to there."""
        copy = self.path.with_name(f"cut-{end}.db")
        shutil.copy(self.path, copy)
        log = self.path.with_name(f"{self.path.name}-wal").read_bytes()
        copy.with_name(f"{copy.name}-wal").write_bytes(log[:end])
        return copy

    async def events(self, end: int) -> list[Event]:
        """Return the journal of the run that such a loss would have left."""
        store = SqliteStore(self.cut(end))
        await store.open(Deaf())
        try:
            return [event for _, event in await store.events("one")]
        finally:
            await store.close()


class Deaf:
    """Wants to know nothing."""

    def committed(self, ticket: int, lost: Any) -> None: ...
    def store_failed(self, error: Exception) -> None: ...
    def store_stalled(self, reason: str | None) -> None: ...


class Sent(list[tuple[str, int]]):
    """Keys that reached the other side, and where the log ended then."""


@tool.write(idempotent=True, retry=AT_ONCE)
async def send(
    what: str, *, key: IdempotencyKey = FROM_ENGINE, sent: Sent = FROM_ENGINE, disk: Disk = FROM_ENGINE
) -> str:
    sent.append((key, disk.end))
    return what


@tool.read
async def ask(what: str) -> str:
    return what


sending = StateMachine(
    "sending",
    Trip,
    START
    >> ask.state("ask", take={"what": "city"})
    >> send.state("first", take={"what": "city"}, give="flight")
    >> wait("go", str, give="paid")
    >> send.state("second", take={"what": "paid"}, give="sent")
    >> END,
)


@asynccontextmanager
async def engine_on(disk: Disk, sent: Sent) -> AsyncIterator[Engine]:
    @asynccontextmanager
    async def resources() -> AsyncIterator[tuple[Disk, Sent]]:
        yield disk, sent

    async with Engine(f"sqlite:///{disk.path}", resources=resources) as engine:
        yield engine


async def test_what_was_acknowledged_is_on_disk(tmp_path: Path) -> None:
    disk, sent = Disk(tmp_path / "podium.db"), Sent()
    async with engine_on(disk, sent) as engine:
        run = await engine.start(sending, Trip(), id="one")
        started = disk.end
        await run.signal("go", "now", id="s1")
        signalled = disk.end
        await run.result()
        over = disk.end
        assert isinstance((await disk.events(started))[0], ev.RunStarted)
        assert any(isinstance(event, ev.SignalReceived) for event in await disk.events(signalled))
        assert isinstance((await disk.events(over))[-1], ev.RunCompleted)
        for key, end in sent:
            intended = [event.key for event in await disk.events(end) if isinstance(event, ev.WriteIntended)]
            assert key in intended
    assert len(sent) == 2


async def test_what_was_shown_is_on_disk(tmp_path: Path) -> None:
    disk, sent = Disk(tmp_path / "podium.db"), Sent()
    shown: list[tuple[int, int]] = []
    async with engine_on(disk, sent) as engine:
        run = await engine.start(sending, Trip(), id="one")
        signalling = asyncio.create_task(run.signal("go", "now"))
        async for number, _ in run.events():
            shown.append((number, disk.end))
        await signalling
        for number, end in shown:
            assert len(await disk.events(end)) >= number
        assert (await run.status()).status is Status.COMPLETED


async def test_a_log_that_is_cut_earlier_holds_less(tmp_path: Path) -> None:
    """So that the two above could fail."""
    disk, sent = Disk(tmp_path / "podium.db"), Sent()
    async with engine_on(disk, sent) as engine:
        run = await engine.start(sending, Trip(), id="one")
        started = disk.end
        await run.signal("go", "now")
        await run.result()
        assert ev.RunCompleted not in map(type, await disk.events(started))
        assert ev.RunCompleted in map(type, await disk.events(disk.end))
