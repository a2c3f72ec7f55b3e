"""What happens to the service's file besides the store: its lock is held, writes to it fail, its rows are read."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from podium.asgi import IdempotencyStore

SAVING_FAILS = """CREATE TRIGGER fails BEFORE UPDATE ON podium_idempotency WHEN NEW.state <> 'in_progress'
    BEGIN SELECT RAISE(ABORT, 'no room'); END"""
RENEWING_FAILS = """CREATE TRIGGER fails BEFORE UPDATE ON podium_idempotency
    BEGIN SELECT RAISE(ABORT, 'no room'); END"""


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the file's write lock."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        connection.execute("ROLLBACK")
        connection.close()


def execute(path: Path, sql: str) -> None:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute(sql)
    connection.close()


def column(store: IdempotencyStore, name: str) -> list[object]:
    """Return what all keys have in a column."""
    connection = sqlite3.connect(store.path)
    found = [value for (value,) in connection.execute(f"SELECT {name} FROM podium_idempotency")]  # noqa: S608  # our own
    connection.close()
    return found
