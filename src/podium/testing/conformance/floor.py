"""Where stores are exercised: workers over the same data, someone who listens to commits, and sample runs."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias

from podium.core.events import Event, RunStarted, StepStarted
from podium.engine.ports import Append, Projection, RunInfo, Status, Store

HASH = "0123abcd"
"""The graph of the sample runs."""
GRAPH = '{"name":"sample"}'
RUNNING = Projection(status=Status.RUNNING)
WAITING = Projection(status=Status.WAITING)
COMPLETED = Projection(status=Status.COMPLETED, output='"done"')


class Floor(Protocol):
    """One implementation's workers over the same, at first empty, data."""

    def worker(self) -> Store:
        """Return the store of another worker, not yet open; whoever made the floor closes what is left open."""

    async def kill(self, store: Store) -> None:
        """End a worker as SIGKILL does: it gives nothing up, and everybody can see that it is dead."""

    async def stall(self, store: Store) -> None:
        """Let a worker's lease run out while it lives."""


Exercise: TypeAlias = Callable[[Floor], Awaitable[None]]


@dataclass(slots=True, eq=False)
class Listener:
    """Keeps what a store tells of its commits."""

    tickets: list[int] = field(default_factory=list)
    lost: set[str] = field(default_factory=set)
    troubles: list[object] = field(default_factory=list)
    _told: asyncio.Event = field(default_factory=asyncio.Event)

    def committed(self, ticket: int, lost: Collection[str]) -> None:
        """See `Commits.committed`."""
        self.tickets.append(ticket)
        self.lost.update(lost)
        self._told.set()

    def store_failed(self, error: Exception) -> None:
        """See `Commits.store_failed`."""
        self.troubles.append(error)
        self._told.set()

    def store_stalled(self, reason: str | None) -> None:
        """See `Commits.store_stalled`."""
        self.troubles.append(reason)
        self._told.set()

    async def until(self, claim: Callable[[], bool]) -> None:
        """Wait until something holds; it is looked at after each thing that is told."""
        while not claim():
            self._told.clear()
            await self._told.wait()


class Worker:
    """An open store and what it tells, with the sample verbs of the exercises."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.heard = Listener()

    async def create(self, run_id: str, projection: Projection = RUNNING, *, graph_hash: str = HASH) -> RunInfo:
        """Begin a run with one event."""
        info = RunInfo(id=run_id, workflow="sample", graph_hash=graph_hash, input='{"n":"1"}', created_at=1)
        there = await self.store.create(info, GRAPH, [began(run_id)], projection)
        assert there is None, there
        return await self.store.info(run_id)

    async def commit(self, *news: Append) -> None:
        """Append, and wait until it is told that the last one is on disk."""
        ticket = 0
        for one in news:
            ticket = self.store.append(one)
        await self.heard.until(lambda: self.store.durable >= ticket)

    async def release(self, run_id: str, projection: Projection | None = None) -> None:
        """Give up a run of epoch 1 that has one event."""
        await self.commit(Append(run_id=run_id, epoch=1, first_seq=2, projection=projection, release=True))

    async def claim(self, *, now_ms: int = 1000, limit: int = 100) -> dict[str, tuple[int, bool, bool]]:
        """Claim sample runs; return their epochs, and whether they were taken over, and from the dead."""
        claims = await self.store.claim(hashes={HASH}, now_ms=now_ms, limit=limit)
        return {claim.run_id: (claim.epoch, claim.taken_over, claim.proven_dead) for claim in claims}


async def enter(floor: Floor) -> Worker:
    """Open another worker's store on a floor."""
    worker = Worker(floor.worker())
    await worker.store.open(worker.heard)
    return worker


def began(run_id: str) -> RunStarted:
    """Return the first event of a sample run."""
    return RunStarted(at=1, run_id=run_id, data={"n": "1"})


def step(path: str, *, at: int = 2) -> StepStarted:
    """Return a further event."""
    return StepStarted(at=at, path=path)


def news(run_id: str, first_seq: int, *events: Event, epoch: int = 1, projection: Projection | None = None) -> Append:
    """Return an append of `events` under an epoch."""
    return Append(run_id=run_id, epoch=epoch, first_seq=first_seq, events=events, projection=projection)


async def stored(worker: Worker, run_id: str) -> Sequence[Event]:
    """Return the events of a run as they are on disk."""
    return (await worker.store.load(run_id)).events
