"""What the service of the soak really did, act by act: the truth that runs are audited against."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_TABLE = """
CREATE TABLE IF NOT EXISTS acts (
    no INTEGER PRIMARY KEY,
    run TEXT NOT NULL,
    what TEXT NOT NULL,
    sign INTEGER NOT NULL              -- 1: booked; -1: given back
);
CREATE INDEX IF NOT EXISTS acts_run ON acts (run);
"""

Acts = dict[str, dict[str, list[int]]]
"""By run, by what was booked: the signs of its acts in order."""


def open_ledger(path: Path) -> sqlite3.Connection:
    """Open the ledger for writing; every act is its caller's transaction."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.executescript(_TABLE)
    return connection


def write(connection: sqlite3.Connection, run: str, what: str, sign: int) -> int:
    """Write an act down, and return its number."""
    return int(
        connection.execute("INSERT INTO acts (run, what, sign) VALUES (?, ?, ?)", (run, what, sign)).lastrowid or 0
    )


def holds(connection: sqlite3.Connection, run: str, what: str) -> int | None:
    """Return the number of the booking of `what` that is not given back, or None."""
    found = connection.execute("SELECT max(no), sum(sign) FROM acts WHERE run = ? AND what = ?", (run, what)).fetchone()
    return int(found[0]) if found[1] else None


def keys(path: Path) -> frozenset[str]:
    """Return every key under which the service was ever asked for an act that it did."""
    connection = sqlite3.connect(path)
    try:
        return frozenset(key for (key,) in connection.execute("SELECT key FROM podium_idempotency"))
    finally:
        connection.close()


def read(path: Path) -> Acts:
    """Return everything that was done."""
    connection = sqlite3.connect(path)
    try:
        rows = connection.execute("SELECT run, what, sign FROM acts ORDER BY no").fetchall()
    finally:
        connection.close()
    acts: Acts = {}
    for run, what, sign in rows:
        acts.setdefault(run, {}).setdefault(what, []).append(sign)
    return acts
