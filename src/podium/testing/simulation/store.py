"""The store of one simulated process: memory that all processes share, behind a disk that takes its time and can fail to
be reached.
"""

from collections.abc import Callable, Collection, Sequence
from typing import Any, Protocol

from podium.core.events import Event
from podium.engine.ports import Append, Claim, Commits, InboxRow, Projection, RunInfo
from podium.memory.store import MemoryStore
from podium.testing.simulation.loop import SimLoop

COMMIT_MS = 2
"""How long a commit takes; what is appended meanwhile goes into the next one."""


class Disk(Protocol):
    """What a store has to ask before and after it writes; see `trial.Trial`."""

    def before(self, what: str, loop: SimLoop, events: Sequence[Event]) -> bool:
        """Say whether the process is still there to write."""

    def after(self, what: str, loop: SimLoop, events: Sequence[Event]) -> bool:
        """Say whether it is still there to tell of it; the events are on disk."""


class SimStore:
    """See above. It implements `ports.Store`, and `ports.Commits` towards the memory."""

    def __init__(self, inner: MemoryStore, disk: Disk, loop: SimLoop) -> None:
        self.inner = inner
        self._disk, self._loop = disk, loop
        self._commits: Commits
        self._queue: list[Append] = []
        self._ticket = self._told = 0
        self._never = loop.create_future()

    def __getattr__(self, name: str) -> Any:
        """Everything else is the memory's own."""
        return getattr(self.inner, name)

    async def open(self, commits: Commits) -> None:
        """See `Store.open`."""
        self._commits = commits
        await self.inner.open(self)

    def append(self, news: Append) -> int:
        """See `Store.append`."""
        if not self._queue:
            self._loop.call_later(COMMIT_MS / 1000, self._commit)
        self._queue.append(news)
        self._ticket += len(news.events) or 1
        return self._ticket

    def _commit(self) -> None:
        queue, self._queue = self._queue, []
        events = [event for news in queue for event in news.events]
        if not self._disk.before("commit", self._loop, events):
            return
        for news in queue:
            self.inner.append(news)
        self._disk.after("commit", self._loop, events)

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

    def store_failed(self, error: Exception) -> None:
        """Pass on what the memory tells."""
        self._commits.store_failed(error)

    def store_stalled(self, reason: str | None) -> None:
        """Pass on what the memory tells."""
        self._commits.store_stalled(reason)

    async def create(
        self, info: RunInfo, graph: str, events: Sequence[Event], projection: Projection
    ) -> RunInfo | None:
        """See `Store.create`."""
        return await self._written("start", lambda: self.inner.create(info, graph, events, projection), events)

    async def claim(self, *, hashes: Collection[str], now_ms: int, limit: int) -> Sequence[Claim]:
        """See `Store.claim`."""
        return await self.inner.claim(hashes=hashes, now_ms=now_ms, limit=limit)

    async def put_inbox(self, row: InboxRow) -> bool:
        """See `Store.put_inbox`."""
        return await self._written("inbox", lambda: self.inner.put_inbox(row))

    async def _written(self, what: str, write: Callable[[], Any], events: Sequence[Event] = ()) -> Any:
        if not self._disk.before(what, self._loop, events):
            await self._never
        written = await write()
        if not self._disk.after(what, self._loop, events if written is None else ()):
            await self._never
        return written
