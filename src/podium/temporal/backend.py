"""The engine over a Temporal server: runs are kept there, and gone on with by whichever workers serve their queue."""

import asyncio
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext

from temporalio.client import Client
from temporalio.exceptions import WorkflowAlreadyStartedError

from podium.core.events import Event
from podium.effects.ports import Token
from podium.engine.backend import NewRun, Pace, Setting
from podium.engine.guard_store import BudgetRow, Override
from podium.engine.guarding import BreakerInfo
from podium.engine.list_store import TOP, ListPlace, Tally, Waiting
from podium.engine.ports import (
    HumanTask,
    InboxRow,
    Loaded,
    ParkedStep,
    Projection,
    RunFilter,
    RunInfo,
    Status,
)
from podium.temporal import wire
from podium.temporal.address import address_of
from podium.temporal.connect import connect
from podium.temporal.guarding import QueueGuards
from podium.temporal.leaving import give_way
from podium.temporal.listing import LatestMoves, Listing
from podium.temporal.readiness import alive, namespace, register_attributes
from podium.temporal.records import Records
from podium.temporal.requests import Requests
from podium.temporal.rpc import asking
from podium.temporal.stimuli import pack
from podium.temporal.waiting import WaitingCount
from podium.temporal.watching import end_of, news, tell_statuses
from podium.temporal.worker import Worker, WorkerSetting
from podium.workflow.binding import Compiled


