"""Something in the file is not as it was written: that run alone is set aside, says what and how to go on, and does."""

# ruff: noqa: S608  # statements are put together from constants of this file

import asyncio
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from podium import Approve, Engine, Handle
from podium.engine.loading import restored
from podium.engine.ports import RunFilter, RunInfo, Status
from podium.errors import DamagedError, RefusedError, StoreUnavailableError, UnknownEventError
from podium.sqlite import queries, rows
from podium.sqlite.connection import connect_reader
from podium.sqlite.store import SqliteStore
from podium.store_errors import DamagedSnapshotError
from podium.testing.conformance.floor import Listener
from tests.inside import inner
from tests.integration.cli.terminal import Terminal
from tests.integration.crash.outside import Outside
from tests.integration.disk.flows import Log, Trip, engine_on, sending, touring

TABLES = ("runs", "inputs", "journal", "snapshots", "blobs", "graphs")


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a file with two runs that a process has left: a tour that has asked, and one with nothing in common."""
    path = tmp_path_factory.mktemp("whole") / "podium.db"
    asyncio.run(_make(path))
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE runs SET status = 'running'")
        connection.commit()
    return path


async def _make(path: Path) -> None:
    async with engine_on(path, Log(path), Outside(path.parent)) as engine:
        await _until_asked(engine, await engine.start(touring, Trip(), id="bad"))
        await _until_asked(engine, await engine.start(sending, Trip(), id="good"))


@pytest.fixture
def path(whole: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(whole, tmp_path / "podium.db"))


async def _until_asked(engine: Engine, run: Handle[Trip]) -> None:
    news = inner(engine).host.watchers.news()
    while (await run.status()).owner is not None or not await engine.tasks(run_id=run.id):
        news.clear()
        await news.wait()
    inner(engine).host.watchers.unwatch(news)


def do(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        for statement in statements:
            assert connection.execute(statement).rowcount > 0, statement
        connection.commit()


def mend(path: Path, whole: Path) -> None:
    """Put back what a back-up has, as a person would."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("ATTACH ? AS whole", (str(whole),))
        for table in TABLES[1:]:
            connection.execute(f"DELETE FROM {table}")
            connection.execute(f"INSERT INTO {table} SELECT * FROM whole.{table}")
        connection.execute("UPDATE runs SET graph_hash = (SELECT graph_hash FROM whole.runs AS w WHERE w.no = runs.no)")
        connection.commit()


NO_SNAPSHOT = "DELETE FROM snapshots WHERE run = 1"
LAST = "run = 1 AND seq = (SELECT max(seq) FROM journal WHERE run = 1)"


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        ([NO_SNAPSHOT, f"UPDATE journal SET body = body || ' ' WHERE {LAST}"], "checksum"),
        ([NO_SNAPSHOT, f"UPDATE journal SET body = CAST(x'ff' AS TEXT) WHERE {LAST}"], "UTF-8"),
        ([NO_SNAPSHOT, f"UPDATE journal SET kind = 'StepTeleported', crc = NULL WHERE {LAST}"], "no event is called"),
        ([NO_SNAPSHOT, f"DELETE FROM journal WHERE {LAST}"], "is missing"),
        ([NO_SNAPSHOT, "DELETE FROM journal WHERE run = 1 AND seq = 1"], "event 1 is missing"),
        (["UPDATE snapshots SET body = '{}'", "DELETE FROM journal WHERE run = 1 AND seq = 2"], "event 2 is missing"),
        ([NO_SNAPSHOT, "DELETE FROM blobs"], "blob .* is not there"),
        ([NO_SNAPSHOT, "UPDATE blobs SET body = replace(body, 'Busan', 'Pusan')"], "blob .* has been changed"),
        (["DELETE FROM graphs WHERE name = 'touring'"], "graph .* is not there"),
        (
            ["UPDATE graphs SET body = replace(body, 'hotel', 'motel') WHERE name = 'touring'"],
            "graph .* has been changed",
        ),
        (["UPDATE graphs SET body = '{' WHERE name = 'touring'"], "graph .* can not be read"),
        (["UPDATE graphs SET body = '[]' WHERE name = 'touring'"], "graph .* can not be read"),
    ],
)
async def test_run_that_can_not_be_read_is_set_aside_alone_and_goes_on_once_it_is_mended(
    path: Path, whole: Path, damage: list[str], says: str
) -> None:
    do(path, *damage)
    outside = Outside(path.parent)
    async with engine_on(path, Log(path), outside) as engine:
        assert await _ends(engine, "good") == "approve"
        info = await _set_aside(engine, "bad")
        assert info.error is not None
        assert info.error.endswith("goes on with: podium runs resume bad")
        with pytest.raises((DamagedError, UnknownEventError), match=says):
            await engine.state("bad")
        with pytest.raises(RefusedError, match="can not be read"):
            await (await engine.get("bad")).answer("editor", Approve())
        assert "bad" in [run.id for run in await engine.runs()]
        mend(path, whole)
        await engine.resume("bad")
        assert await _ends(engine, "bad") == "approve"
    assert outside.done() == ["Busan!", "approve"]


