"""`MemoryStore`: the engine's store without a disk. Nothing is encoded; what is appended is there at once.

That it is there is still told only on the event loop's next turn, in one call for all that was appended: so the engine
waits, and loses runs, exactly as it does over a file.
"""

import asyncio
import os
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace

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
from podium.errors import RunNotFoundError, StoreUnavailableError
from podium.memory import claims, listing, retention
from podium.memory.shelf import Record, Shelf, Stimulus, Worker, move, project, write


def wall_ms() -> int:
    """Return wall time in ms since 1970 UTC."""
    return time.time_ns() // 1_000_000


class MemoryStore:
    """Runs in memory.

    Args:
        shelf: What it shares with other stores of this process; None for a shelf of its own.
        now_ms: The clock that stamps what is written.
    """

    def __init__(self, shelf: Shelf | None = None, *, now_ms: Callable[[], int] = wall_ms) -> None:
        self.worker_id = os.urandom(8).hex()
        self.durable = 0
        self._shelf = shelf or Shelf()
        self.namespace = self._shelf.namespace
        self._now_ms = now_ms
        self._commits: Commits | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._ticket = 0
        self._lost: set[str] = set()
        self._is_telling = False
        self._own = self._seen = 0

    async def open(self, commits: Commits) -> None:
        """See `Store.open`."""
        self._commits, self._loop = commits, asyncio.get_running_loop()
        self._shelf.workers[self.worker_id] = Worker()
        self._ticket = self.durable = 0
        self._seen = self._shelf.commits - self._own

    async def reopen(self) -> None:
        """See `Store.reopen`; memory does not fail by itself."""
        commits = self._commits
        assert commits is not None, "it is open"
        ticket = self._ticket
        await self.close()
        await self.open(commits)
        self._ticket = self.durable = ticket

    async def close(self) -> None:
        """See `Store.close`."""
        if self._commits is None:
            return
        self._tell()
        self._commits = None
        for record in self._shelf.records.values():
            if record.info.owner == self.worker_id:
                record.info.owner = None
        del self._shelf.workers[self.worker_id]
        self._wrote()
        self.worker_id = os.urandom(8).hex()

    def append(self, news: Append) -> int:
        """See `Store.append`."""
        record = self._shelf.records.get(news.run_id)
        if record is not None and self._holds(record.info, news):
            write(self._shelf, record, news, now_ms=self._now_ms())
        else:
            self._lost.add(news.run_id)
        self._ticket += len(news.events) or 1
        self._wrote()
        if not self._is_telling:
            self._is_telling = True
            self._running().call_soon(self._tell)
        return self._ticket

    @property
    def queued(self) -> int:
        """See `Store.queued`: what was appended since the event loop's last turn."""
        return self._ticket - self.durable

    async def create(
        self, info: RunInfo, graph: str, events: Sequence[Event], projection: Projection, *, queue: Queue | None = None
    ) -> RunInfo | None:
        """See `Store.create`."""
        await self._turn()
        there = self._shelf.records.get(info.id)
        if there is not None:
            return replace(there.info)
        if info.id in self._shelf.pruned:
            raise self._shelf.pruned[info.id]
        if queue is not None:
            claims.check_room(self._shelf, queue, info)
        owner = self.worker_id if queue is None else None
        first = replace(info, owner=owner, epoch=1, seq=len(events), updated_at=self._now_ms())
        move(first, projection)
        self._shelf.records[info.id] = record = Record(first, list(events))
        self._shelf.count(record, len(events))
        self._shelf.graphs[info.graph_hash] = graph
        project(self._shelf, info.id, projection)
        self._wrote()
        return None

    async def load(self, run_id: str, *, upto: int | None = None) -> Loaded:
        """See `Store.load`."""
        record = self._record(run_id)
        graph = self._shelf.graphs[record.info.graph_hash]
        snapshot, seq = record.snapshot, record.snapshot_seq
        if upto is not None and seq > upto:
            snapshot, seq = None, 0
        events = record.events[seq:upto]
        return Loaded(info=replace(record.info), graph=graph, snapshot=snapshot, snapshot_seq=seq, events=events)

    async def info(self, run_id: str) -> RunInfo:
        """See `Store.info`."""
        return replace(self._record(run_id).info)

    async def events(self, run_id: str, *, after: int = 0, limit: int = 1000) -> Sequence[tuple[int, Event]]:
        """See `Store.events`; raise RunNotFoundError."""
        found = self._record(run_id).events[after : after + limit]
        return list(enumerate(found, start=after + 1))

    async def runs(self, which: RunFilter) -> Sequence[RunInfo]:
        """See `ListStore.runs`."""
        if which.before is not None:
            self._record(which.before)
        return [replace(info) for info in listing.runs(self._shelf, which)]

    async def counts(self, which: RunFilter) -> Tally:
        """See `ListStore.counts`."""
        return listing.counts(self._shelf, which)

    async def moved(self, mark: int | None, *, limit: int = MOVED_MAX) -> Moved:
        """See `ListStore.moved`."""
        return listing.moved(self._shelf, mark, limit)

    async def versions(self, run_ids: Collection[str]) -> Mapping[str, object]:
        """See `ListStore.versions`."""
        records = self._shelf.records
        return {run_id: replace(records[run_id].info) for run_id in run_ids if run_id in records}

    async def tasks(
        self, *, only_open: bool = True, run_id: str | None = None, after: ListPlace = TOP, limit: int | None = None
    ) -> Sequence[HumanTask]:
        """See `ListStore.tasks`."""
        asked = (task for task in self._shelf.tasks.values() if task.is_open or not only_open)
        return [replace(task) for task in listing.part(asked, run_id=run_id, after=after, limit=limit)]

    async def parked(
        self, *, run_id: str | None = None, after: ListPlace = TOP, limit: int | None = None
    ) -> Sequence[ParkedStep]:
        """See `ListStore.parked`."""
        return listing.part(self._shelf.parked.values(), run_id=run_id, after=after, limit=limit)

    async def waiting(self) -> Waiting:
        """See `ListStore.waiting`."""
        return listing.waiting(self._shelf)

    async def undoing(self, *, until_ms: int) -> Sequence[RunInfo]:
        """See `Store.undoing`."""
        return [replace(info) for info in listing.undoing(self._shelf, until_ms)]

    async def claim(self, *, hashes: Collection[str], now_ms: int, limit: int) -> Sequence[Claim]:
        """See `Store.claim`."""
        await self._turn()
        found = claims.claim(self._shelf, self.worker_id, hashes=set(hashes), now_ms=now_ms, limit=limit)
        if found:
            self._wrote()
        return found

    async def claim_one(self, run_id: str) -> Claim | None:
        """See `Store.claim_one`."""
        await self._turn()
        found = claims.claim_one(self._shelf, self.worker_id, self._record(run_id))
        if found:
            self._wrote()
        return found

    async def orphans(self) -> Sequence[RunInfo]:
        """See `Store.orphans`."""
        await self._turn()
        found = claims.orphans(self._shelf)
        if found:
            self._wrote()
        return found

    async def offer(self, hashes: Collection[str]) -> None:
        """See `Store.offer`."""
        await self._turn()
        claims.offer(self._shelf, self.worker_id, frozenset(hashes))
        self._wrote()

    async def move(self, info: RunInfo, graph: str) -> bool:
        """See `Store.move`."""
        await self._turn()
        is_moved = claims.move(self._shelf, info)
        if is_moved:
            self._shelf.graphs[info.graph_hash] = graph
            self._wrote()
        return is_moved

    async def put_inbox(self, row: InboxRow) -> bool:
        """See `Store.put_inbox`."""
        await self._turn()
        if row.id in self._shelf.inbox:
            return False
        self._shelf.inbox[row.id] = Stimulus(row)
        self._wrote()
        return True

    async def take_inbox(self, owned: Collection[str]) -> Sequence[InboxRow]:
        """See `Store.take_inbox`."""
        undecided = (stimulus.row for stimulus in self._shelf.inbox.values() if stimulus.verdict is None)
        return [row for row in undecided if row.run_id in owned]

    async def verdict(self, inbox_id: str) -> str | None:
        """See `Store.verdict`."""
        stimulus = self._shelf.inbox.get(inbox_id)
        return stimulus.verdict if stimulus else None

    async def add_breakers(self, names: Collection[str]) -> None:
        """See `GuardStore.add_breakers`."""
        await self._turn()
        self._shelf.guards.add_breakers(names)
        self._wrote()

    async def put_breaker(self, row: BreakerRow) -> None:
        """See `GuardStore.put_breaker`."""
        await self._turn()
        self._shelf.guards.put_breaker(row)
        self._wrote()

    async def override(self, order: Override) -> bool:
        """See `GuardStore.override`."""
        await self._turn()
        self._wrote()
        return self._shelf.guards.override(order)

    async def breakers(self) -> Sequence[BreakerRow]:
        """See `GuardStore.breakers`."""
        return self._shelf.guards.breakers()

    async def overrides(self, name: str) -> Sequence[Override]:
        """See `GuardStore.overrides`."""
        return self._shelf.guards.overrides(name)

    async def reserve(self, wanted: Reservation) -> BudgetRow | None:
        """See `GuardStore.reserve`."""
        await self._turn()
        self._wrote()
        return self._shelf.guards.reserve(wanted)

    async def settle(self, reservation_id: str, *, spent: tuple[int, int] | None, at: int) -> None:
        """See `GuardStore.settle`."""
        await self._turn()
        self._wrote()
        self._shelf.guards.settle(reservation_id, spent=spent, at=at)

    async def budgets(self) -> Sequence[BudgetRow]:
        """See `GuardStore.budgets`."""
        return self._shelf.guards.budgets()

    async def prune(self, which: Expired, *, mark: Mark = BEGINNING) -> Pruned:
        """See `RetentionStore.prune`: all at once, for nobody waits for a disk."""
        del mark
        await self._turn()
        self._wrote()
        return retention.prune(self._shelf, which, now_ms=self._now_ms())

    async def expired(self, which: Expired) -> Pruned:
        """See `RetentionStore.expired`."""
        return retention.counted(retention.expired(self._shelf, which))

    async def changed(self) -> bool:
        """See `Store.changed`."""
        others = self._shelf.commits - self._own
        last, self._seen = self._seen, others
        return others != last

    def _holds(self, info: RunInfo, news: Append) -> bool:
        return info.owner == self.worker_id and info.epoch == news.epoch and info.seq == news.first_seq - 1

    def _wrote(self) -> None:
        self._own += 1
        self._shelf.commits += 1

    def _tell(self) -> None:
        """Tell of everything that was appended since the last time."""
        self._is_telling = False
        if self._commits is None or self.durable == self._ticket:
            return
        self.durable, lost, self._lost = self._ticket, self._lost, set()
        self._commits.committed(self.durable, lost)

    async def _turn(self) -> None:
        """Tell of what was appended before doing what was asked for after it."""
        self._running()
        if self._is_telling:
            await asyncio.sleep(0)

    def _record(self, run_id: str) -> Record:
        record = self._shelf.records.get(run_id)
        if record is None:
            raise self._shelf.pruned.get(run_id) or RunNotFoundError(run_id)
        return record

    def _running(self) -> asyncio.AbstractEventLoop:
        if self._loop is None or self._commits is None:
            raise _closed()
        return self._loop


def _closed() -> StoreUnavailableError:
    return StoreUnavailableError("the memory store is not open; open it (again) first")
