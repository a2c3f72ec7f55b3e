"""Real processes over one real file: killed, stopped, racing, and out of room."""

import re
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from podium.engine.ports import Status
from podium.sqlite.store import SqliteStore
from podium.testing.conformance.floor import Worker, step, stored
from tests.integration.sqlite.processes import Process, workers

pytestmark = pytest.mark.process


async def test_run_of_a_killed_process_is_taken_over_as_proven_dead(path: Path, here: Worker) -> None:
    with workers(path, 1) as [other]:
        name = other.do("open")
        other.do("create", run_id="r")
        other.do("append", run_id="r", first_seq=2)
        assert await here.claim() == {}
        other.kill()
        assert await here.claim() == {"r": (2, True, True)}
        await here.commit()
        assert len(await stored(here, "r")) == 2
    assert not (path.parent / "podium.db.workers" / f"{name}.lock").exists()


async def test_stopped_process_loses_its_runs_and_writes_no_row_after(path: Path, here: Worker) -> None:
    with workers(path, 1) as [other]:
        other.do("open")
        other.do("create", run_id="r")
        other.stop()
        assert await here.claim() == {}
        _let_leases_run_out(path)
        assert await here.claim() == {"r": (2, True, False)}
        other.go_on()
        assert other.do("append", run_id="r", first_seq=2) == ["r"]
        assert len(await stored(here, "r")) == 1
        assert other.do("create", run_id="next") == 1


async def test_run_of_a_living_process_is_left_alone(path: Path, here: Worker) -> None:
    with workers(path, 1) as [other]:
        other.do("open")
        other.do("create", run_id="r")
        assert await here.claim() == {}
        assert await here.store.claim_one("r") is None
        other.do("close")
        assert await here.claim() == {"r": (2, False, False)}


async def test_what_was_acknowledged_is_in_the_log_at_that_moment(path: Path, tmp_path: Path) -> None:
    """The log is cut where it ended when a commit was told; a byte less, and the commit is not there."""
    with workers(path, 1) as [other]:
        other.do("open")
        other.do("create", run_id="r")
        other.ask("append_for_ever", run_id="r", ahead=0)
        told = [other.answer() for _ in range(30)]
        other.kill()
    for seq, length in told[::5]:
        assert await _count_events(_copy_with_log_cut(path, tmp_path / f"at-{seq}", length)) == seq
        assert await _count_events(_copy_with_log_cut(path, tmp_path / f"before-{seq}", length - 1)) < seq


@pytest.mark.part("strace")
def test_nothing_is_acknowledged_before_it_is_synced(path: Path, tmp_path: Path) -> None:
    """One sync for each commit, and it comes before the answer."""
    trace = tmp_path / "trace"
    watched = Process(path, under=("strace", "-f", "-o", str(trace), "-e", "trace=fsync,fdatasync,write"))
    watched.do("open")
    watched.do("create", run_id="r")
    for seq in range(2, 12):
        assert watched.do("append", run_id="r", first_seq=seq) == []
    watched.end()
    ended = r"sync(?:\(\d+\)| resumed>\))\s+= 0"
    calls = re.findall(rf"({ended})|write\(1, \"(.+?)\\n", trace.read_text("utf-8"))
    story = "".join("s" if sync else "a" for sync, said in calls if sync or said == "[]")
    assert re.fullmatch("s+a(sa){9}s*", story)


async def test_a_kill_leaves_a_prefix_of_what_was_appended(path: Path, here: Worker) -> None:
    for attempt in range(5):
        with workers(path, 1) as [other]:
            other.do("open")
            other.do("create", run_id=f"r{attempt}")
            other.ask("append_for_ever", run_id=f"r{attempt}", ahead=20)
            seq = max(other.answer()[0] for _ in range(5 + attempt))
            other.kill()
        events = await stored(here, f"r{attempt}")
        assert len(events) >= seq
        assert events[1:] == [step(f"s{number}") for number in range(2, len(events) + 1)]


async def test_a_commit_nobody_saw_when_its_process_died_is_there_when_the_file_is_opened_anew(path: Path) -> None:
    """The log has it, the index in shared memory does not: `docs/decisions/0043`."""
    index = path.with_name(f"{path.name}-shm")
    with workers(path, 2) as [killed, other]:
        _all([killed, other], "open")
        killed.do("create", run_id="r")
        before = index.read_bytes()
        killed.do("append", run_id="r", first_seq=2)
        assert _seen(path) == 2
        killed.kill()
        index.write_bytes(before)
        assert _seen(path) == 1
        other.kill()
    assert await _count_events(path) == 2


async def test_processes_that_claim_at_once_never_share_a_run(path: Path, here: Worker) -> None:
    runs = [f"r{index}" for index in range(100)]
    for run_id in runs:
        await here.create(run_id)
        await here.release(run_id)
    with workers(path, 3) as racing:
        _all(racing, "open")
        claimed = _all(racing, "claim_all", limit=3)
    assert sorted(run_id for some in claimed for run_id in some) == sorted(runs)
    assert {(await here.store.info(run_id)).epoch for run_id in runs} == {2}


async def test_processes_that_open_a_new_file_at_once_all_succeed(path: Path) -> None:
    with workers(path, 4) as racing:
        assert len(set(_all(racing, "open"))) == 4
        for index, process in enumerate(racing):
            process.do("create", run_id=f"r{index}")


async def test_a_full_disk_stalls_the_store_and_room_lets_it_go_on(path: Path, here: Worker) -> None:
    with workers(path, 1) as [other]:
        other.do("open")
        other.do("create", run_id="r")
        waiting, last, [reason, *later], lost = other.do("fill", run_id="r", file_bytes=400_000)
    assert waiting > 0
    assert "no room" in reason
    assert later == [None]
    assert lost == []
    events = await stored(here, "r")
    assert len(events) == last
    assert (await here.store.info("r")).status is Status.RUNNING


def _all(processes: list[Process], do: str, **values: int) -> list[list[str]]:
    """Tell all of them, then wait for all."""
    for process in processes:
        process.ask(do, **values)
    return [process.answer() for process in processes]


def _let_leases_run_out(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE workers SET lease_until = 0")
        connection.commit()


def _seen(path: Path) -> int:
    connection = sqlite3.connect(path)
    count: int = connection.execute("SELECT count(*) FROM journal").fetchone()[0]
    connection.close()
    return count


def _copy_with_log_cut(path: Path, folder: Path, length: int) -> Path:
    folder.mkdir()
    copy = folder / path.name
    shutil.copy(path, copy)
    log = path.with_name(f"{path.name}-wal").read_bytes()
    copy.with_name(f"{path.name}-wal").write_bytes(log[:length])
    return copy


async def _count_events(path: Path) -> int:
    worker = Worker(SqliteStore(path))
    await worker.store.open(worker.heard)
    try:
        return len(await stored(worker, "r"))
    finally:
        await worker.store.close()
