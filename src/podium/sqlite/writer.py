"""The one thread that writes: it takes everything that is queued as soon as it is free, in one transaction.

So commits are prefixes of what was appended, a commit is as large as the disk is slow, and nobody waits for a timer.
What came of a commit is told on the event loop's thread, in one call.
"""

import asyncio
import logging
import sqlite3
from collections.abc import Callable, Iterable
from contextlib import closing
from queue import Empty, SimpleQueue
from threading import Event, Thread
from typing import Any

from podium.engine.ports import Commits
from podium.errors import StoreError
from podium.sqlite import errors
from podium.sqlite.batch import News
from podium.sqlite.connection import Place, connect
from podium.sqlite.lease import Lease
from podium.sqlite.transaction import Done, Item, Job, RefusedError, T, Work, transact

_LOG = logging.getLogger("podium.sqlite")

WAIT_S_FIRST, WAIT_S_MAX = 0.05, 5.0
"""How long to wait for room on the disk before trying again: doubling from the first to the last."""


class Writer:
    """Owns the connection that writes. Its public methods are called on the event loop's thread."""

    def __init__(self, place: Place, lease: Lease, commits: Commits, *, durable: int = 0) -> None:
        self._place, self._lease, self._commits = place, lease, commits
        self._loop = asyncio.get_running_loop()
        self._queue: SimpleQueue[Item | None] = SimpleQueue()
        self._thread = Thread(target=self._run, name="podium-sqlite-writer", daemon=True)
        self._opened: asyncio.Future[None] = self._loop.create_future()
        self.has_stalled: asyncio.Future[None] = self._loop.create_future()
        self._closing = Event()
        self._in_hand: list[Item] = []
        self._failure: StoreError | None = None
        self.durable = durable

    @property
    def has_failed(self) -> bool:
        """Claims that a commit failed for good."""
        return self._failure is not None

    async def start(self) -> None:
        """Open the file in the thread that will use it; raise SchemaError or StoreUnavailableError."""
        self._thread.start()
        await self._opened

    def append(self, news: News) -> None:
        """Queue news; raise StoreUnavailableError after a failed commit."""
        if self._failure is not None:
            raise self._failure
        self._queue.put(news)

    def submit(self, work: Work[T], *, is_write: bool = True) -> asyncio.Future[T]:
        """Queue work and return where its result will be; raise StoreUnavailableError after a failed commit."""
        if self._failure is not None:
            raise self._failure
        future: asyncio.Future[T] = self._loop.create_future()
        self._queue.put(Job(work, future, is_write))
        return future

    def hurry(self) -> None:
        """Do not wait for a full or busy disk from now on: what it refuses then has failed."""
        self._closing.set()

    async def stop(self) -> None:
        """Commit what is queued, then end the thread."""
        self.hurry()
        self._queue.put(None)
        await asyncio.to_thread(self._thread.join)

    # ----- on the writer's thread

    def _run(self) -> None:
        try:
            connection = connect(self._place)
        except StoreError as error:
            self._tell(_reject, self._opened, error)
            return
        with closing(connection):
            self._tell(_resolve, [(self._opened, None)])
            try:
                while self._turn(connection):
                    pass
            except BaseException as error:  # a bug of ours; whoever awaits a result must still hear of it
                self._fail(error)
                raise

    def _turn(self, connection: sqlite3.Connection) -> bool:
        """Take what there is and commit it; return whether to go on."""
        items = self._take()
        is_last = bool(items) and items[-1] is None
        self._in_hand = [item for item in items if item is not None]
        if self._failure is None:
            self._look(connection)
        if self._failure is not None:
            self._reject_in_hand(self._failure)
        elif self._in_hand or self._lease.is_due:
            self._commit(connection)
        return not is_last

    def _take(self) -> list[Item | None]:
        """Wait until something is queued or the lease is due; return all that is queued, up to the end mark."""
        items: list[Item | None] = []
        timeout = self._lease.due_in_s if self._failure is None else None  # what has failed renews nothing
        try:
            items.append(self._queue.get(timeout=timeout))
            while items[-1] is not None:
                items.append(self._queue.get_nowait())
        except Empty:
            pass
        return items

    def _look(self, connection: sqlite3.Connection) -> None:
        """Answer the jobs that only look; keep the rest in hand."""
        looks = [item for item in self._in_hand if isinstance(item, Job) and not item.is_write]
        if looks:
            found = [(look.future, look.work(connection)) for look in looks]
            self._in_hand = [item for item in self._in_hand if item not in looks]
            self._tell(_resolve, found)

    def _commit(self, connection: sqlite3.Connection) -> None:
        """Commit what is in hand, however long the disk is full or busy."""
        wait_s, stalled = WAIT_S_FIRST, False
        while True:
            try:
                done = self._transact(connection)
            except RefusedError as refused:
                self._in_hand.remove(refused.job)
                self._tell(_reject, refused.job.future, refused.cause)
            except sqlite3.Error as error:
                reason = errors.stall(error)
                if reason is None or self._closing.is_set():
                    return self._fail(error)
                stalled = stalled or self._stall(reason)
                self._closing.wait(wait_s)
                wait_s = min(2 * wait_s, WAIT_S_MAX)
            else:
                return self._report(done, was_stalled=stalled)

    def _transact(self, connection: sqlite3.Connection) -> Done:
        lease = self._lease
        renew = lease.renew if lease.is_due else None
        return transact(connection, self._in_hand, worker=lease.worker_id, now_ms=lease.now_ms(), also=renew)

    def _report(self, done: Done, *, was_stalled: bool) -> None:
        self._in_hand = []
        if was_stalled:
            self._lease.note("")
        self._tell(self._settle, done, was_stalled)

    def _stall(self, reason: str) -> bool:
        _LOG.warning("%s: %s", self._place.path, reason)
        self._lease.note(reason)
        self._tell(self._commits.store_stalled, reason)
        self._tell(_resolve, [(self.has_stalled, None)])
        return True

    def _fail(self, error: BaseException) -> None:
        """Give up: reject what is in hand and, from now on, whatever else is queued."""
        self._failure = failure = errors.unavailable(self._place.path, error)
        self._lease.note(str(failure))
        if not self._closing.is_set():
            self._tell(self._commits.store_failed, failure)
        self._reject_in_hand(failure)

    def _reject_in_hand(self, failure: StoreError) -> None:
        items, self._in_hand = self._in_hand, []
        for item in items:
            if isinstance(item, Job):
                self._tell(_reject, item.future, failure)

    def _tell(self, callback: Callable[..., object], *args: Any) -> None:
        try:
            self._loop.call_soon_threadsafe(callback, *args)
        except RuntimeError:  # the loop was closed before the store: nobody is left to be told
            _LOG.warning("%s: the event loop was closed while the store was open", self._place.path)

    # ----- on the event loop's thread

    def _settle(self, done: Done, was_stalled: bool) -> None:  # noqa: FBT001  # call_soon passes no keywords
        if was_stalled:
            self._commits.store_stalled(None)
        if done.ticket:
            self.durable = done.ticket
            self._commits.committed(done.ticket, done.lost)
        _resolve(done.results)


def _resolve(results: Iterable[tuple[asyncio.Future[Any], Any]]) -> None:
    for future, result in results:
        if not future.done():
            future.set_result(result)


def _reject(future: asyncio.Future[Any], error: Exception) -> None:
    if not future.done():
        future.set_exception(error)
