"""How a connection is opened, and what every one of them is told."""

import sqlite3
import sys
import time
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from podium.sqlite import errors, migrations

BUSY_MS = 5000
"""How long a statement waits for another process's lock before it is an error."""
SWITCH_MS = 10
"""How long it is waited between two tries to switch a file to WAL."""
CHECKPOINT_PAGES = 4000
"""The WAL is copied into the file every 16 MB: at the default of 4 MB a busy writer does little else."""
WAL_BYTES_MAX = 64 << 20
"""A WAL that grew larger in a burst is cut back to this."""
CACHE_KB = 16_384
STATEMENTS = 256


class Synchronous(StrEnum):
    """When a commit counts as done."""

    FULL = "FULL"
    """When it is on the disk: survives loss of power."""
    NORMAL = "NORMAL"
    """When the operating system has it: survives the end of the process, but a loss of power may undo the last ones."""


@dataclass(frozen=True, slots=True)
class Place:
    """A database file and what a commit to it means."""

    path: Path
    synchronous: Synchronous = Synchronous.FULL


def connect(place: Place) -> sqlite3.Connection:
    """Open the file for writing, create or migrate its tables, and return the connection.

    Raises:
        SchemaError: Written by a newer Podium; nothing was touched.
        StoreUnavailableError: It can not be opened, or is not ours.
    """
    try:
        connection = sqlite3.connect(place.path, isolation_level=None, cached_statements=STATEMENTS)
        try:
            _prepare(connection, place)
        except BaseException:
            connection.close()
            raise
    except sqlite3.Error as error:
        raise errors.unavailable(place.path, error) from error
    return connection


def connect_reader(path: Path) -> sqlite3.Connection:
    """Open the file, which a writer has made, for reading only."""
    try:
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None)
        connection.execute(f"PRAGMA busy_timeout = {BUSY_MS}")
    except sqlite3.Error as error:
        raise errors.unavailable(path, error) from error
    return connection


def _prepare(connection: sqlite3.Connection, place: Place) -> None:
    connection.execute(f"PRAGMA busy_timeout = {BUSY_MS}")
    migrations.check(connection, place.path)  # before the first write: switching to WAL is one
    migrations.refuse_copy(connection, place.path)
    mode = _switch_to_wal(connection)
    if mode != "wal":
        raise errors.unavailable(place.path, f"its place allows no write-ahead log (journal_mode stays {mode})")
    for name, value in _pragmas(place.synchronous).items():
        connection.execute(f"PRAGMA {name} = {value}")
    migrations.migrate(connection, place.path)


def _switch_to_wal(connection: sqlite3.Connection) -> str:
    """Return the journal mode after asking for WAL, as patient as a statement with a lock.

    While another connection switches the same file, SQLite refuses at once, without heed to the busy time-out.
    """
    tries = BUSY_MS // SWITCH_MS
    while True:
        try:
            mode: str = connection.execute("PRAGMA journal_mode = WAL").fetchone()[0]
        except sqlite3.OperationalError as error:
            tries -= 1
            if errors.stall(error) is None or tries == 0:
                raise
            time.sleep(SWITCH_MS / 1000)
        else:
            return mode


def _pragmas(synchronous: Synchronous) -> dict[str, str | int]:
    pragmas: dict[str, str | int] = {
        "synchronous": synchronous,
        "wal_autocheckpoint": CHECKPOINT_PAGES,
        "journal_size_limit": WAL_BYTES_MAX,
        "cache_size": -CACHE_KB,
        "temp_store": "MEMORY",
    }
    if sys.platform == "darwin":  # there, fsync leaves the bytes in the drive's cache
        pragmas |= {"fullfsync": 1, "checkpoint_fullfsync": 1}
    return pragmas
