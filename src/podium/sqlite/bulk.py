"""Many rows in one statement.

Each statement that SQLite performs gives Python's interpreter lock away and has to win it back, which takes up to 5 ms
while the event loop computes. So a commit must not take a statement per row: it takes one for up to 256 rows. Lists
are filled up with NULLs to a power of two, so that few statements are prepared and all of them stay so; every
statement must ignore a row of NULLs.
"""

import sqlite3
from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple

ROWS_MAX = 256


class Bulk(NamedTuple):
    """A statement with `{values}` where the rows go, as `(VALUES (?, ?), …)`; `width` values make a row."""

    sql: str
    width: int

    def execute(self, connection: sqlite3.Connection, flat: Sequence[Any], *after: Any) -> list[sqlite3.Cursor]:
        """Execute it over rows laid end to end; `after` follows them. Return a cursor per 256 rows."""
        step = ROWS_MAX * self.width
        return [self._execute(connection, flat[i : i + step], after) for i in range(0, len(flat), step)]

    def _execute(self, connection: sqlite3.Connection, flat: Sequence[Any], after: Sequence[Any]) -> sqlite3.Cursor:
        rows = 1 << (len(flat) // self.width - 1).bit_length()
        filler = [None] * (rows * self.width - len(flat))
        return connection.execute(_statement(self.sql, self.width, rows), [*flat, *filler, *after])


@cache
def _statement(sql: str, width: int, rows: int) -> str:
    row = f"({', '.join('?' * width)})"
    return sql.format(values=f"(VALUES {', '.join([row] * rows)})")
