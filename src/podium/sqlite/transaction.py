"""One transaction: news of runs and jobs, in the order in which they were queued, all of it or none."""

import asyncio
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeAlias, TypeVar

from podium.errors import PodiumError
from podium.sqlite import batch
from podium.sqlite.batch import News

T = TypeVar("T")

Work: TypeAlias = Callable[[sqlite3.Connection], T]
"""Done on the writer's connection, and done again when its transaction was rolled back.

A PodiumError that it raises is for whoever awaits the result.
"""


@dataclass(slots=True, eq=False)
class Job(Generic[T]):
    """Work whose result somebody awaits; `is_write` is False for a look that needs no transaction."""

    work: Work[T]
    future: asyncio.Future[T]
    is_write: bool = True


Item: TypeAlias = News | Job[Any]


@dataclass(slots=True)
class Done:
    """What came of a commit: its last ticket (0 without news), the runs that are lost, what the jobs returned."""

    ticket: int = 0
    lost: set[str] = field(default_factory=set)
    results: list[tuple[asyncio.Future[Any], Any]] = field(default_factory=list)


class RefusedError(Exception):
    """A job can not be done; everything was rolled back, and may be begun again without it."""

    def __init__(self, job: Job[Any], cause: Exception) -> None:
        super().__init__(str(cause))
        self.job, self.cause = job, cause


def transact(
    connection: sqlite3.Connection, items: Sequence[Item], *, worker: str, now_ms: int, also: Work[None] | None = None
) -> Done:
    """Write `items` for `worker`, do `also`, and commit.

    Raises:
        RefusedError: One job can not be done. Nothing was written.
        sqlite3.Error: The rest. Nothing was written, unless syncing the log failed, when nobody knows.
    """
    done = Done()
    connection.execute("BEGIN IMMEDIATE")
    try:
        for part in _parts(items):
            if isinstance(part, Job):
                done.results.append((part.future, _perform(connection, part)))
            else:
                done.lost |= batch.write(connection, part, worker=worker, now_ms=now_ms)
                done.ticket = part[-1].ticket
        if also is not None:
            also(connection)
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    return done


def _parts(items: Sequence[Item]) -> Iterator[Job[Any] | list[News]]:
    """Put news that no job stands between together."""
    news: list[News] = []
    for item in items:
        if isinstance(item, News):
            news.append(item)
            continue
        if news:
            yield news
            news = []
        yield item
    if news:
        yield news


def _perform(connection: sqlite3.Connection, job: Job[T]) -> T:
    try:
        return job.work(connection)
    except (PodiumError, ValueError, OverflowError) as error:  # values may not fit a column: not text, too large
        raise RefusedError(job, error) from error
