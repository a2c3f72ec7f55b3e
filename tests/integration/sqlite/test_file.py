"""What is in the file, and how it is opened."""

import sqlite3
from pathlib import Path

import pytest

from podium.core.events import StepDone
from podium.engine.ports import RunInfo
from podium.errors import BadEngineUrlError, SchemaError, StoreUnavailableError
from podium.sqlite.connection import Place, Synchronous, connect, connect_reader
from podium.sqlite.schema import STEPS, VERSION
from podium.sqlite.store import SqliteStore
from podium.sqlite.url import store_at
from podium.testing.conformance.floor import GRAPH, RUNNING, Listener, Worker, began, news, step


def _content(path: Path) -> bytes:
    return path.read_bytes()


def _names(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir())


def _put_file(path: Path) -> None:
    path.write_text("a file in its place", "utf-8")


def _pragmas(connection: sqlite3.Connection, *names: str) -> list[object]:
    values = [connection.execute(f"PRAGMA {name}").fetchone()[0] for name in names]
    connection.close()
    return values


def test_commits_are_synced_unless_asked_otherwise(path: Path) -> None:
    assert _pragmas(connect(Place(path)), "journal_mode", "synchronous") == ["wal", 2]
    assert _pragmas(connect(Place(path, Synchronous.NORMAL)), "journal_mode", "synchronous") == ["wal", 1]


def test_reader_can_not_write(path: Path) -> None:
    connect(Place(path)).close()
    reader = connect_reader(path)
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        reader.execute("DELETE FROM runs")
    reader.close()


async def test_file_of_a_newer_podium_is_refused_untouched(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE meta (name TEXT PRIMARY KEY, value NOT NULL)")
    connection.execute("INSERT INTO meta VALUES ('schema_version', ?)", (VERSION + 1,))
    connection.commit()
    connection.close()
    before = _content(path)
    with pytest.raises(SchemaError, match="a newer Podium"):
        await SqliteStore(path).open(Listener())
    assert _content(path) == before
    assert _names(path.parent) == [path.name]


async def test_file_of_another_program_is_refused_untouched(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE songs (title TEXT)")
    connection.close()
    before = _content(path)
    with pytest.raises(StoreUnavailableError, match="another program"):
        await SqliteStore(path).open(Listener())
    assert _content(path) == before


async def test_missing_folder_is_unavailable(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "nowhere" / "podium.db")
    with pytest.raises(StoreUnavailableError, match="unable to open"):
        await store.open(Listener())
    await store.close()


async def test_folder_of_locks_that_can_not_be_made_is_unavailable(path: Path) -> None:
    _put_file(path.with_name(f"{path.name}.workers"))
    with pytest.raises(StoreUnavailableError, match="workers"):
        await SqliteStore(path).open(Listener())


async def test_large_body_is_kept_once(here: Worker, beside: sqlite3.Connection) -> None:
    await here.create("r")
    same = [StepDone(at=2, path=path, output='"' + "x" * 200_000 + '"') for path in ("a", "b", "c")]
    await here.commit(news("r", 2, *same))
    assert beside.execute("SELECT count(*) FROM blobs").fetchone() == (1,)
    assert beside.execute("SELECT count(*) FROM journal WHERE blob IS NOT NULL").fetchone() == (3,)


async def test_disk_per_step_does_not_depend_on_the_input(here: Worker, path: Path) -> None:
    large = RunInfo(id="r", workflow="w", graph_hash="h", input='"' + "x" * 100_000 + '"')
    await here.store.create(large, GRAPH, [began("r")], RUNNING)
    log = path.with_name(f"{path.name}-wal")
    before = log.stat().st_size
    for seq in range(2, 52):
        await here.commit(news("r", seq, step("a"), projection=RUNNING))
    assert (log.stat().st_size - before) / 50 < 50_000


async def test_graph_is_kept_once(here: Worker, beside: sqlite3.Connection) -> None:
    for run_id in ("a", "b"):
        await here.create(run_id)
    assert beside.execute("SELECT name, body FROM graphs").fetchall() == [("sample", GRAPH)]


async def test_close_leaves_one_file_and_no_lock(here: Worker, path: Path) -> None:
    folder = path.with_name(f"{path.name}.workers")
    assert _names(folder) == [f"{here.store.worker_id}.lock"]
    await here.create("r")
    await here.store.info("r")
    await here.store.close()
    assert _names(folder) == []
    assert _names(path.parent) == [path.name, folder.name]


@pytest.mark.parametrize(
    ("url", "path", "synchronous"),
    [
        ("sqlite:///podium.db", "podium.db", "FULL"),
        ("sqlite:////srv/a%20b.db", "/srv/a b.db", "FULL"),
        ("sqlite:///podium.db?synchronous=NORMAL", "podium.db", "NORMAL"),
    ],
)
def test_url_names_file_and_mode(url: str, path: str, synchronous: str) -> None:
    assert store_at(url)._place == Place(Path(path), Synchronous(synchronous))


@pytest.mark.parametrize(
    "url",
    [
        "sqlite://podium.db",
        "sqlite:///",
        "sqlite:podium.db",
        "postgres:///podium.db",
        "sqlite:///podium.db?synchronous=OFF",
        "sqlite:///podium.db?mode=ro",
        "sqlite:///podium.db#x",
    ],
)
def test_url_that_is_not_understood_is_refused(url: str) -> None:
    with pytest.raises(BadEngineUrlError, match="names no SQLite file"):
        store_at(url)


async def test_file_of_an_older_podium_gets_the_newer_tables_and_keeps_what_is_in_it(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.executescript(STEPS[0])
    connection.execute("CREATE TABLE meta (name TEXT PRIMARY KEY, value NOT NULL)")
    connection.executemany("INSERT INTO meta VALUES (?, ?)", [("schema_version", 1), ("namespace", "older")])
    connection.execute("INSERT INTO graphs VALUES ('h', 'kept', '{}')")
    connection.commit()
    connection.close()
    store = SqliteStore(path)
    await store.open(Listener())
    assert store.namespace == "older"
    await store.add_breakers({"airline"})
    assert [row.name for row in await store.breakers()] == ["airline"]
    await store.close()
    connection = sqlite3.connect(path)
    assert connection.execute("SELECT name FROM graphs").fetchall() == [("kept",)]
    assert connection.execute("SELECT value FROM meta WHERE name = 'schema_version'").fetchone() == (VERSION,)
    connection.close()