class TemporalBackend:
    """An engine's backend over a Temporal server. It implements `engine.backend.Backend`.

    Attributes:
        client: Of the server; there once it is open.
    """

    def __init__(self, setting: Setting) -> None:
        self._setting = setting
        self._at = address_of(setting.url)
        self._tasks: set[asyncio.Task[None]] = set()
        self._namespace_id = ""
        self._worker: Worker | None = None
        self.client: Client
        self._records: Records
        self._listing: Listing
        self._waiting: WaitingCount
        self._requests: Requests
        self._guards: QueueGuards

    @property
    def worker_id(self) -> str:
        """Return this process as the server knows it; runs are held by none."""
        return self.client.service_client.config.identity

    @property
    def namespace(self) -> str:
        """Tells its runs from those of other servers."""
        return self._namespace_id

    async def open(self) -> None:
        """Connect, and see to it that runs can be found; see `Backend.open`."""
        self.client = await connect(self._at)
        self._namespace_id = (await namespace(self.client, self._at)).id
        await register_attributes(self.client, self._at)
        self._records = Records(self.client, self._at)
        self._listing = Listing(self.client, self._at)
        registry, clock = self._setting.registry, self._setting.clock
        self._waiting = WaitingCount(self._listing, self._records, clock)
        self._requests = Requests(self.client, self._at, self._records, registry=registry, clock=clock)
        self._guards = QueueGuards(self.client, self._at, self._setting)
        workflows = self._setting.registry.workflows()
        if workflows:
            self._work()
        await self._guards.begin(workflows)

    def _work(self) -> None:
        """Serve the task queue from this process, where it is to take runs over."""
        setting = self._setting
        if setting.recovers and self._worker is None:
            given = WorkerSetting(
                registry=setting.registry,
                provider=setting.provider,
                outbox=setting.outbox,
                clock=setting.clock,
                platform=setting.platform,
                told=self._guards.told,
                says=setting.says,
                heartbeat_ms=self._at.heartbeat_ms,
            )
            self._worker = Worker(self.client, self._at.queue, given)
            self._guards.around(self._worker.guards)
            self._worker.start()
            self._records.is_served_here = True

    async def is_served(self) -> bool:
        """Claim that this process serves the task queue, or one has asked for work lately."""
        if self._worker is not None:
            return True
        with asking(self._at, ""):
            return bool(await alive(self.client, self._at))

    def pace(self) -> Pace:
        """Return nothing: the server keeps the runs."""
        return Pace()

    async def drain(self, *, grace_ms: int) -> None:
        """Take no more work, and let steps that are under way end."""
        if self._worker is not None:
            await self._worker.drain(grace_ms=grace_ms)

    async def close(self) -> None:
        """Stop working and watching; the runs stay on the server."""
        for task in self._tasks:
            task.cancel()
        if self._worker is not None:
            await self._worker.close()
        await self._guards.close()
        await give_way()

    # ----- runs

    async def offer(self, workflow: Compiled) -> None:
        """Do what the steps of that workflow's runs say, too."""
        self._work()
        await self._guards.begin([workflow])

    async def create(self, new: NewRun) -> RunInfo | None:
        """Start the execution of a new run; return the row that was there instead, if one was."""
        info = new.info
        start = wire.RunStart(
            run_id=info.id,
            namespace=self._namespace_id,
            workflow=info.workflow,
            graph_hash=info.graph_hash,
            graph=self._setting.registry.json_of(new.workflow),
            target=info.target,
            input=info.input,
            parent=info.parent,
            first=pack(new.news),
            limits=wire.Limits(heartbeat_ms=self._at.heartbeat_ms),
        )
        try:
            await self._requests.start(wire.Continuation(start=start), info)
        except WorkflowAlreadyStartedError:
            return await self._records.described(info.id)
        return None

    async def hold(self, run_id: str) -> None:
        """Do nothing: whichever worker serves the queue gets it on."""

    async def end_of(self, run_id: str) -> Projection:
        """Wait for a run to be over."""
        return await end_of(self.client, self._at, run_id)

    # ----- what is asked

    async def ask(self, row: InboxRow) -> str:
        """Give a stimulus to its run and wait for the verdict, whatever becomes of the server meanwhile."""
        return await self._requests.ask(row)

    async def leave(self, row: InboxRow) -> str:
        """As `ask`; where the wait is given up, the stimulus is sent as a signal, which the server keeps."""
        try:
            return await self.ask(row)
        except asyncio.CancelledError:
            await self.post(row)
            raise

    async def post(self, row: InboxRow) -> None:
        """Send a stimulus to its run as a signal."""
        await self._requests.post(row)

    # ----- what is read

    async def load(self, run_id: str, *, upto: int | None = None) -> Loaded:
        """Read a run as its history has it."""
        return await self._records.load(run_id, upto=upto)

    async def events(self, run_id: str, *, after: int = 0, limit: int = 1000) -> Sequence[tuple[int, Event]]:
        """Read events of a run."""
        return await self._records.events(run_id, after=after, limit=limit)

    async def info(self, run_id: str) -> RunInfo:
        """Read a run's row."""
        return await self._records.info(run_id)

    async def runs(self, which: RunFilter) -> Sequence[RunInfo]:
        """List runs as the server does, a little late."""
        return await self._listing.runs(which)

    async def counts(self, which: RunFilter) -> Tally:
        """Count runs by status, as the server lists them."""
        return await self._listing.counts(which)

    def moves(self) -> LatestMoves:
        """Begin to look for runs that the server lists differently."""
        return LatestMoves(self._listing)

    async def tasks(
        self, *, run_id: str | None = None, after: ListPlace = TOP, limit: int | None = None
    ) -> Sequence[HumanTask]:
        """Ask a run, or all that are not over, what they ask people."""
        found = await self._records.tasks(await self._open(run_id))
        return [task for task in found if task.place > after][:limit]

    async def parked(
        self, *, run_id: str | None = None, after: ListPlace = TOP, limit: int | None = None
    ) -> Sequence[ParkedStep]:
        """Ask a run, or all that are not over, what is parked."""
        found = await self._records.parked(await self._open(run_id))
        return [step for step in found if step.place > after][:limit]

    async def waiting(self) -> Waiting:
        """Count what runs that wait or are parked ask of people; counted anew when the last count is old."""
        return await self._waiting.count()

    async def _open(self, run_id: str | None) -> list[str]:
        return [run_id] if run_id is not None else [info.id for info in await self._listing.open()]

    def news(self, run_id: str | None = None) -> AbstractContextManager[asyncio.Event]:
        """Give an event that is set when a run's history has grown."""
        return news(self.client, run_id)

    def statuses(self) -> asyncio.Queue[tuple[str, Status]]:
        """Return a queue of how the runs of this task queue stand, whichever worker gets them on."""
        queue: asyncio.Queue[tuple[str, Status]] = asyncio.Queue()
        telling = tell_statuses(self._listing, queue, since_ms=self._setting.clock.now_ms())
        task = asyncio.get_running_loop().create_task(telling)
        self._tasks.add(task)
        return queue

    def tokens(self, run_id: str) -> AbstractContextManager[asyncio.Queue[Token]]:
        """Give a queue that stays empty: what workers hear of an answer before it is whole stays with them."""
        del run_id
        return nullcontext(asyncio.Queue())

    def progress_of(self, run_id: str) -> dict[str, tuple[float, str]]:
        """Return what steps that are performed here last said."""
        del run_id
        return {}

    # ----- guards

    async def breakers(self) -> Sequence[BreakerInfo]:
        """List the breakers of every worker of this task queue."""
        return await self._guards.shared.breakers()

    async def override(self, order: Override) -> None:
        """Record an order and obey it here; other workers do within their next look."""
        await self._guards.shared.order(order)

    async def overrides(self, name: str) -> Sequence[Override]:
        """List all that was ordered about a breaker."""
        return await self._guards.store.overrides(name)

    async def budgets(self) -> Sequence[BudgetRow]:
        """List what was spent and reserved."""
        return await self._guards.store.budgets()