async def _set_aside(engine: Engine, run_id: str) -> RunInfo:
    """Wait until a run shows as parked."""
    with engine.news() as news:
        while (info := await inner(engine).store.info(run_id)).status is not Status.PARKED:
            news.clear()
            await news.wait()
    return info


async def _ends(engine: Engine, run_id: str) -> str:
    run: Handle[Trip] = await engine.get(run_id)
    await run.answer("editor", Approve(), by="ann")
    return (await run.result()).verdict


@pytest.mark.parametrize(
    "damage", ["body = '{}'", "body = 'x'", "body = x'ff'", "seq = seq - 1", "body = replace(body, 'Busan!', 'Pusan!')"]
)
async def test_snapshot_that_can_not_be_read_is_made_good_from_the_events(
    path: Path, damage: str, caplog: pytest.LogCaptureFixture
) -> None:
    do(path, f"UPDATE snapshots SET {damage} WHERE run = 1")
    outside = Outside(path.parent)
    async with engine_on(path, Log(path), outside) as engine:
        assert await _ends(engine, "bad") == "approve"
    assert "all its events were folded instead" in caplog.text
    assert outside.done() == ["Busan!", "approve"]


async def test_page_that_was_lost_sets_its_run_aside(path: Path) -> None:
    """In the middle of a value that is longer than a page, SQLite is led nowhere: SQLITE_CORRUPT."""
    do(path, NO_SNAPSHOT)
    page = _first_overflow_page_of(path, "blobs")
    with path.open("r+b") as file:
        file.seek((page - 1) * 4096)
        file.write(bytes(4096))
    async with engine_on(path, Log(path), Outside(path.parent)) as engine:
        assert await _ends(engine, "good") == "approve"
        info = await _set_aside(engine, "bad")
        assert "malformed" in (info.error or "")


def _first_overflow_page_of(path: Path, table: str) -> int:
    """Return the second page of a table's only row: its first one ends with the number."""
    with closing(sqlite3.connect(path)) as connection:
        (root,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)).fetchone()
    page = path.read_bytes()[(root - 1) * 4096 : root * 4096]
    return int.from_bytes(page[-4:], "big")


@pytest.mark.parametrize(
    "damage",
    [
        "INSERT INTO inbox (id, run_id, kind, body, at) VALUES ('x', 'bad', 'signal', CAST(x'ff' AS TEXT), 1)",
        "INSERT INTO inbox (id, run_id, kind, body, at) VALUES ('x', 'bad', 'signal', '{\"name\"', 1)",
        "INSERT INTO inbox (id, run_id, kind, body, at) VALUES ('x', 'bad', 'teleport', '{}', 1)",
    ],
)
async def test_stimulus_that_can_not_be_read_is_refused_alone(path: Path, damage: str) -> None:
    do(path, damage)
    async with engine_on(path, Log(path), Outside(path.parent)) as engine:
        assert await _ends(engine, "good") == "approve"
        assert await _ends(engine, "bad") == "approve"
        assert (await inner(engine).store.verdict("x") or "").startswith("invalid: ")


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE human_tasks SET context = CAST(x'ff' AS TEXT) WHERE run = 1",
        "UPDATE human_tasks SET context = '{', title = x'00ff' WHERE run = 1",
        "UPDATE human_tasks SET path = 'elsewhere' WHERE run = 1",
        "DELETE FROM human_tasks WHERE run = 1",
        "UPDATE runs SET error = CAST(x'ff' AS TEXT) WHERE id = 'bad'",
        "DELETE FROM inputs WHERE run = 1",
    ],
)
async def test_what_is_kept_for_people_only_hides_nothing_else_and_stops_nothing(path: Path, damage: str) -> None:
    do(path, damage)
    async with engine_on(path, Log(path), Outside(path.parent)) as engine:
        assert "good" in {task.run_id for task in await engine.tasks()}
        assert {run.id for run in await engine.runs()} == {"good", "bad"}
        assert await _ends(engine, "good") == "approve"
        assert await _ends(engine, "bad") == "approve"


async def test_run_whose_status_is_no_status_is_listed_as_parked_and_hides_no_other(path: Path) -> None:
    do(path, "UPDATE runs SET status = 'odd' WHERE id = 'bad'")
    async with engine_on(path, Log(path), Outside(path.parent)) as engine:
        shown = {run.id: (run.status, run.error) for run in await inner(engine).store.runs(RunFilter())}
        assert shown["bad"] == (Status.PARKED, "run bad: 'odd' is not a valid Status")
        with pytest.raises(DamagedError, match="odd"):
            await engine.resume("bad")
        assert await _ends(engine, "good") == "approve"


