"""The store of one simulated process: a memory that all processes share, behind a disk that takes its time."""

import asyncio
from collections.abc import Callable, Collection, Sequence
from typing import Any

from podium.core.events import Event
from podium.engine.fair import Queue
from podium.engine.ports import Append, Claim, Commits, InboxRow, Projection, RunInfo
from podium.memory.store import MemoryStore
from podium.testing.simulation.disk import COMMIT, Disk
from podium.testing.simulation.faults import SLOW_MS, Fault
from podium.testing.simulation.loop import SimLoop

COMMIT_MS = 2
"""How long a commit takes; what is appended meanwhile goes into it too."""


class SimStore:
    """See above. It implements `ports.Store`, and `ports.Commits` towards the memory."""

    def __init__(self, inner: MemoryStore, disk: Disk, loop: SimLoop, pace: Callable[[int], int]) -> None:
        self.inner = inner
        self._disk, self._loop, self._pace = disk, loop, pace
        self._commits: Commits
        self._queue: list[Append] = []
        self._ticket = self._told = 0
        self._is_writing = False
        self._turns: list[asyncio.Future[None]] = []

    def __getattr__(self, name: str) -> Any:
        """Everything else is the memory's own."""
        return getattr(self.inner, name)

    async def open(self, commits: Commits) -> None:
        """See `Store.open`."""
        self._commits = commits
        await self.inner.open(self)

    def append(self, news: Append) -> int:
        """See `Store.append`."""
        self._queue.append(news)
        self._ticket += len(news.events) or 1
        if not self._is_writing:
            self._is_writing = True
            self._later(self._pace(COMMIT_MS), self._commit)
        return self._ticket

    def _later(self, ms: int, work: Callable[..., None], *args: Any) -> None:
        """Let the writer do something: a thread of its own, that knows nothing of who asked."""
        self._loop.call_later(ms / 1000, work, *args, context=self._loop.universe.context)

    def _commit(self) -> None:
        queue, self._queue = self._queue, []
        fault = self._disk.before(COMMIT, self._loop, [event for news in queue for event in news.events])
        if fault is Fault.SLOW_DISK:
            self._later(SLOW_MS, self._write, queue, fault)
        elif fault is not Fault.CRASH_BEFORE:
            self._write(queue, fault)

    def _write(self, queue: list[Append], fault: Fault | None) -> None:
        for news in queue:
            there = self._disk.length(news.run_id)
            self.inner.append(news)
            if self._disk.length(news.run_id) > there:
                self._disk.written(news.run_id, self._loop, news.events)
        self._is_writing = bool(self._queue)
        if self._is_writing:
            self._later(self._pace(COMMIT_MS), self._commit)
        self._disk.after(fault, self._loop)

    async def close(self) -> None:
        """See `Store.close`."""
        await self._turn()
        await self.inner.close()

    @property
    def durable(self) -> int:
        """See `Store.durable`."""
        return self._told

    @property
    def queued(self) -> int:
        """See `Store.queued`."""
        return self._ticket - self._told

    def committed(self, ticket: int, lost: Collection[str]) -> None:
        """Pass on what the memory tells."""
        self._told = ticket
        self._commits.committed(ticket, lost)
        turns, self._turns = self._turns, []
        for turn in turns:
            if not turn.done():
                turn.set_result(None)

    def store_failed(self, error: Exception) -> None:
        """Pass on what the memory tells."""
        self._commits.store_failed(error)

    def store_stalled(self, reason: str | None) -> None:
        """Pass on what the memory tells."""
        self._commits.store_stalled(reason)

    async def create(
        self, info: RunInfo, graph: str, events: Sequence[Event], projection: Projection, *, queue: Queue | None = None
    ) -> RunInfo | None:
        """See `Store.create`."""
        fault = await self._before("start", events)
        there = await self.inner.create(info, graph, events, projection, queue=queue)
        if there is None:
            self._disk.written(info.id, self._loop, events)
        await self._after(fault)
        return there

    async def put_inbox(self, row: InboxRow) -> bool:
        """See `Store.put_inbox`."""
        fault = await self._before("inbox", ())
        is_new = await self.inner.put_inbox(row)
        await self._after(fault)
        return is_new

    async def claim(self, *, hashes: Collection[str], now_ms: int, limit: int) -> Sequence[Claim]:
        """See `Store.claim`."""
        await self._turn()
        return await self.inner.claim(hashes=hashes, now_ms=now_ms, limit=limit)

    async def claim_one(self, run_id: str) -> Claim | None:
        """See `Store.claim_one`."""
        await self._turn()
        return await self.inner.claim_one(run_id)

    async def _before(self, what: str, events: Sequence[Event]) -> Fault | None:
        await self._turn()
        fault = self._disk.before(what, self._loop, events)
        if fault is Fault.CRASH_BEFORE:
            await self._loop.create_future()
        return fault

    async def _turn(self) -> None:
        """Wait until what was appended before is on disk, and told: there is one writer."""
        while self._told < self._ticket:
            turn = self._loop.create_future()
            self._turns.append(turn)
            await turn

    async def _after(self, fault: Fault | None) -> None:
        self._disk.after(fault, self._loop)
        if self._loop.is_dead:
            await self._loop.create_future()
