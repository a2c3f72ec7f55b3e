"""The facade: start runs, find them again, and keep them going for as long as it is open."""

import asyncio
import secrets
from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import AbstractAsyncContextManager, AbstractContextManager, AsyncExitStack
from dataclasses import replace
from types import TracebackType
from typing import Any, Self, TypeVar

from pydantic import BaseModel

from podium.core import stimuli as st
from podium.core.copying import copy_for_fork
from podium.core.events import Event
from podium.core.state import RunState, RunStatus
from podium.effects.ports import Token
from podium.effects.telemetry import Telemetry
from podium.engine import inbox
from podium.engine.backend import Backend, Limits, NewRun, Pace, Setting
from podium.engine.clock import SystemClock
from podium.engine.confidential import checked, kept_secret, refuse_secrets
from podium.engine.fair import BACKLOG_MAX, BACKLOG_PER_TENANT_MAX, HELD_MAX, Queue
from podium.engine.guard_store import BreakerSwitch, BudgetRow, Override
from podium.engine.guarding import BreakerInfo
from podium.engine.handle import Handle
from podium.engine.input_text import input_text
from podium.engine.lists import Lists
from podium.engine.loading import load, load_to_go_on
from podium.engine.outbox import EngineOutbox
from podium.engine.platform import Platform
from podium.engine.ports import Clock, Loaded, Projection, RunInfo, Status
from podium.engine.registry import Registry
from podium.engine.resources import Resources, as_resources
from podium.engine.retention_store import REFUSED, Retention
from podium.engine.url import backend_of
from podium.errors import DuplicateRunError, RefusedError
from podium.graph.policies import Duration, to_ms
from podium.guard.classify import Says
from podium.workflow.binding import Compiled
from podium.workflow.workflow import Workflow

In = TypeVar("In", bound=BaseModel)
Out = TypeVar("Out")

ResourcesContext = Callable[[], AbstractAsyncContextManager[Any]]


