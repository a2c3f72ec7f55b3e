"""LangGraph's SQLite checkpointer, set as durably as Podium is: WAL and synchronous=FULL."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Literal

from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from pathlib import Path

Mode = Literal["sync", "async", "exit"]

STEPS_MAX = 1_000_000
_DURABLE = ("wal", 2)


class NotDurableError(RuntimeError):
    """SQLite did not take the settings; figures would not compare."""


@asynccontextmanager
async def saver(folder: Path, *, types: Sequence[type] = ()) -> AsyncIterator[AsyncSqliteSaver]:
    """Open a checkpointer on a database in `folder` that may store values of `types`."""
    async with AsyncSqliteSaver.from_conn_string(str(folder / "langgraph.db")) as opened:
        opened.serde = JsonPlusSerializer(allowed_msgpack_modules=types)
        await opened.setup()
        await opened.conn.execute("PRAGMA synchronous=FULL")
        async with opened.conn.execute(
            "SELECT journal_mode, synchronous FROM pragma_journal_mode, pragma_synchronous"
        ) as found:
            settings = await found.fetchone()
        if settings is None or tuple(settings) != _DURABLE:
            raise NotDurableError(settings)
        yield opened


def thread(name: str) -> Any:
    """Return the configuration of a run with its own history and no early step limit."""
    return {"configurable": {"thread_id": name}, "recursion_limit": STEPS_MAX}
