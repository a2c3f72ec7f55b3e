"""What pruning takes out of the file, how much at once, and by which ways through it."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from podium.core.events import RunStarted
from podium.engine.ports import Append, RunInfo
from podium.engine.retention_store import BEGINNING, Expired, Mark
from podium.sqlite import retention
from podium.sqlite.batch import BLOB_CHARS_MIN
from podium.sqlite.connection import Place, connect
from podium.sqlite.store import SqliteStore
from podium.testing.conformance.floor import COMPLETED, GRAPH, HASH, Worker, news, step, stored

LATER = Expired(before_ms=1 << 60)
TABLES = ("runs", "inputs", "journal", "snapshots", "human_tasks", "parked", "inbox", "leftovers", "blobs")


async def opened(path: Path) -> Worker:
    worker = Worker(SqliteStore(path))
    await worker.store.open(worker.heard)
    return worker


async def prune(worker: Worker) -> list[int]:
    """Prune to the end; return how many events each transaction took."""
    mark: Mark | None = BEGINNING
    taken = []
    while mark is not None:
        done = await worker.store.prune(LATER, mark=mark)
        mark = done.mark
        taken.append(done.events)
    return taken


def counts(path: Path) -> dict[str, int]:
    with closing(sqlite3.connect(path)) as connection:
        found = {name: connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in TABLES}  # noqa: S608
    return {name: count for name, count in found.items() if count}


async def with_blob(worker: Worker, run_id: str, text: str) -> None:
    info = RunInfo(id=run_id, workflow="sample", graph_hash=HASH, created_at=1)
    first = RunStarted(at=1, run_id="r", data={"n": f'"{text}"'})
    assert await worker.store.create(info, GRAPH, [first], COMPLETED) is None
    await worker.release(run_id, COMPLETED)


async def test_nothing_of_a_pruned_run_is_left_but_its_tombstone(path: Path) -> None:
    worker = await opened(path)
    await with_blob(worker, "r", "x" * BLOB_CHARS_MIN)
    await prune(worker)
    assert counts(path) == {}
    await worker.store.close()


async def test_blob_stays_while_another_run_refers_to_it(path: Path) -> None:
    worker = await opened(path)
    text = "x" * BLOB_CHARS_MIN
    for run_id in ("one", "two"):
        await with_blob(worker, run_id, text)
    await worker.create("three")
    both = RunStarted(at=1, run_id="r", data={"n": f'"{text}"'})
    await worker.commit(Append(run_id="three", epoch=1, first_seq=2, events=[both]))
    await prune(worker)
    assert counts(path) == {"runs": 1, "inputs": 1, "journal": 2, "blobs": 1}
    assert (await stored(worker, "three"))[1] == both
    await worker.store.close()


async def test_blob_of_before_uses_were_counted_stays(path: Path) -> None:
    worker = await opened(path)
    await with_blob(worker, "r", "x" * BLOB_CHARS_MIN)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE blob_uses SET run = 0")  # as the migration leaves it
        connection.commit()
    await prune(worker)
    assert counts(path) == {"blobs": 1}
    await worker.store.close()


async def test_long_journal_goes_piece_by_piece(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "WORK_S_MAX", 0)
    worker = await opened(path)
    await worker.create("long")
    await worker.commit(news("long", 2, *(step(f"a#{n}") for n in range(3_000))))
    await worker.commit(Append(run_id="long", epoch=1, first_seq=3_002, projection=COMPLETED, release=True))
    taken = await prune(worker)
    assert sum(taken) == 3_001
    assert max(taken) == retention.EVENTS_MAX
    assert counts(path) == {}
    await worker.store.close()


async def test_process_that_died_while_it_pruned_leaves_the_rest_to_the_next(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "WORK_S_MAX", 0)
    worker = await opened(path)
    await worker.create("long")
    await worker.commit(news("long", 2, *(step(f"a#{n}") for n in range(3_000))))
    await worker.commit(Append(run_id="long", epoch=1, first_seq=3_002, projection=COMPLETED, release=True))
    await worker.store.prune(LATER)
    assert counts(path) == {"leftovers": 1, "journal": 3_001}
    await worker.store.close()
    worker = await opened(path)
    assert sum(await prune(worker)) == 3_001
    assert counts(path) == {}
    await worker.store.close()


async def test_young_runs_are_not_walked_through(path: Path) -> None:
    worker = await opened(path)
    for number in range(200):
        info = RunInfo(id=f"r{number}", workflow="sample", graph_hash=HASH, created_at=1_000)
        first = RunStarted(at=1, run_id=info.id, data={})
        assert await worker.store.create(info, GRAPH, [first], COMPLETED) is None
        await worker.release(info.id, COMPLETED)
    done = await worker.store.prune(Expired(before_ms=1_000))
    with closing(connect(Place(path))) as connection:
        seen: list[str] = []
        connection.set_trace_callback(seen.append)
        retention.prune(connection, Expired(before_ms=1_000), mark=BEGINNING, now_ms=5)
    assert (done.runs, done.mark) == (0, None)
    assert sum("runs_status" in sql for sql in seen) == 4, "one look for each status"
    await worker.store.close()