class Engine(Lists):
    """Runs workflows, on what its URL names.

    Open it with `async with`. Runs that a dead process left behind are taken over, at the start and every second,
    for the workflows named in `workflows` and those that are started here.

    Args:
        url: `sqlite:///file.db` (the default: `sqlite:///podium.db`), or `memory:` for runs that end with the process.
        workflows: Those that may be found in the store and should go on.
        resources: Makes the async context that gives tools their clients: one object, or several in a tuple.
        clock: Time; tests give one of their own.
        recovers: False: hold only runs that are started, resumed or forked here, and leave all others to workers.

    Attributes:
        platform: Chance, threads and the like; a simulation puts another one in before the engine is opened.
        backend: What keeps its runs going; there once it is open.
    """

    def __init__(
        self,
        url: str = "sqlite:///podium.db",
        *,
        workflows: Iterable[Compiled] = (),
        resources: ResourcesContext | None = None,
        clock: Clock | None = None,
        recovers: bool = True,
    ) -> None:
        self.url = url
        self._recovers = recovers
        self._registry = Registry(workflows)
        self._resources = resources
        self._clock = clock or SystemClock()
        self.platform = Platform()
        self._says: list[Says] = []
        self._retention: Retention | None = None
        self._limits = Limits()
        self._secret: list[str] = []
        self._exit = AsyncExitStack()
        self.backend: Backend

    def classify(self, says: Says) -> Says:
        """Let a function say what exceptions of all tools mean: a `FailureKind`, or None for those it does not know.

        To be called before the engine is opened; the first one given is asked first, a tool's own `classify=` before
        them all. It may be a decorator.
        """
        self._says.append(says)
        return says

    def redact(self, *values: str) -> None:
        """Keep these secret (docs/security.md). To be called before the engine is opened; raise ShortSecretError."""
        self._secret += checked(values)

    def retain(self, ended: Duration, *, ids: Duration = REFUSED) -> None:
        """Prune runs that ended longer ago than `ended`, for as long as the engine is open; else all are kept.

        To be called before the engine is opened. Runs that are not over are kept however old they are.
        On Temporal the namespace says it, and opening the engine raises BadEngineUrlError.

        Args:
            ended: How long what is over is kept.
            ids: How long a pruned run's id is refused: as long as any receiver may know the keys of its writes.
        """
        self._retention = Retention(ended_ms=to_ms(ended), ids_ms=to_ms(ids))

    def bound(
        self,
        *,
        held: int = HELD_MAX,
        backlog: int = BACKLOG_MAX,
        backlog_per_tenant: int = BACKLOG_PER_TENANT_MAX,
    ) -> None:
        """Bound how much the engine takes in. To be called before it is opened; these bounds hold by default, too.

        Args:
            held: So many runs are in memory at a time. What is started beyond that is stored, and begun when there is
                room, here or in another worker: one run of each tenant and workflow in turn.
            backlog: So many may wait to be begun in the store; `start` raises BusyError then.
            backlog_per_tenant: So many of one tenant.
        """
        self._limits = Limits(held=held, queue=Queue(in_all=backlog, per_tenant=backlog_per_tenant))

    def observe(self, telemetry: Telemetry) -> None:
        """Tell somebody of what happens (`podium.telemetry`). To be called before the engine is opened."""
        self.platform = replace(self.platform, telemetry=telemetry)

    # ----- open and close

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as stack:
            telemetry = self.platform.telemetry
            if telemetry is not None:
                await stack.enter_async_context(telemetry.observing(self))
            entered = await stack.enter_async_context(self._resources()) if self._resources else None
            stack.enter_context(kept_secret(self._secret, entered))
            self.backend = backend_of(self._setting(as_resources(entered)))
            await self.backend.open()
            stack.push_async_callback(self.backend.close)
            if telemetry is not None:
                await telemetry.opened()
                stack.push_async_callback(telemetry.closing)
            self._exit = stack.pop_all()
        return self

    def _setting(self, provider: Resources) -> Setting:
        return Setting(
            url=self.url,
            clock=self._clock,
            platform=self.platform,
            registry=self._registry,
            provider=provider,
            outbox=EngineOutbox(self, self._registry),
            says=self._says,
            recovers=self._recovers,
            limits=self._limits,
            retention=self._retention,
        )

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._exit.__aexit__(kind, error, trace)

    async def drain(self, *, grace_ms: int) -> None:
        """Take nothing over and start nothing any more, and let the steps that are under way end.

        To be called before the engine is closed, which calls off what is still under way then.

        Args:
            grace_ms: For at most this long.
        """
        await self.backend.drain(grace_ms=grace_ms)

    def workflows(self) -> Collection[Compiled]:
        """Return the workflows whose code is here, in the order in which they came."""
        return self._registry.workflows()

    def pace(self) -> Pace:
        """Return how this process keeps up with its runs."""
        return self.backend.pace()

    async def is_served(self) -> bool:
        """Claim that somebody gets runs on: this process or, as far as that is known, another one."""
        return await self.backend.is_served()

    # ----- runs

    async def start(
        self, workflow: Workflow[In, Out], input: In, *, id: str | None = None, target: str = "", tenant: str = ""
    ) -> Handle[Out]:
        """Start a run and return its handle once the run is on disk.

        Args:
            workflow: What to run.
            input: A value of its input model.
            id: The same id with the same input gives the same run; None makes one up.
            target: Where the command line finds the code again (`module:name`, `file.py:name`).
            tenant: On whose behalf; where there is more to do than can be done, tenants take turns.

        Raises:
            BusyError: So many runs wait to be begun that no run was made; try again with the same id.
            InvalidInputError: The input does not fit. No run was made.
            DuplicateRunError: The id is taken by a run of another workflow or input, which was left alone.
        """
        return await self.start_fields(workflow, workflow.encode_input(input), id=id, target=target, tenant=tenant)

    async def start_fields(
        self, workflow: Compiled, data: dict[str, str], *, id: str | None = None, target: str = "", tenant: str = ""
    ) -> Handle[Any]:
        """As `start`, with the input's fields as JSON texts (see `parse_input`)."""
        refuse_secrets(f"the input of {workflow.name}", data.values())
        info = self._info(id or secrets.token_hex(8), workflow, data)
        info.target, info.tenant = target, tenant
        await self._start(NewRun(info=info, workflow=workflow, news=st.RunAsked(info.id, data, self._origin())))
        return Handle(self, info.id, workflow)

    async def start_by_step(self, workflow: Compiled, data: dict[str, str], *, id: str) -> None:
        """As `start_fields`, for a step of another run: it is never refused for want of room."""
        news = st.RunAsked(id, data, self._origin())
        await self._start(NewRun(info=self._info(id, workflow, data), workflow=workflow, news=news, by_step=True))

    async def _start(self, new: NewRun) -> None:
        info = new.info
        self._registry.add(new.workflow)
        await self.backend.offer(new.workflow)
        there = await self.backend.create(new)
        if there is not None and (there.workflow, there.input) != (info.workflow, info.input):
            raise DuplicateRunError(info.id, differs="input" if there.workflow == info.workflow else "workflow")

    def _origin(self) -> str:
        return "" if self.platform.telemetry is None else self.platform.telemetry.origin()

    def _info(self, run_id: str, workflow: Compiled, data: dict[str, str]) -> RunInfo:
        now_ms = self._clock.now_ms()
        return RunInfo(
            id=run_id,
            workflow=workflow.name,
            graph_hash=workflow.hash,
            input=input_text(data),
            created_at=now_ms,
            updated_at=now_ms,
        )

    async def get(self, run_id: str) -> Handle[Any]:
        """Return the handle of a run of any workflow; raise RunNotFoundError."""
        return Handle(self, run_id, self._registry.find((await self.info(run_id)).graph_hash))

    async def code_of(self, run_id: str) -> Compiled:
        """Return the workflow of a run; raise UnknownWorkflowError where its code is not here."""
        info = await self.info(run_id)
        return self._registry.get(info.graph_hash, name=info.workflow)

    async def resume(self, run_id: str) -> Handle[Any]:
        """Hold a run here, if no living process holds it, and get it on."""
        await self.backend.hold(run_id)
        return await self.get(run_id)

    async def fork(self, handle: Handle[Out], *, at: int | None, id: str | None, writes: bool) -> Handle[Out]:
        """See `Handle.fork`."""
        loaded, copied = await load_to_go_on(self.backend, handle.id, at=at)
        workflow = self._registry.get(loaded.info.graph_hash, name=loaded.info.workflow)
        copied.incarnation = 1
        if copied.status is not RunStatus.OPEN:
            message = f"run {handle.id} was {copied.status} at event {copied.seq}; fork from an earlier event (at=…)"
            raise RefusedError(message)
        run_id = id or f"{handle.id}-{secrets.token_hex(3)}"
        info = self._info(run_id, workflow, {})
        info.input, info.parent, info.target = loaded.info.input, handle.id, loaded.info.target
        info.tenant = loaded.info.tenant
        news = st.ForkAsked(run_id, handle.id, copied.seq, copy_for_fork(copied), writes, self._origin())
        if await self.backend.create(NewRun(info=info, workflow=workflow, news=news)) is not None:
            raise DuplicateRunError(run_id, differs="origin")
        return Handle(self, run_id, workflow)

    def run_sync(self, workflow: Workflow[In, Out], input: In, *, id: str | None = None) -> Out:
        """Open the engine, run to the end, close it, and return the result: for scripts without an event loop."""

        async def run() -> Out:
            async with self as engine:
                return await (await engine.start(workflow, input, id=id)).result()

        return asyncio.run(run())

    # ----- what is asked

    async def end_of(self, run_id: str) -> Projection:
        """Wait for a run to be over, wherever it is held."""
        return await self.backend.end_of(run_id)

    async def ask(self, run_id: str, kind: str, inbox_id: str, **body: Any) -> str:
        """Ask something of a run (see `engine.inbox`) and wait for the verdict: "" or why it was refused.

        It is decided here where no living process holds the run, even without the run's code: what is carried is
        not checked against its declared type then.
        """
        return await self.backend.ask(inbox.row(inbox_id, run_id, kind, self._clock.now_ms(), **body))

    async def leave(self, run_id: str, kind: str, inbox_id: str, **body: Any) -> str:
        """As `ask`, but wait until a process that has the run's code has decided.

        It stays asked when the wait is given up.
        """
        return await self.backend.leave(inbox.row(inbox_id, run_id, kind, self._clock.now_ms(), **body))

    async def post(self, run_id: str, kind: str, inbox_id: str, **body: Any) -> None:
        """Ask something of a run and wait for no verdict; the same `inbox_id` counts once."""
        await self.backend.post(inbox.row(inbox_id, run_id, kind, self._clock.now_ms(), **body))

    # ----- what is read; all of it is committed

    @property
    def worker_id(self) -> str:
        """This process, as `RunInfo.owner` names it."""
        return self.backend.worker_id

    async def info(self, run_id: str) -> RunInfo:
        """Return a run's row; raise RunNotFoundError."""
        return await self.backend.info(run_id)

    async def events(self, run_id: str, *, after: int = 0, limit: int = 1000) -> Sequence[tuple[int, Event]]:
        """Return events of a run with their numbers, oldest first, beginning after number `after`."""
        return await self.backend.events(run_id, after=after, limit=limit)

    async def load(self, run_id: str, *, upto: int | None = None) -> Loaded:
        """Return a run as it is on record, up to its event number `upto` (0: its row and its graph)."""
        return await self.backend.load(run_id, upto=upto)

    async def state(self, run_id: str, *, upto: int | None = None) -> RunState:
        """Return the state of a run, folded from its journal; it may be read and thrown away."""
        return (await load(self.backend, run_id, upto=upto))[1]

    def news(self, run_id: str | None = None) -> AbstractContextManager[asyncio.Event]:
        """Give an event that is set whenever something may be news of a run, or of any; whoever waits clears it."""
        return self.backend.news(run_id)

    def statuses(self) -> "asyncio.Queue[tuple[str, Status]]":
        """Return a queue of how runs of this process stand, by id, each time something of them was committed."""
        return self.backend.statuses()

    def progress_of(self, run_id: str) -> dict[str, tuple[float, str]]:
        """Return what the steps of a run last said, by address; only in the process that runs them."""
        return self.backend.progress_of(run_id)

    def tokens(self, run_id: str) -> AbstractContextManager["asyncio.Queue[Token]"]:
        """Give a queue of what is added to answers that steps of a run wait for; only in the process that runs them."""
        return self.backend.tokens(run_id)

    # ----- guards

    async def breakers(self) -> list[BreakerInfo]:
        """List the breakers of every process that works on these runs, by name."""
        return list(await self.backend.breakers())

    async def override_breaker(
        self, name: str, switch: BreakerSwitch, *, duration: Duration | None = None, by: str, reason: str = ""
    ) -> None:
        """Open a breaker, disable it, or let it decide by itself again, here and in every other process.

        Args:
            name: The breaker's, or the tool's where that has one of its own.
            switch: What it is to do.
            duration: For how long; None until another order. It decides by itself again afterwards, beginning closed.
            by: Who orders it; kept.
            reason: Why; kept.

        Raises:
            UnknownBreakerError: There is none of that name. Nothing was recorded.
        """
        now_ms = self._clock.now_ms()
        until = None if duration is None else now_ms + to_ms(duration)
        order = Override(name=name, switch=switch, until=until, by=by, reason=reason, at=now_ms)
        await self.backend.override(order)

    async def breaker_orders(self, name: str) -> list[Override]:
        """List all that was ordered about a breaker, oldest first."""
        return list(await self.backend.overrides(name))

    async def budgets(self) -> list[BudgetRow]:
        """List what was spent and reserved, by the budget's name."""
        return list(await self.backend.budgets())
