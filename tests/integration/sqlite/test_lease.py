"""The lease is renewed by whoever can commit, and a lock file says who lives."""

import sqlite3
from pathlib import Path

import pytest

from podium.sqlite import lock
from podium.sqlite.lease import Terms
from podium.sqlite.store import SqliteStore
from podium.testing.conformance.floor import Worker, news, step

AN_HOUR_MS = 3_600_000


class Hands:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.ms = 1000

    def now_ms(self) -> int:
        return self.ms


def _lease(path: Path) -> int:
    connection = sqlite3.connect(path)
    lease_until: int = connection.execute("SELECT lease_until FROM workers").fetchone()[0]
    connection.close()
    return lease_until


def _block_until_renewed(path: Path, last: int) -> None:
    while _lease(path) == last:
        pass


async def test_lease_is_renewed_with_a_commit_when_it_is_due(path: Path) -> None:
    hands = Hands()
    worker = Worker(
        SqliteStore(path, terms=Terms(holds_ms=15_000, renew_ms=5_000, now_ms=hands.now_ms, mono_ms=hands.now_ms))
    )
    await worker.store.open(worker.heard)
    assert _lease(path) == 16_000
    hands.ms = 5_999
    await worker.create("r")
    assert _lease(path) == 16_000
    hands.ms = 6_000
    await worker.commit(news("r", 2, step("a")))
    assert _lease(path) == 21_000
    assert (await worker.store.info("r")).updated_at == 6_000
    await worker.store.close()


async def test_lease_is_renewed_while_the_event_loop_is_busy(path: Path) -> None:
    store = SqliteStore(path, terms=Terms(holds_ms=15_000, renew_ms=1))
    worker = Worker(store)
    await store.open(worker.heard)
    first = _lease(path)
    _block_until_renewed(path, first)
    await store.close()


async def test_wall_clock_that_is_set_makes_nobody_look_stuck_and_hides_nobody_who_is(path: Path) -> None:
    wall, mono = Hands(), Hands()
    terms = Terms(now_ms=wall.now_ms, mono_ms=mono.now_ms)
    stuck, other = (Worker(SqliteStore(path, terms=terms)) for _ in range(2))
    await stuck.store.open(stuck.heard)
    await stuck.create("r")
    await other.store.open(other.heard)
    wall.ms += AN_HOUR_MS
    assert await other.claim(now_ms=wall.ms) == {}
    assert await other.store.claim_one("r") is None
    wall.ms -= 2 * AN_HOUR_MS
    mono.ms += terms.holds_ms + 1
    assert await other.claim(now_ms=wall.ms) == {"r": (2, True, False)}
    await stuck.store.close()
    await other.store.close()


async def test_worker_past_its_lease_may_renew_it_and_keep_its_runs(path: Path) -> None:
    """When nobody took them meanwhile."""
    hands = Hands()
    terms = Terms(now_ms=hands.now_ms, mono_ms=hands.now_ms)
    late, other = (Worker(SqliteStore(path, terms=terms)) for _ in range(2))
    await late.store.open(late.heard)
    await late.create("r")
    hands.ms += 1_000_000
    await late.commit(news("r", 2, step("a")))
    assert not late.heard.lost
    await other.store.open(other.heard)
    assert await other.claim(now_ms=hands.ms) == {}
    assert await other.store.claim_one("r") is None
    await late.store.close()
    await other.store.close()


def test_lock_is_held_until_released(tmp_path: Path) -> None:
    path = tmp_path / "workers" / "w.lock"
    assert lock.is_free(path)
    held = lock.FileLock(path)
    assert not lock.is_free(path)
    with pytest.raises(OSError, match="unavailable"):
        lock.FileLock(path)
    held.release()
    held.release()
    assert lock.is_free(path)
    assert not path.exists()
