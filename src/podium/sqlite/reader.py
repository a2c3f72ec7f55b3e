"""Reads of what is committed, on a connection and a thread of their own: neither the loop nor the writer waits."""

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from podium.sqlite import errors
from podium.sqlite.connection import connect_reader

T = TypeVar("T")


class Reader:
    """One thread with a connection that can not write."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="podium-sqlite-reader")
        self._connection: sqlite3.Connection | None = None
        self._is_closed = False

    async def read(self, query: Callable[[sqlite3.Connection], T]) -> T:
        """Run a query over one consistent state of the file.

        Raises:
            StoreUnavailableError: The file can not be read, or this was closed.
        """
        if self._is_closed:
            raise errors.closed(self._path)
        return await asyncio.get_running_loop().run_in_executor(self._pool, self._read, query)

    async def close(self) -> None:
        """Let reads that have begun end, and close the connection."""
        self._is_closed = True
        await asyncio.get_running_loop().run_in_executor(self._pool, self._disconnect)
        self._pool.shutdown()

    def _read(self, query: Callable[[sqlite3.Connection], T]) -> T:
        if self._connection is None:
            self._connection = connect_reader(self._path)
        try:
            return _ask(self._connection, query)
        except sqlite3.Error as error:
            if errors.is_no_text(error):
                return self._read_legibly(self._connection, query)
            raise errors.unavailable(self._path, error) from error

    def _read_legibly(self, connection: sqlite3.Connection, query: Callable[[sqlite3.Connection], T]) -> T:
        """Ask again, with what is no text in one row replaced, so that the others can be seen."""
        connection.text_factory = _legible
        try:
            return _ask(connection, query)
        except sqlite3.Error as error:
            raise errors.unavailable(self._path, error) from error
        finally:
            connection.text_factory = str

    def _disconnect(self) -> None:
        if self._connection is not None:
            self._connection.close()


def _ask(connection: sqlite3.Connection, query: Callable[[sqlite3.Connection], T]) -> T:
    connection.execute("BEGIN")
    try:
        return query(connection)
    finally:
        connection.execute("ROLLBACK")


def _legible(text: bytes) -> str:
    return text.decode("utf-8", "replace")
