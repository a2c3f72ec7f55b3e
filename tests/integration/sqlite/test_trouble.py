"""A disk that is full or busy is waited for; any other failed commit stops the store, and nobody waits in vain."""

import asyncio
import functools
import sqlite3
from pathlib import Path

import pytest

from podium.engine.ports import RunFilter, RunInfo
from podium.errors import RunNotFoundError, StoreUnavailableError
from podium.sqlite.store import SqliteStore
from podium.testing.conformance.floor import GRAPH, RUNNING, Worker, began, news, step, stored

_ALL = RunFilter(limit=1000)


@pytest.fixture
async def limited(path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Worker, sqlite3.Connection]:
    """A worker, and the connection with which it writes: what limits the size of a file is its own property."""
    monkeypatch.setattr(sqlite3, "connect", functools.partial(sqlite3.connect, check_same_thread=False))
    worker = Worker(SqliteStore(path))
    await worker.store.open(worker.heard)
    assert isinstance(worker.store, SqliteStore)
    connection = await worker.store._open().submit(lambda connection: connection, is_write=False)
    await worker.create("r")
    return worker, connection


async def _fill(worker: Worker, connection: sqlite3.Connection) -> int:
    """Leave no room, append until the store says so, and return the last number."""
    connection.execute("PRAGMA max_page_count = 1")  # as many as there are
    seq = 1
    while not worker.heard.troubles:
        seq += 1
        worker.store.append(news("r", seq, step("s" * 1000)))
        await asyncio.sleep(0)
    return seq


async def test_full_disk_keeps_what_is_queued_and_goes_on(limited: tuple[Worker, sqlite3.Connection]) -> None:
    worker, connection = limited
    last = await _fill(worker, connection)
    assert "no room on the disk" in str(worker.heard.troubles)
    assert worker.store.queued > 0
    late = asyncio.create_task(worker.create("late"))
    assert len(await stored(worker, "r")) < last
    assert not late.done()
    connection.execute("PRAGMA max_page_count = 100000")
    assert (await late).seq == 1
    assert worker.heard.troubles[1:] == [None]
    assert (worker.store.queued, worker.heard.lost) == (0, set())
    assert len(await stored(worker, "r")) == last
    await worker.store.close()


async def test_close_does_not_wait_for_a_full_disk(limited: tuple[Worker, sqlite3.Connection], path: Path) -> None:
    worker, connection = limited
    last = await _fill(worker, connection)
    with pytest.raises(StoreUnavailableError, match="full"):
        await worker.store.close()
    after = Worker(SqliteStore(path))
    await after.store.open(after.heard)
    assert await after.claim() == {"r": (2, True, True)}
    assert len(await stored(after, "r")) < last
    await after.store.close()


async def test_busy_database_is_waited_for(here: Worker, beside: sqlite3.Connection) -> None:
    await here.create("r")
    assert isinstance(here.store, SqliteStore)
    await here.store._open().submit(lambda connection: connection.execute("PRAGMA busy_timeout = 1"), is_write=False)
    beside.execute("BEGIN IMMEDIATE")
    here.store.append(news("r", 2, step("a")))
    await here.heard.until(lambda: bool(here.heard.troubles))
    assert "another process holds" in str(here.heard.troubles)
    beside.execute("ROLLBACK")
    await here.heard.until(lambda: here.store.queued == 0)
    assert len(await stored(here, "r")) == 2


async def test_failed_commit_stops_the_store(here: Worker, beside: sqlite3.Connection) -> None:
    await here.create("r")
    beside.execute("ALTER TABLE journal RENAME TO gone")
    here.store.append(news("r", 2, step("a")))
    waiting = asyncio.create_task(here.create("s"))
    with pytest.raises(StoreUnavailableError, match="not acknowledged"):
        await waiting
    [error] = here.heard.troubles
    assert isinstance(error, StoreUnavailableError)
    with pytest.raises(StoreUnavailableError):
        here.store.append(news("r", 3, step("b")))
    with pytest.raises(StoreUnavailableError):
        await here.create("t")
    assert here.heard.tickets == []


async def test_store_opens_again_after_a_failed_commit(here: Worker, beside: sqlite3.Connection) -> None:
    await here.create("r")
    beside.execute("ALTER TABLE journal RENAME TO gone")
    here.store.append(news("r", 2, step("a")))
    await here.heard.until(lambda: bool(here.heard.troubles))
    beside.execute("ALTER TABLE gone RENAME TO journal")
    await here.store.close()
    again = Worker(here.store)
    await again.store.open(again.heard)
    assert await again.claim() == {"r": (2, True, True)}
    assert await stored(again, "r") == [began("r")]


async def test_job_that_can_not_be_done_fails_alone(here: Worker) -> None:
    """In the same transaction as others: an id that is no text, a time that is no 64-bit number, a run that is not."""
    too_late = RunInfo(id="late", workflow="w", graph_hash="h", created_at=1 << 80)
    results = await asyncio.gather(
        here.create("before"),
        here.create("\udc80"),
        here.store.create(too_late, GRAPH, [began("late")], RUNNING),
        here.store.claim_one("nobody"),
        here.create("after"),
        return_exceptions=True,
    )
    kinds = [type(result) for result in results]
    assert kinds == [RunInfo, UnicodeEncodeError, OverflowError, RunNotFoundError, RunInfo]
    assert len(await here.store.runs(_ALL)) == 2


async def test_many_appends_share_few_commits(here: Worker) -> None:
    for index in range(100):
        await here.create(f"r{index}")
    for seq in range(2, 12):
        for index in range(100):
            here.store.append(news(f"r{index}", seq, step("a")))
    await here.heard.until(lambda: here.store.queued == 0)
    assert len(here.heard.tickets) <= 20
    assert {info.seq for info in await here.store.runs(_ALL)} == {11}
