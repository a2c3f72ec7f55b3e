"""`SqliteStore`: the engine's store in one file. News and jobs go to the `writer`, questions to the `reader`."""

import asyncio
import os
import sqlite3
from collections.abc import Collection, Mapping, Sequence
from functools import partial
from pathlib import Path

from podium.core.codec import encode
from podium.core.events import Event
from podium.engine.fair import Queue
from podium.engine.guard_store import BreakerRow, BudgetRow, Override, Reservation
from podium.engine.list_store import MOVED_MAX, TOP, ListPlace, Moved, Tally, Waiting
from podium.engine.ports import (
    Append,
    Claim,
    Commits,
    HumanTask,
    InboxRow,
    Loaded,
    ParkedStep,
    Projection,
    RunFilter,
    RunInfo,
)
from podium.engine.retention_store import BEGINNING, Expired, Mark, Pruned
from podium.sqlite import breakers, budgets, claims, creation, errors, listing, moving, queries, retention
from podium.sqlite.batch import News
from podium.sqlite.connection import Place, Synchronous
from podium.sqlite.lease import Lease, Terms
from podium.sqlite.reader import Reader
from podium.sqlite.turns import Turn
from podium.sqlite.writer import Writer


class SqliteStore:
    """Runs in one SQLite file, which several worker processes of one machine may share.

    Args:
        path: The file; made when it is missing. Beside it lie its log (`-wal`, `-shm`) and a folder of lock files.
        synchronous: `FULL`: what was committed survives loss of power. `NORMAL`: it survives the end of the process.
        terms: How long this worker's lease holds, and the clock by which it does.
    """

    def __init__(
        self, path: Path | str, *, synchronous: Synchronous = Synchronous.FULL, terms: Terms | None = None
    ) -> None:
        self.namespace = ""
        self._place = Place(Path(path), synchronous)
        self._terms = terms or Terms()
        self._folder = Path(f"{path}.workers")
        self.worker_id = os.urandom(8).hex()
        self._lease = Lease(self.worker_id, folder=self._folder, terms=self._terms)
        self._renew_readers()
        self._writer: Writer | None = None
        self._ticket = 0
        self._version = 0
        self._turn = Turn()
        self._commits: Commits
        self._registered: asyncio.Future[None]

    async def open(self, commits: Commits) -> None:
        """See `Store.open`."""
        self._ticket, self._commits = 0, commits
        writer = await self._begin(self._lease)
        try:
            self.namespace = await writer.submit(queries.namespace, is_write=False)
            self._version = await writer.submit(queries.version, is_write=False)
            self._registered = writer.submit(self._lease.register)
            await asyncio.wait({self._registered, writer.has_stalled}, return_when=asyncio.FIRST_COMPLETED)
            if self._registered.done():  # else it can be looked at already, and all that is to be written waits
                self._registered.result()
        except BaseException:
            await _abandon(writer, self._lease)
            raise
        self._writer = writer

    async def reopen(self) -> None:
        """See `Store.reopen`.

        The connection that failed is closed only once another one has committed. So the log's index in shared memory
        stays, which knows nothing of what was not synced, and that is written over; were it the last one to be closed,
        whoever opens the file next would read it from the log, and take it for synced.
        """
        failed, former = self._open(), self._lease
        lease = Lease(os.urandom(8).hex(), folder=self._folder, terms=self._terms)
        if not self._place.path.exists():
            raise errors.unavailable(self._place.path, "the file is gone; put it back where it was")
        writer = await self._begin(lease)
        self._registered = writer.submit(partial(_succeed, former=former, lease=lease, namespace=self.namespace))
        try:
            await self._registered
        except BaseException:
            await _abandon(writer, lease)
            raise
        self._writer, self._lease, self.worker_id = writer, lease, lease.worker_id
        former.drop_lock()
        await failed.stop()
        await self._close_readers()
        self._renew_readers()
        self._version = await writer.submit(queries.version, is_write=False)

    async def _begin(self, lease: Lease) -> Writer:
        """Return a writer whose worker holds its lock, and is to be registered."""
        writer = Writer(self._place, lease, self._commits, durable=self._ticket)
        await writer.start()
        try:
            lease.take_lock()
        except OSError as error:
            await _abandon(writer, lease)
            raise errors.unavailable(self._folder, error) from error
        return writer

    async def close(self) -> None:
        """See `Store.close`; after a failed commit, only let go of everything.

        Raises:
            StoreUnavailableError: The disk refused what was still queued; it is lost, and nobody was told of it.
        """
        writer, self._writer = self._writer, None
        if writer is None:
            return
        writer.hurry()
        try:
            if not writer.has_failed and self._registered.done():
                await writer.submit(self._lease.leave)
        finally:
            await self._close_readers()
            await writer.stop()
            self._lease.drop_lock()
            self._renew_identity()

    def append(self, news: Append) -> int:
        """See `Store.append`; raise StoreUnavailableError after a failed commit."""
        writer = self._open()
        self._ticket += len(news.events) or 1
        writer.append(News(self._ticket, news, [encode(event) for event in news.events]))
        return self._ticket

    @property
    def durable(self) -> int:
        """See `Store.durable`."""
        return self._writer.durable if self._writer else 0

    @property
    def queued(self) -> int:
        """See `Store.queued`; an append without events counts as one."""
        return self._ticket - self._writer.durable if self._writer else 0

    async def create(
        self, info: RunInfo, graph: str, events: Sequence[Event], projection: Projection, *, queue: Queue | None = None
    ) -> RunInfo | None:
        """See `Store.create`."""
        rows = [encode(event) for event in events]
        lease, owner = self._lease, None if queue else self.worker_id
        first = creation.first_row(info, projection, owner=owner, seq=len(rows), now_ms=lease.now_ms())
        insert = partial(creation.create, info=first, graph=graph, rows=rows, projection=projection)
        if queue is not None:
            return await self._open().submit(partial(creation.queue_up, queue=queue, info=first, insert=insert))
        return await self._open().submit(insert)

    async def load(self, run_id: str, *, upto: int | None = None) -> Loaded:
        """See `Store.load`."""
        return await self._reader.read(lambda connection: queries.load(connection, run_id, upto))

    async def info(self, run_id: str) -> RunInfo:
        """See `Store.info`."""
        return await self._reader.read(lambda connection: queries.info(connection, run_id))

    async def events(self, run_id: str, *, after: int = 0, limit: int = 1000) -> Sequence[tuple[int, Event]]:
        """See `Store.events`; raise RunNotFoundError."""
        return await self._reader.read(lambda connection: queries.events(connection, run_id, after, limit))

    async def runs(self, which: RunFilter) -> Sequence[RunInfo]:
        """See `ListStore.runs`."""
        return await self._lister.read(lambda connection: listing.runs(connection, which))

    async def counts(self, which: RunFilter) -> Tally:
        """See `ListStore.counts`."""
        return await self._lister.read(lambda connection: listing.counts(connection, which))

    async def moved(self, mark: int | None, *, limit: int = MOVED_MAX) -> Moved:
        """See `ListStore.moved`."""
        return await self._lister.read(lambda connection: listing.moved(connection, mark, limit))

    async def versions(self, run_ids: Collection[str]) -> Mapping[str, object]:
        """See `ListStore.versions`."""
        return await self._reader.read(lambda connection: listing.versions(connection, run_ids))

    async def tasks(
        self, *, only_open: bool = True, run_id: str | None = None, after: ListPlace = TOP, limit: int | None = None
    ) -> Sequence[HumanTask]:
        """See `ListStore.tasks`."""
        ask = partial(listing.tasks, run_id=run_id, after=after, limit=limit, only_open=only_open)
        return await self._reader.read(ask)

    async def parked(
        self, *, run_id: str | None = None, after: ListPlace = TOP, limit: int | None = None
    ) -> Sequence[ParkedStep]:
        """See `ListStore.parked`."""
        return await self._reader.read(partial(listing.parked, run_id=run_id, after=after, limit=limit))

    async def waiting(self) -> Waiting:
        """See `ListStore.waiting`."""
        return await self._reader.read(listing.waiting)

    async def undoing(self, *, until_ms: int) -> Sequence[RunInfo]:
        """See `Store.undoing`."""
        return await self._reader.read(lambda connection: queries.undoing(connection, until_ms))

    async def claim(self, *, hashes: Collection[str], now_ms: int, limit: int) -> Sequence[Claim]:
        """See `Store.claim`."""
        wanted = claims.Wanted(hashes=set(hashes), now_ms=now_ms, limit=limit, turn=self._turn)
        work = partial(claims.claim, lease=self._lease, wanted=wanted)
        return await self._open().submit(work)

    async def claim_one(self, run_id: str) -> Claim | None:
        """See `Store.claim_one`."""
        return await self._open().submit(partial(claims.claim_one, lease=self._lease, run_id=run_id))

    async def orphans(self) -> Sequence[RunInfo]:
        """See `Store.orphans`."""
        return await self._open().submit(partial(claims.orphans, lease=self._lease))

    async def offer(self, hashes: Collection[str]) -> None:
        """See `Store.offer`."""
        await self._open().submit(partial(claims.offer, lease=self._lease, hashes=set(hashes)))

    async def move(self, info: RunInfo, graph: str) -> bool:
        """See `Store.move`."""
        return await self._open().submit(partial(moving.move, lease=self._lease, info=info, graph=graph))

    async def put_inbox(self, row: InboxRow) -> bool:
        """See `Store.put_inbox`."""
        return await self._open().submit(partial(creation.put_inbox, row=row))

    async def take_inbox(self, owned: Collection[str]) -> Sequence[InboxRow]:
        """See `Store.take_inbox`."""
        wanted = set(owned)
        return await self._reader.read(lambda connection: queries.undecided(connection, wanted))

    async def verdict(self, inbox_id: str) -> str | None:
        """See `Store.verdict`."""
        return await self._reader.read(lambda connection: queries.verdict(connection, inbox_id))

    async def add_breakers(self, names: Collection[str]) -> None:
        """See `GuardStore.add_breakers`."""
        await self._open().submit(partial(breakers.add, names=set(names)))

    async def put_breaker(self, row: BreakerRow) -> None:
        """See `GuardStore.put_breaker`."""
        await self._open().submit(partial(breakers.put, row=row))

    async def override(self, order: Override) -> bool:
        """See `GuardStore.override`."""
        return await self._open().submit(partial(breakers.override, order=order))

    async def breakers(self) -> Sequence[BreakerRow]:
        """See `GuardStore.breakers`."""
        return await self._reader.read(breakers.breakers)

    async def overrides(self, name: str) -> Sequence[Override]:
        """See `GuardStore.overrides`."""
        return await self._reader.read(lambda connection: breakers.overrides(connection, name))

    async def reserve(self, wanted: Reservation) -> BudgetRow | None:
        """See `GuardStore.reserve`."""
        return await self._open().submit(partial(budgets.reserve, wanted=wanted))

    async def settle(self, reservation_id: str, *, spent: tuple[int, int] | None, at: int) -> None:
        """See `GuardStore.settle`."""
        await self._open().submit(partial(budgets.settle, reservation_id=reservation_id, spent=spent, at=at))

    async def budgets(self) -> Sequence[BudgetRow]:
        """See `GuardStore.budgets`."""
        return await self._reader.read(budgets.budgets)

    async def prune(self, which: Expired, *, mark: Mark = BEGINNING) -> Pruned:
        """See `RetentionStore.prune`."""
        work = partial(retention.prune, which=which, mark=mark, now_ms=self._terms.now_ms())
        return await self._open().submit(work)

    async def expired(self, which: Expired) -> Pruned:
        """See `RetentionStore.expired`."""
        return await self._reader.read(lambda connection: retention.expired(connection, which))

    async def changed(self) -> bool:
        """See `Store.changed`. The writer's connection is asked, because it does not count its own commits."""
        version = await self._open().submit(queries.version, is_write=False)
        last, self._version = self._version, version
        return version != last

    def _open(self) -> Writer:
        if self._writer is None:
            raise errors.closed(self._place.path)
        return self._writer

    def _renew_identity(self) -> None:
        """Be another worker each time the store is opened: what the last one left behind is not this one's."""
        self.worker_id = os.urandom(8).hex()
        self._lease = Lease(self.worker_id, folder=self._folder, terms=self._terms)
        self._renew_readers()

    def _renew_readers(self) -> None:
        """Read on two threads: a walk along all runs keeps nobody else waiting."""
        self._reader, self._lister = Reader(self._place.path), Reader(self._place.path)

    async def _close_readers(self) -> None:
        await self._reader.close()
        await self._lister.close()


async def _abandon(writer: Writer, lease: Lease) -> None:
    await writer.stop()
    lease.drop_lock()


def _succeed(connection: sqlite3.Connection, *, former: Lease, lease: Lease, namespace: str) -> None:
    """Register a worker in place of one whose commit failed, and give the runs of that one up."""
    if queries.namespace(connection) != namespace:
        raise errors.unavailable(former.folder, "another database lies there now; put back the one that did")
    former.leave(connection)
    lease.register(connection)
