"""What can be asked of the file. Each question is one function on a connection."""

import json
import sqlite3
from collections.abc import Collection, Iterable
from typing import Any

from podium.core.events import Event
from podium.engine.ports import InboxRow, Loaded, RunInfo
from podium.errors import RunNotFoundError
from podium.sqlite import checksum, errors, rows
from podium.upkeep_errors import RunPrunedError

_INFO = f"SELECT {rows.RUN} WHERE id = ?"
_NUMBER = "SELECT no FROM runs WHERE id = ?"
_GRAPH = "SELECT body FROM graphs WHERE hash = ?"
_SNAPSHOT = "SELECT seq, body, crc FROM snapshots WHERE run = ? AND seq <= ?"
_EVENTS = f"SELECT {rows.EVENT} WHERE run = ? AND seq > ? AND seq <= ? ORDER BY seq LIMIT ?"
_INBOX = (
    f"SELECT {rows.INBOX} WHERE verdict IS NULL"  # noqa: S608  # constants
    " AND run_id IN (SELECT value FROM json_each(?)) ORDER BY no"
)
_VERDICT = "SELECT verdict FROM inbox WHERE id = ?"

_PRUNED = "SELECT status, at, refused_until FROM pruned WHERE id = ?"

_NO_LIMIT = -1
_SEQ_MAX = (1 << 63) - 1


def info(connection: sqlite3.Connection, run_id: str) -> RunInfo:
    """Return a run's row; raise RunNotFoundError."""
    row = connection.execute(_INFO, (run_id,)).fetchone()
    if row is None:
        raise missing(connection, run_id)
    return rows.run_info(row)


def missing(connection: sqlite3.Connection, run_id: str) -> RunNotFoundError:
    """Return the error for a run that is not there: there was none, or it was pruned."""
    row = connection.execute(_PRUNED, (run_id,)).fetchone()
    if row is None:
        return RunNotFoundError(run_id)
    status, pruned_at, refused_until = row
    return RunPrunedError(run_id, status=status, pruned_at=pruned_at, refused_until=refused_until)


def refuse_pruned(connection: sqlite3.Connection, run_id: str) -> None:
    """Raise RunPrunedError where a run of that id was pruned, and may not come again yet."""
    error = missing(connection, run_id)
    if isinstance(error, RunPrunedError):
        raise error


def load(connection: sqlite3.Connection, run_id: str, upto: int | None) -> Loaded:
    """Return a run with its last snapshot and the events after it, up to number `upto`."""
    try:
        return _load(connection, run_id, _SEQ_MAX if upto is None else upto)
    except sqlite3.Error as error:
        if errors.is_damage(error):
            raise errors.damaged(run_id, error) from error
        raise


def events(connection: sqlite3.Connection, run_id: str, after: int, limit: int) -> list[tuple[int, Event]]:
    """Return events after number `after`, oldest first."""
    found = connection.execute(_EVENTS, (number(connection, run_id), after, _SEQ_MAX, limit))
    return [rows.event(run_id, row) for row in found]


def undoing(connection: sqlite3.Connection, until_ms: int) -> list[RunInfo]:
    """Return the runs that have been undoing what they wrote since then or earlier, longest first."""
    sql = f"SELECT {rows.RUN} WHERE undoing_since <= ? ORDER BY undoing_since, runs.no"
    return [rows.run_info(row) for row in connection.execute(sql, (until_ms,))]


def undecided(connection: sqlite3.Connection, owned: Collection[str]) -> list[InboxRow]:
    """Return the stimuli without a verdict for these runs, oldest first."""
    return [rows.inbox_row(row) for row in connection.execute(_INBOX, (json.dumps(list(owned)),))]


def verdict(connection: sqlite3.Connection, inbox_id: str) -> str | None:
    """Return the verdict on a stimulus; None while there is none, or no such stimulus."""
    row: tuple[str | None] | None = connection.execute(_VERDICT, (inbox_id,)).fetchone()
    return row[0] if row else None


def version(connection: sqlite3.Connection) -> int:
    """Return a number that is another one once another connection has committed."""
    row: tuple[int] = connection.execute("PRAGMA data_version").fetchone()
    return row[0]


def namespace(connection: sqlite3.Connection) -> str:
    """Return the name that the file was given at random when it was made."""
    row: tuple[str] = connection.execute("SELECT value FROM meta WHERE name = 'namespace'").fetchone()
    return row[0]


def _load(connection: sqlite3.Connection, run_id: str, upto: int) -> Loaded:
    run = info(connection, run_id)
    no = number(connection, run_id)
    graph = connection.execute(_GRAPH, (run.graph_hash,)).fetchone()
    if graph is None:
        raise errors.damaged(run_id, f"its graph {run.graph_hash} is not there")
    seq, snapshot = _snapshot(connection, run_id, no, upto)
    found = [rows.event(run_id, row) for row in connection.execute(_EVENTS, (no, seq, upto, _NO_LIMIT))]
    _check_numbers(run_id, (number for number, _ in found), first=seq + 1, last=min(run.seq, upto))
    return Loaded(info=run, graph=graph[0], snapshot=snapshot, snapshot_seq=seq, events=[event for _, event in found])


def _snapshot(connection: sqlite3.Connection, run_id: str, no: int, upto: int) -> tuple[int, str | None]:
    """Return the last event that a snapshot holds, and the snapshot; 0 and None where there is none."""
    try:
        row: tuple[Any, ...] | None = connection.execute(_SNAPSHOT, (no, upto)).fetchone()
    except sqlite3.Error as error:
        if errors.is_damage(error):
            raise errors.damaged_snapshot(run_id, error) from error
        raise
    if row is None:
        return 0, None
    seq, body, crc = row
    if not isinstance(body, str) or (crc is not None and crc != checksum.of_snapshot(seq, body)):
        raise errors.damaged_snapshot(run_id, "it has been changed")
    return seq, body


def _check_numbers(run_id: str, numbers: Iterable[int], *, first: int, last: int) -> None:
    expected = first
    for number in numbers:
        if number != expected:
            break
        expected += 1
    if expected != last + 1:
        raise errors.damaged(run_id, f"its event {expected} is missing")


def number(connection: sqlite3.Connection, run_id: str) -> int:
    """Return the number of a run; raise RunNotFoundError."""
    row: tuple[int] | None = connection.execute(_NUMBER, (run_id,)).fetchone()
    if row is None:
        raise missing(connection, run_id)
    return row[0]
