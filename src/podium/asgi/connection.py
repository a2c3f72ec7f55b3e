"""The table of keys, in the service's own SQLite file, and how a connection to it is opened."""

import sqlite3
import sys
import time
from pathlib import Path
from typing import Final

from podium.errors import StoreUnavailableError

BUSY_MS: Final = 5000
"""How long a statement waits for another process's lock before it is an error."""
_SWITCH_MS: Final = 10
"""How long it is waited between two tries to switch a file to WAL."""

_TABLE: Final = """
BEGIN IMMEDIATE;
CREATE TABLE IF NOT EXISTS podium_idempotency (
    no INTEGER PRIMARY KEY AUTOINCREMENT, -- never used again, so that (no, epoch) fences across release and claim
    tenant TEXT NOT NULL, operation TEXT NOT NULL, key TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    transactional INTEGER NOT NULL,
    begun_at INTEGER NOT NULL,
    state TEXT NOT NULL,
    owner TEXT NOT NULL, -- the process, for people
    epoch INTEGER NOT NULL,
    tries INTEGER NOT NULL DEFAULT 0,
    until INTEGER NOT NULL, -- when time next matters: the lease, when to find out, the key's life, when to forget it
    status INTEGER, headers TEXT, body BLOB, -- body NULL: it was too long
    UNIQUE (tenant, operation, key)) STRICT;
CREATE INDEX IF NOT EXISTS podium_idempotency_due ON podium_idempotency (state, until);
COMMIT;
"""


def connect(path: Path) -> sqlite3.Connection:
    """Open the file for any thread of this process, one at a time; make the table if it is missing.

    Raises:
        sqlite3.Error: It can not be opened, or not be written to.
    """
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    connection.row_factory = sqlite3.Row
    try:
        connection.execute(f"PRAGMA busy_timeout = {BUSY_MS}")
        _switch_to_wal(connection)
        connection.execute("PRAGMA synchronous = FULL")
        if sys.platform == "darwin":  # there, fsync leaves the bytes in the drive's cache
            connection.execute("PRAGMA fullfsync = 1")
            connection.execute("PRAGMA checkpoint_fullfsync = 1")
        connection.executescript(_TABLE)
    except BaseException:
        connection.close()
        raise
    return connection


def unavailable(path: Path, error: object) -> StoreUnavailableError:
    """Return the error for a file that can not be opened, read or written."""
    return StoreUnavailableError(f"{path}: {error}; what was not committed was not acknowledged")


def _switch_to_wal(connection: sqlite3.Connection) -> None:
    """Switch, as patient as a statement with a lock: while another connection switches, SQLite refuses at once."""
    tries = BUSY_MS // _SWITCH_MS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            tries -= 1
            if tries == 0 or error.sqlite_errorcode & 0xFF not in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                raise
            time.sleep(_SWITCH_MS / 1000)
        else:
            return
