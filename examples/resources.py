"""Resources: clients are opened once per engine and given to tools by type; `reconcile` asks whether a write happened.

$ podium run examples/resources.py name=Ada
"""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing

from pydantic import BaseModel

from podium import END, FROM_ENGINE, START, IdempotencyKey, StateMachine, tool


class GuestBook:
    """The client of something outside: here, a table. It is never stored; only what tools take and give is."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection
        connection.execute("CREATE TABLE IF NOT EXISTS guests (no INTEGER PRIMARY KEY, name TEXT, key TEXT)")

    def write(self, name: str, key: str) -> None:
        """Add a line, each time it is asked to: this service does not look at keys."""
        self.connection.execute("INSERT INTO guests (name, key) VALUES (?, ?)", (name, key))

    def number(self, key: str) -> int | None:
        """Return the number of the line with that key."""
        row = self.connection.execute("SELECT no FROM guests WHERE key = ?", (key,)).fetchone()
        return None if row is None else int(row[0])


@asynccontextmanager
async def resources() -> AsyncIterator[GuestBook]:
    """Open what tools need. `podium run` finds this by its name; in code it is `Engine(…, resources=resources)`."""
    with closing(sqlite3.connect("guests.db", isolation_level=None)) as connection:
        yield GuestBook(connection)


@tool.write(timeout=5)
async def sign(name: str, *, key: IdempotencyKey = FROM_ENGINE, book: GuestBook = FROM_ENGINE) -> int:
    """Sign the book. Not `idempotent=`: sent twice, it would be there twice."""
    book.write(name, key)
    number = book.number(key)
    assert number is not None, "it was just written"
    return number


@sign.reconcile
async def find(*, key: IdempotencyKey = FROM_ENGINE, book: GuestBook = FROM_ENGINE) -> int | None:
    """Say whether it is there. Asked when a call was cut off; None permits to write."""
    return book.number(key)


class Guest(BaseModel):
    """What the run works on."""

    name: str
    number: int = 0


guest = StateMachine("guest", Guest, START >> sign.state("signing", take={"name": "name"}, give="number") >> END)
