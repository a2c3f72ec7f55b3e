"""The engine in this process: a store underneath, runs in memory while they move, and the loop that takes runs over."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import TypeVar

from podium.core.advance import advance
from podium.core.events import Event
from podium.core.state import RunState
from podium.effects.ports import Token
from podium.engine.backend import NewRun, Pace, Setting
from podium.engine.fair import Queue
from podium.engine.guard_store import BudgetRow, Override
from podium.engine.guarding import BreakerInfo, SharedGuards
from podium.engine.host import Host
from podium.engine.list_store import TOP, ListPlace, Tally, Waiting
from podium.engine.live import LiveRun
from podium.engine.newsroom import Newsroom, StoreMoves
from podium.engine.ports import HumanTask, InboxRow, Loaded, ParkedStep, Projection, RunFilter, RunInfo, Status, Store
from podium.engine.projection import project
from podium.engine.recovery import Recovery
from podium.engine.retention import prune_for_ever
from podium.engine.spending import StoreSpending
from podium.errors import RunNotFoundError, StoreUnavailableError
from podium.workflow.binding import Compiled

T = TypeVar("T")

TRIES = 5
"""How often the store is asked for something that it failed at."""

_NO_LIMIT = 1 << 62


class Embedded:
    """An engine's backend over a store. It implements `backend.Backend`.

    Attributes:
        store: Journals, ownership, inbox.
        host: What the runs of this process share.
        recovery: Finds holders for runs, and runs for stimuli.
        guards: In step with those of other processes.
    """

    def __init__(self, setting: Setting, store: Store) -> None:
        self._setting, self.store = setting, store
        self._registry, self._clock = setting.registry, setting.clock
        self._loop: asyncio.Task[None] | None = None
        self._pruning: asyncio.Task[None] | None = None
        self._offered: set[str] = set()
        self._early: asyncio.Queue[tuple[str, Status]] | None = None
        self.host: Host
        self.recovery: Recovery
        self.guards: SharedGuards
        self._newsroom: Newsroom

    @property
    def worker_id(self) -> str:
        """This process, as the owner of runs."""
        return self.store.worker_id

    @property
    def namespace(self) -> str:
        """Tells its runs from those of other stores."""
        return self.store.namespace

    async def open(self) -> None:
        """Open the store, and take over what nobody holds; see `Backend.open`."""
        setting = self._setting
        self.host = Host(self.store, self._clock, setting.provider, setting.outbox, setting.platform)
        self.host.held_max = setting.limits.held
        self._newsroom = Newsroom(self.host)
        await self.store.open(self.host)
        guards, spawn = self.host.around.guards, self.host.spawn
        guards.spending = StoreSpending(self.store, self._clock, spawn)
        guards.says.extend(setting.says)
        self.guards = SharedGuards(guards, self.store, clock=self._clock, spawn=spawn)
        own: set[str] | None = None if setting.recovers else set()
        self.recovery = Recovery(self.host, self._registry, self.guards, own=own)
        self._offered = set(self._registry.hashes())
        if self._offered:
            await self.store.offer(self._offered)
        await self.guards.add(self._registry.workflows())
        await self.guards.adopt()
        self._early = self.host.watchers.statuses()  # a short run may be over before whoever opens this can ask
        await self.recovery.sweep()
        self.host.loop.call_soon(self._forget_early)
        self._loop = self.host.spawn(self.recovery.run())
        if setting.retention is not None:
            self._pruning = self.host.spawn(prune_for_ever(self.store, self._clock, setting.retention))

    async def is_served(self) -> bool:
        """Claim that somebody gets runs on: this process does, at least those that are its own."""
        return True

    def pace(self) -> Pace:
        """Return how this process keeps up."""
        return self.host.pace()

    async def drain(self, *, grace_ms: int) -> None:
        """Let what is under way end; see `Backend.drain`."""
        if self._loop is not None:
            self._loop.cancel()
        await self.host.drain(grace_ms)

    async def close(self) -> None:
        """Let go of every run and of the store."""
        for task in (self._loop, self._pruning):
            if task is not None:
                task.cancel()
        self._newsroom.close()
        await self.host.close()
        await self.store.close()

    # ----- runs

    async def offer(self, workflow: Compiled) -> None:
        """Tell other processes that runs of a workflow can be taken over here, and people what stands around it."""
        self._check_open()
        if workflow.hash not in self._offered:
            self._offered = set(self._registry.hashes())
            await self.store.offer(self._offered)
        await self.guards.add([workflow])

    async def create(self, new: NewRun) -> RunInfo | None:
        """Put a new run on disk and begin it; return the row that was there instead, if one was."""
        run_id, workflow = new.info.id, new.workflow
        self.recovery.keep(run_id)
        state = RunState(run_id, workflow.graph)
        events = advance(state, new.news, now_ms=self._clock.now_ms())
        graph = self._registry.json_of(workflow)
        queue = self._queue(new)
        make = partial(self.store.create, new.info, graph, events, project(state, events), queue=queue)
        there = await self._insist(make)
        if there is None and self.host.telling is not None:
            (self.host.telling.begin if queue is None else self.host.telling.made)(state, events)
        if there is None and queue is None:
            run = LiveRun(self.host, state, workflow, epoch=1)
            self.host.live[run_id] = run
            run.begin()
            run.rest()
        else:
            self.recovery.is_behind = self.recovery.is_behind or there is None
            self.recovery.nudge()
        return there

    def _queue(self, new: NewRun) -> Queue | None:
        """Return where a run waits, when there is no room for it or others wait already; None: it begins at once."""
        if self.host.room > 0 and not self.recovery.is_behind:
            return None
        return Queue(in_all=_NO_LIMIT, per_tenant=_NO_LIMIT) if new.by_step else self._setting.limits.queue

    async def hold(self, run_id: str) -> None:
        """Hold a run here, if no living process does, now and whenever nobody does."""
        self.recovery.keep(run_id)
        await self.recovery.hold(run_id)

    async def end_of(self, run_id: str) -> Projection:
        """Wait for a run to be over, wherever it is held."""
        watchers = self.host.watchers
        future = watchers.end_of(run_id)
        try:
            await self._look_for_end(run_id)
            return await future
        finally:
            watchers.forget_end(run_id, future)

    async def _look_for_end(self, run_id: str) -> None:
        """Tell who waits for the end of a run that is not held here, where it is over."""
        if run_id in self.host.live:
            return
        try:
            info = await self.store.info(run_id)
        except RunNotFoundError as gone:
            self.host.watchers.run_gone(run_id, gone)
            raise
        if info.status.is_terminal:
            over = Projection(status=info.status, output=info.output, error=info.error)
            self.host.watchers.run_over(run_id, over)

    # ----- what is asked

    async def ask(self, row: InboxRow) -> str:
        """Put a stimulus into the inbox and wait for its verdict.

        It is decided here where no living process holds the run, even without the run's code: what is carried is
        not checked against its declared type then.
        """
        future = await self._put(row)
        try:
            await self._insist(lambda: self.recovery.hold(row.run_id))
            return await future
        finally:
            self.host.watchers.forget_verdict(row.id, future)

    async def leave(self, row: InboxRow) -> str:
        """Put a stimulus into the inbox and wait until a process that has the run's code has decided."""
        future = await self._put(row)
        try:
            return await future
        finally:
            self.host.watchers.forget_verdict(row.id, future)

    async def _put(self, row: InboxRow) -> asyncio.Future[str]:
        await self.store.info(row.run_id)
        future = self.host.watchers.verdict_on(row.id)
        try:
            await self._insist(lambda: self.store.put_inbox(row))
        except (StoreUnavailableError, asyncio.CancelledError):
            self.host.watchers.forget_verdict(row.id, future)
            raise
        self.recovery.nudge()
        return future

    async def post(self, row: InboxRow) -> None:
        """Put a stimulus into the inbox, once per id."""
        await self.store.info(row.run_id)
        await self._insist(lambda: self.store.put_inbox(row))
        self.recovery.nudge()

    async def _insist(self, ask: Callable[[], Awaitable[T]]) -> T:
        """Ask the store for what counts once; where it fails meanwhile, ask again when it is open.

        Raises:
            StoreUnavailableError: It had failed before; nothing was asked. Or it failed each time, or the engine is
                closed: nobody knows.
        """
        self._check_open()
        tries = 1
        while True:
            try:
                return await ask()
            except StoreUnavailableError:
                if tries == TRIES or not await self.host.until_open():
                    raise
            tries += 1

    def _check_open(self) -> None:
        if self.host.failure is not None:
            message = (
                f"{self.host.failure}. The engine opens the file again and again until it succeeds, and goes on then;"
                " nothing was asked for: ask again later, with the same id where there is one"
            )
            raise StoreUnavailableError(message)

    # ----- what is read

    async def load(self, run_id: str, *, upto: int | None = None) -> Loaded:
        """Read a run as it is on disk; see `Backend.load`."""
        return await self.store.load(run_id, upto=upto)

    async def events(self, run_id: str, *, after: int = 0, limit: int = 1000) -> Sequence[tuple[int, Event]]:
        """Read events that are on disk."""
        return await self.store.events(run_id, after=after, limit=limit)

    async def info(self, run_id: str) -> RunInfo:
        """Read a run's row."""
        return await self.store.info(run_id)

    async def runs(self, which: RunFilter) -> Sequence[RunInfo]:
        """List runs."""
        return await self.store.runs(which)

    async def counts(self, which: RunFilter) -> Tally:
        """Count runs by status."""
        return await self.store.counts(which)

    def moves(self) -> StoreMoves:
        """Begin to look for runs that move."""
        return StoreMoves(self.store)

    async def tasks(
        self, *, run_id: str | None = None, after: ListPlace = TOP, limit: int | None = None
    ) -> Sequence[HumanTask]:
        """List open questions to people."""
        return await self.store.tasks(run_id=run_id, after=after, limit=limit)

    async def parked(
        self, *, run_id: str | None = None, after: ListPlace = TOP, limit: int | None = None
    ) -> Sequence[ParkedStep]:
        """List parked steps."""
        return await self.store.parked(run_id=run_id, after=after, limit=limit)

    async def waiting(self) -> Waiting:
        """Count open questions and parked steps."""
        return await self.store.waiting()

    @contextmanager
    def news(self, run_id: str | None = None) -> Iterator[asyncio.Event]:
        """Give an event that is set whenever something of a run was committed, or of any."""
        if run_id is not None:
            with self._newsroom.news(run_id) as of_run:
                yield of_run
            return
        event = self.host.watchers.news()
        try:
            yield event
        finally:
            self.host.watchers.unwatch(event)

    @contextmanager
    def tokens(self, run_id: str) -> Iterator[asyncio.Queue[Token]]:
        """Give a queue of what is added to answers that steps wait for which run here."""
        queue = self.host.watchers.tokens(run_id)
        try:
            yield queue
        finally:
            self.host.watchers.untoken(run_id, queue)

    def statuses(self) -> asyncio.Queue[tuple[str, Status]]:
        """Return a queue of how runs of this process stand; asked for at once, it has those of the opening too."""
        early, self._early = self._early, None
        return early or self.host.watchers.statuses()

    def _forget_early(self) -> None:
        if self._early is not None:
            self.host.watchers.unfollow(self._early)
            self._early = None

    def progress_of(self, run_id: str) -> dict[str, tuple[float, str]]:
        """Return what the steps of a run that is held here last said."""
        return self.host.watchers.progress_of(run_id)

    # ----- guards

    async def breakers(self) -> Sequence[BreakerInfo]:
        """List the breakers of every process that works on this store."""
        return await self.guards.breakers()

    async def override(self, order: Override) -> None:
        """Record an order and obey it here; other processes do within their next look."""
        await self.guards.order(order)

    async def overrides(self, name: str) -> Sequence[Override]:
        """List all that was ordered about a breaker."""
        return await self.store.overrides(name)

    async def budgets(self) -> Sequence[BudgetRow]:
        """List what was spent and reserved."""
        return await self.store.budgets()
