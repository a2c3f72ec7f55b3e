"""A file is brought to the version that this code writes, or refused before anything in it is touched."""

import sqlite3
from pathlib import Path

from podium.errors import SchemaError, StoreUnavailableError
from podium.sqlite.schema import STEPS, VERSION
from podium.upkeep_errors import CopyError

_META = "CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value NOT NULL)"
_READ = "SELECT value FROM meta WHERE name = 'schema_version'"
_COPIED = "SELECT 1 FROM meta WHERE name = 'copied_at'"
_WRITE = "INSERT OR REPLACE INTO meta VALUES ('schema_version', ?)"
_NAME = "INSERT OR IGNORE INTO meta VALUES ('namespace', lower(hex(randomblob(8))))"


def check(connection: sqlite3.Connection, path: Path) -> int:
    """Return the version of the file, 0 when it is empty; write nothing.

    Raises:
        SchemaError: A newer Podium has written it.
        StoreUnavailableError: It belongs to another program.
    """
    version = _version(connection)
    if version is None:
        raise _foreign(path)
    if version > VERSION:
        raise _newer(path, version)
    return version


def refuse_copy(connection: sqlite3.Connection, path: Path) -> None:
    """Raise CopyError where the file is a backup; write nothing."""
    if _version(connection) and connection.execute(_COPIED).fetchone():
        raise _copy(path)


def migrate(connection: sqlite3.Connection, path: Path) -> None:
    """Bring the file to `VERSION` in one transaction, so that of several processes one does it and none sees half."""
    if check(connection, path) == VERSION:
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        for step in STEPS[check(connection, path) :]:
            _perform(connection, step)
        connection.execute(_META)
        connection.execute(_WRITE, (VERSION,))
        connection.execute(_NAME)
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _perform(connection: sqlite3.Connection, step: str) -> None:
    """Execute the statements one by one: `executescript` would commit first."""
    statement = ""
    for line in step.splitlines():
        statement += line + "\n"
        if sqlite3.complete_statement(statement):
            connection.execute(statement)
            statement = ""


def _version(connection: sqlite3.Connection) -> int | None:
    """Return the version; None where there are tables and none of them says it."""
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if not tables:
        return 0
    row = connection.execute(_READ).fetchone() if "meta" in tables else None
    return int(row[0]) if row else None


def _newer(path: Path, version: int) -> SchemaError:
    return SchemaError(
        f"{path} has schema version {version}, and this Podium knows up to {VERSION}: a newer Podium has written it;"
        " install that one, or use another file"
    )


def _copy(path: Path) -> CopyError:
    return CopyError(
        f"{path} is a backup, and no run is run in one: what was done since is not in it;"
        f" make a database of it: podium restore {path} --db NEW"
    )


def _foreign(path: Path) -> StoreUnavailableError:
    return StoreUnavailableError(f"{path} is a SQLite file of another program: its tables are not Podium's")