@pytest.mark.process
def test_damage_is_shown_by_the_command_line(path: Path) -> None:
    do(path, NO_SNAPSHOT, f"UPDATE journal SET body = '{{' WHERE {LAST}")
    terminal = Terminal(path.parent)
    shown = terminal.podium("runs", "show", "bad")
    assert shown.code == 1
    assert "touring bad: running" in shown.out
    assert "it can not be read" in shown.err
    assert [row["id"] for row in terminal.podium("runs", "ls", "--json").json] == ["good", "bad"]
    assert "bad:editor" in terminal.podium("tasks", "ls").out


def test_no_flipped_bit_of_an_event_goes_unseen(whole: Path) -> None:
    with closing(connect_reader(whole)) as connection:
        found = connection.execute(f"SELECT {rows.EVENT} WHERE run = 1").fetchall()
    assert len(found) > 8
    assert all(rows.event("bad", row) for row in found)
    for flipped in (flipped for row in found for flipped in _flips(row)):
        with pytest.raises((DamagedError, UnknownEventError)):
            rows.event("bad", flipped)


def _flips(row: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    """Give a row with one bit changed in its number, kind, path, time or body, for every byte of them."""
    seq, kind, path, at, body, *rest = row
    yield seq ^ 1, kind, path, at, body, *rest
    yield seq, kind, path, at ^ 4, body, *rest
    for text in _flipped(kind):
        yield seq, text, path, at, body, *rest
    for text in _flipped(path):
        yield seq, kind, text, at, body, *rest
    for text in _flipped(body or ""):
        yield seq, kind, path, at, text, *rest


def _flipped(text: str, *, step: int = 1) -> Iterator[str]:
    whole = text.encode()
    for at in range(0, len(whole), step):
        changed = bytearray(whole)
        changed[at] ^= 1 << at % 7
        yield changed.decode("utf-8", "replace")


def test_no_flipped_bit_of_a_snapshot_goes_unseen_and_none_of_a_graph_gives_another(path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        loaded = queries.load(connection, "bad", None)
        assert loaded.snapshot is not None
        for text in _flipped(loaded.snapshot, step=997):
            connection.execute("UPDATE snapshots SET body = ? WHERE run = 1", (text,))
            with pytest.raises(DamagedSnapshotError, match="run bad: its snapshot"):
                queries.load(connection, "bad", None)
        right = restored(loaded, incarnation=1).graph
        for text in _flipped(loaded.graph):
            loaded.graph = text
            try:
                graph = restored(loaded, incarnation=1).graph
            except DamagedError:
                continue
            assert graph.nodes.keys() == right.nodes.keys()


async def test_graph_is_made_good_by_a_start_of_the_same_workflow(path: Path) -> None:
    do(path, "UPDATE graphs SET body = '{' WHERE name = 'touring'")
    async with engine_on(path, Log(path), Outside(path.parent)) as engine:
        await _set_aside(engine, "bad")
        await engine.start(touring, Trip(), id="another")
        await engine.resume("bad")
        assert await _ends(engine, "bad") == "approve"


async def test_engine_goes_on_trying_while_the_file_stays_broken_and_goes_on_once_it_is_mended(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A table is missing: every commit fails, however often the file is opened anew."""
    async with engine_on(path, Log(path), Outside(path.parent)) as engine:
        run: Handle[Trip] = await engine.get("bad")
        do_all(path, "ALTER TABLE inbox RENAME TO gone")
        answering = asyncio.create_task(run.answer("editor", Approve(), by="ann"))
        while inner(engine).recovery.reopened < 2:
            await asyncio.sleep(0)
        assert "the store failed, and is opened anew" in caplog.text
        do_all(path, "ALTER TABLE gone RENAME TO inbox")
        await answering
        assert (await run.result()).verdict == "approve"
    assert Outside(path.parent).done() == ["Busan!", "approve"]


async def test_file_that_is_gone_or_another_one_is_not_taken_for_ours(tmp_path: Path) -> None:
    """As when a volume is taken away, and then another one is put in its place."""
    disk, away = tmp_path / "disk", tmp_path / "away"
    disk.mkdir()
    store = SqliteStore(disk / "podium.db")
    await store.open(Listener())
    disk.rename(away)
    with pytest.raises(StoreUnavailableError, match="the file is gone"):
        await store.reopen()
    disk.mkdir()
    other = SqliteStore(disk / "podium.db")
    await other.open(Listener())
    await other.close()
    with pytest.raises(StoreUnavailableError, match="another database"):
        await store.reopen()
    shutil.rmtree(disk)
    away.rename(disk)
    await store.reopen()
    await store.close()


def do_all(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute(statement)
