"""A copy made while others write, and a store made of it."""

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from podium.engine.ports import Append
from podium.errors import SchemaError
from podium.sqlite.backup import back_up, restore
from podium.sqlite.connection import Place, connect
from podium.sqlite.schema import VERSION
from podium.sqlite.store import SqliteStore
from podium.testing.conformance.floor import COMPLETED, WAITING, Listener, Worker, news, step, stored
from podium.upkeep_errors import BackupError, CopyError

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the limits of these tests are POSIX's")

LIMITED = """
import resource, signal, sys
from pathlib import Path
from podium.sqlite.backup import back_up
from podium.upkeep_errors import BackupError
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, 40_000))
try:
    back_up(Path(sys.argv[1]), Path(sys.argv[2]), now_ms=5)
except BackupError as error:
    print(error.code)
"""


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return tmp_path / "copies" / "copy.db"


async def filled(path: Path) -> Worker:
    """Return a worker with a run that is over, one that waits and one that it holds."""
    path.parent.mkdir(exist_ok=True)
    (path.parent / "copies").mkdir(exist_ok=True)
    worker = Worker(SqliteStore(path))
    await worker.store.open(worker.heard)
    for run_id, projection in (("done", COMPLETED), ("waits", WAITING)):
        await worker.create(run_id)
        await worker.release(run_id, projection)
    await worker.create("held")
    return worker


def names(copy: Path) -> list[str]:
    return [entry.name for entry in copy.parent.iterdir()]


async def opened(path: Path) -> Worker:
    worker = Worker(SqliteStore(path))
    await worker.store.open(worker.heard)
    return worker


async def test_copy_has_what_was_committed_and_nothing_after(path: Path, copy: Path) -> None:
    worker = await filled(path)
    await worker.commit(news("held", 2, step("a")))
    back_up(path, copy, now_ms=5)
    await worker.commit(news("held", 3, step("b")))
    assert names(copy) == [copy.name]
    assert restore(copy, copy.with_name("new.db")) == (5, 2)
    again = await opened(copy.with_name("new.db"))
    assert await stored(again, "held") == (await stored(worker, "held"))[:2]
    assert (await again.store.info("held")).restored_at == 5
    assert (await worker.store.info("held")).restored_at is None
    assert again.store.namespace == worker.store.namespace, "keys are what protects what was lost"
    await again.store.close()
    await worker.store.close()


async def test_restored_runs_are_nobodys_and_are_claimed(path: Path, copy: Path) -> None:
    worker = await filled(path)
    back_up(path, copy, now_ms=5)
    restore(copy, copy.with_name("new.db"))
    again = await opened(copy.with_name("new.db"))
    assert await again.claim() == {"held": (2, False, False)}
    await again.store.close()
    await worker.store.close()


async def test_no_run_is_run_in_a_backup(path: Path, copy: Path) -> None:
    worker = await filled(path)
    back_up(path, copy, now_ms=5)
    before = copy.read_bytes()
    with pytest.raises(CopyError, match="podium restore"):
        await SqliteStore(copy).open(Listener())
    assert copy.read_bytes() == before
    await worker.store.close()


async def test_writers_do_not_wait_for_a_copy_that_is_being_made(path: Path, copy: Path) -> None:
    worker = await filled(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("PRAGMA busy_timeout = 0")
        taken: list[bool] = []

        def write() -> bool:
            other.execute("BEGIN IMMEDIATE")
            other.execute("COMMIT")
            taken.append(True)
            return False

        for run in range(300):
            await worker.create(f"r{run}")
        back_up(path, copy, now_ms=5, stops=write)
    assert taken
    await worker.store.close()


async def test_nothing_is_left_of_a_copy_that_was_called_off(path: Path, copy: Path) -> None:
    worker = await filled(path)
    for run in range(300):
        await worker.create(f"r{run}")
    with pytest.raises(BackupError, match="interrupted"):
        back_up(path, copy, now_ms=5, stops=lambda: True)
    assert names(copy) == []
    await worker.store.close()


@pytest.mark.process
async def test_nothing_is_left_of_a_copy_that_found_no_room(path: Path, copy: Path) -> None:
    worker = await filled(path)
    for run in range(300):
        await worker.create(f"r{run}")
    script = (sys.executable, "-c", LIMITED, str(path), str(copy))
    said = subprocess.run(script, capture_output=True, text=True, check=True, timeout=60).stdout  # noqa: ASYNC221
    assert said == "store.backup\n"
    assert names(copy) == []
    await worker.commit(news("held", 2, step("a")))
    await worker.store.close()


async def test_nothing_is_overwritten(path: Path, copy: Path) -> None:
    worker = await filled(path)
    copy.write_text("mine")
    with pytest.raises(BackupError, match="is there already"):
        back_up(path, copy, now_ms=5)
    with pytest.raises(BackupError, match="is there already"):
        restore(copy, path)
    assert copy.read_text() == "mine"
    await worker.store.close()


async def test_store_is_not_made_where_workers_of_the_one_before_live(path: Path, copy: Path) -> None:
    worker = await filled(path)
    back_up(path, copy, now_ms=5)
    path.rename(path.with_name("away.db"))
    with pytest.raises(BackupError, match="still live"):
        restore(copy, path)
    assert not path.exists()
    await worker.store.close()


async def test_damaged_copy_is_refused(path: Path, copy: Path) -> None:
    worker = await filled(path)
    back_up(path, copy, now_ms=5)
    with copy.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * 8192)
    with pytest.raises(BackupError, match="damaged|malformed"):
        restore(copy, copy.with_name("new.db"))
    assert names(copy) == [copy.name]
    await worker.store.close()


async def test_backup_of_a_newer_podium_is_refused(path: Path, copy: Path) -> None:
    worker = await filled(path)
    back_up(path, copy, now_ms=5)
    with closing(sqlite3.connect(copy)) as newer:
        newer.execute("UPDATE meta SET value = ? WHERE name = 'schema_version'", (VERSION + 1,))
        newer.commit()
    with pytest.raises(SchemaError):
        restore(copy, copy.with_name("new.db"))
    await worker.store.close()


async def test_plain_copy_counts_as_made_when_a_run_in_it_last_changed(path: Path, copy: Path) -> None:
    worker = await filled(path)
    await worker.commit(Append(run_id="held", epoch=1, first_seq=2, release=True))
    changed_at = max([(await worker.store.info(run_id)).updated_at for run_id in ("done", "waits", "held")])
    await worker.store.close()
    connect(Place(path)).close()
    copy.write_bytes(path.read_bytes())
    assert restore(copy, copy.with_name("new.db")) == (changed_at, 2)
