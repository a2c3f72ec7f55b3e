"""A copy of the file while others work on it, and a store made of such a copy.

The copy is one read transaction over the log: nobody waits for it. It is marked as a copy, and no run is run in it:
what was done since it was made is not in it. Restoring takes the mark off and writes into each run when it was copied:
from there on, a write that the run makes may have been made before (see `effects.write`).
"""

import json
import os
import shutil
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from podium.engine.ports import Status
from podium.sqlite import lock, migrations
from podium.sqlite.connection import connect_reader
from podium.upkeep_errors import BackupError

_LOOK_EACH = 1_000
"""After so many instructions of SQLite's machine it is asked whether to stop."""

_MARK = "INSERT INTO meta VALUES ('copied_at', ?)"
_UNMARK = "DELETE FROM meta WHERE name = 'copied_at'"
_COPIED_AT = "SELECT value FROM meta WHERE name = 'copied_at'"
_LAST_CHANGE = "SELECT ifnull(max(updated_at), 0) FROM runs"
_RESTORED = (
    "UPDATE runs SET owner = NULL, restored_at = min(ifnull(restored_at, ?1), ?1)",
    "DELETE FROM workers",
    "DELETE FROM worker_graphs",
    _UNMARK,
)
_UNFINISHED = "SELECT count(*) FROM runs WHERE status NOT IN (SELECT value FROM json_each(?))"


WORK_S_MAX, REST_S = 0.02, 0.01
"""After so long, what was written is synced, and a while is waited: a busy disk keeps everybody waiting."""


class _Pace:
    """Lets the others get to the disk while a file is written."""

    def __init__(self, part: Path, stops: Callable[[], bool]) -> None:
        self._part, self._stops = part, stops
        self._rested_at = time.monotonic()

    def is_over(self) -> bool:
        """Rest if it is time to; claim that the work is called off."""
        if time.monotonic() - self._rested_at > WORK_S_MAX and self._part.exists():
            _sync(self._part)
            time.sleep(REST_S)
            self._rested_at = time.monotonic()
        return self._stops()


def back_up(path: Path, to: Path, *, now_ms: int, stops: Callable[[], bool] = lambda: False) -> None:
    """Write a copy of the store at `path` to the file `to`, which must not be there.

    Args:
        path: The store; it may be in use.
        to: Where to. Until all of the copy is there, was read once, and is synced, it has another name.
        now_ms: What counts as the time of the copy.
        stops: Asked now and then; True calls the copy off.

    Raises:
        BackupError: It can not be written, or was called off. Nothing is left of it.
    """
    with _made(to) as part:
        with closing(connect_reader(path)) as source:
            source.set_progress_handler(_Pace(part, stops).is_over, _LOOK_EACH)
            migrations.check(source, path)
            source.execute("VACUUM INTO ?", (str(part),))
        with closing(sqlite3.connect(part, isolation_level=None)) as copy:
            copy.set_progress_handler(stops, _LOOK_EACH)
            _check(copy, path)
            copy.execute(_MARK, (now_ms,))


def restore(copy: Path, to: Path) -> tuple[int, int]:
    """Make a store at `to`, where none is, of a copy; return when that was made, and how many runs are not over in it.

    A file that `back_up` did not make counts as copied when a run in it last changed.

    Raises:
        BackupError: It can not be written, the copy is damaged, or workers of the store that was there still live.
            Nothing is left of what was begun.
    """
    with _made(to) as part:
        folder = to.with_name(f"{to.name}.workers")
        living = [entry.name for entry in folder.glob("*.lock") if not lock.is_free(entry)]
        if living:
            raise BackupError(to, f"{len(living)} workers of it still live and know another past; stop them first")
        shutil.copyfile(copy, part)
        with closing(sqlite3.connect(part, isolation_level=None)) as made:
            _check(made, copy)
            migrations.migrate(made, copy)
            return _begin_again(made)


def _begin_again(made: sqlite3.Connection) -> tuple[int, int]:
    (copied_at,) = made.execute(_COPIED_AT).fetchone() or made.execute(_LAST_CHANGE).fetchone()
    made.execute("BEGIN IMMEDIATE")
    first, *rest = _RESTORED
    made.execute(first, (copied_at,))
    for statement in rest:
        made.execute(statement)
    made.execute("COMMIT")
    over = json.dumps([status for status in Status if status.is_terminal])
    (unfinished,) = made.execute(_UNFINISHED, (over,)).fetchone()
    return copied_at, unfinished


@contextmanager
def _made(to: Path) -> Iterator[Path]:
    """Give a name to write a file under; it gets its own once it is there as a whole. What fails leaves nothing."""
    if to.exists():
        raise BackupError(to, "it is there already; name another file, or move it away")
    part = to.with_name(f".{to.name}.part")
    try:
        part.unlink(missing_ok=True)
        yield part
        _sync(part)
        part.replace(to)
        if sys.platform != "win32":
            _sync(to.parent)
    except (sqlite3.Error, OSError) as error:
        raise BackupError(to, f"{error}; nothing of it is left") from error
    finally:
        for left in (part, part.with_name(f"{part.name}-journal")):
            left.unlink(missing_ok=True)


def _check(connection: sqlite3.Connection, of: Path) -> None:
    connection.execute("PRAGMA journal_mode = DELETE")  # one file, whatever the source's
    found = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    if found != "ok":
        raise BackupError(of, f"its content is damaged: {found}")


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
