"""The facade: start runs, find them again, and keep them going for as long as it is open."""

import asyncio
import hashlib
import json
import secrets
from collections.abc import Callable, Iterable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, suppress
from types import TracebackType
from typing import Any, Self, TypeVar

from pydantic import BaseModel

from podium.core import stimuli as st
from podium.core.advance import advance
from podium.core.copying import copy_for_fork
from podium.core.state import RunState, RunStatus
from podium.engine import inbox
from podium.engine.clock import SystemClock
from podium.engine.guard_store import BreakerSwitch, BudgetRow, Override
from podium.engine.guarding import BreakerInfo, SharedGuards
from podium.engine.handle import Handle
from podium.engine.host import Host
from podium.engine.live import LiveRun
from podium.engine.platform import Platform
from podium.engine.ports import Clock, HumanTask, Loaded, ParkedStep, Projection, RunFilter, RunInfo, Status, Store
from podium.engine.projection import project
from podium.engine.recovery import Recovery, restored
from podium.engine.registry import Registry
from podium.engine.resources import Resources, as_resources
from podium.engine.retention import prune_for_ever
from podium.engine.spending import StoreSpending
from podium.engine.url import store_of
from podium.engine.watch import Watchers
from podium.errors import DuplicateRunError, NotDone, RefusedError, RunNotFoundError
from podium.graph.policies import Duration, to_ms
from podium.guard.classify import Says
from podium.upkeep_errors import RunPrunedError
from podium.workflow.binding import Compiled
from podium.workflow.workflow import Workflow

In = TypeVar("In", bound=BaseModel)
Out = TypeVar("Out")

INPUT_CHARS_MAX = 4096
"""A longer input is told from others by its hash."""

CANCELLED_BY_UNDO = "the step that started it was undone"

_WITHOUT_SUCCESS = frozenset({Status.FAILED, Status.CANCELLED, Status.COMPENSATING, Status.COMPENSATED})

ResourcesContext = Callable[[], AbstractAsyncContextManager[Any]]


class Engine:
    """Runs workflows, over the store that its URL names.

    Open it with `async with`. Runs that a dead process left behind are taken over, at the start and every second,
    for the workflows named in `workflows` and those that are started here.

    Args:
        url: `sqlite:///file.db` (the default: `sqlite:///podium.db`), or `memory:` for runs that end with the process.
        workflows: Those that may be found in the store and should go on.
        resources: Makes the async context that gives tools their clients: one object, or several in a tuple.
        clock: Time; tests give one of their own.
        recovers: False: hold only runs that are started, resumed or forked here, and leave all others to workers.

    Attributes:
        platform: What it stands on; a simulation puts another one in before the engine is opened.
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
        self._retention_ms: int | None = None
        self._exit = AsyncExitStack()
        self._loop: asyncio.Task[None] | None = None
        self._pruning: asyncio.Task[None] | None = None
        self.store: Store
        self._host: Host
        self._recovery: Recovery
        self._guards: SharedGuards

    def classify(self, says: Says) -> Says:
        """Let a function say what exceptions of all tools mean: a `FailureKind`, or None for those it does not know.

        To be called before the engine is opened; the first one given is asked first, a tool's own `classify=` before
        them all. It may be a decorator.
        """
        self._says.append(says)
        return says

    def retain(self, ended: Duration) -> None:
        """Prune runs that ended longer ago than `ended`, for as long as the engine is open; else all are kept.

        To be called before the engine is opened. Runs that are not over are kept however old they are.
        """
        self._retention_ms = to_ms(ended)

    # ----- open and close

    async def __aenter__(self) -> Self:
        entered = await self._exit.enter_async_context(self._resources()) if self._resources else None
        provider = as_resources(entered) if self._resources else Resources()
        self.store = (self.platform.store_of or store_of)(self.url, self._clock)
        self._host = Host(self.store, self._clock, provider, self, self.platform)
        await self.store.open(self._host)
        self._host.around.guards.spending = StoreSpending(self._host)
        self._host.around.guards.says.extend(self._says)
        self._guards = SharedGuards(self._host)
        self._recovery = Recovery(self._host, self._registry, self._guards, own=None if self._recovers else set())
        await self.store.offer(self._registry.hashes())
        await self._guards.add(self._registry.workflows())
        await self._guards.adopt()
        await self._recovery.sweep()
        self._loop = self._host.spawn(self._recovery.run())
        if self._retention_ms is not None:
            self._pruning = self._host.spawn(prune_for_ever(self.store, self._clock, self._retention_ms))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for task in (self._loop, self._pruning):
            if task is not None:
                task.cancel()
        await self._host.close()
        await self.store.close()
        await self._exit.__aexit__(kind, error, trace)

    async def drain(self, *, grace_ms: int) -> None:
        """Take nothing over and start nothing any more, and let the steps that are under way end.

        To be called before the engine is closed, which calls off what is still under way then.

        Args:
            grace_ms: For at most this long.
        """
        if self._loop is not None:
            self._loop.cancel()
        await self._host.drain(grace_ms)

    @property
    def watchers(self) -> Watchers:
        """Who waits for what."""
        return self._host.watchers

    # ----- runs

    async def start(
        self, workflow: Workflow[In, Out], input: In, *, id: str | None = None, target: str = ""
    ) -> Handle[Out]:
        """Start a run and return its handle once the run is on disk.

        Args:
            workflow: What to run.
            input: A value of its input model.
            id: The same id with the same input gives the same run; None makes one up.
            target: Where the command line finds the code again (`module:name`, `file.py:name`).

        Raises:
            InvalidInputError: The input does not fit. No run was made.
            DuplicateRunError: The id is taken by a run of another workflow or input, which was left alone.
        """
        return await self.start_fields(workflow, workflow.encode_input(input), id=id, target=target)

    async def start_fields(
        self, workflow: Compiled, data: dict[str, str], *, id: str | None = None, target: str = ""
    ) -> Handle[Any]:
        """As `start`, with the input's fields as JSON texts (see `parse_input`)."""
        run_id = id or secrets.token_hex(8)
        await self._know(workflow)
        state = RunState(run_id, workflow.graph)
        info = self._info(run_id, workflow, data)
        info.target = target
        there = await self._create(state, st.RunAsked(run_id, data), info, workflow)
        if there is not None and (there.workflow, there.input) != (info.workflow, info.input):
            raise DuplicateRunError(run_id, differs="input" if there.workflow == info.workflow else "workflow")
        return Handle(self, run_id, workflow)

    async def _know(self, workflow: Compiled) -> None:
        if self._registry.add(workflow):
            await self.store.offer(self._registry.hashes())
        await self._guards.add([workflow])

    def _info(self, run_id: str, workflow: Compiled, data: dict[str, str]) -> RunInfo:
        now_ms = self._clock.now_ms()
        return RunInfo(
            id=run_id,
            workflow=workflow.name,
            graph_hash=workflow.hash,
            input=_input_text(data),
            created_at=now_ms,
            updated_at=now_ms,
        )

    async def _create(self, state: RunState, news: st.Stimulus, info: RunInfo, workflow: Compiled) -> RunInfo | None:
        """Put a new run on disk and begin it; return the row that was there instead, if one was."""
        self._recovery.keep(state.run_id)
        events = advance(state, news, now_ms=self._clock.now_ms())
        there = await self.store.create(info, self._registry.json_of(workflow), events, project(state, events))
        if there is None:
            run = LiveRun(self._host, state, workflow, epoch=1)
            self._host.live[state.run_id] = run
            run.begin()
            run.rest()
        else:
            self._recovery.nudge()
        return there

    async def get(self, run_id: str) -> Handle[Any]:
        """Return the handle of a run of any workflow; raise RunNotFoundError."""
        info = await self.store.info(run_id)
        return Handle(self, run_id, self._registry.find(info.graph_hash))

    async def code_of(self, run_id: str) -> Compiled:
        """Return the workflow of a run; raise UnknownWorkflowError where its code is not here."""
        info = await self.store.info(run_id)
        return self._registry.get(info.graph_hash, name=info.workflow)

    async def resume(self, run_id: str) -> Handle[Any]:
        """Hold a run here, if no living process holds it, and get it on."""
        self._recovery.keep(run_id)
        await self._recovery.hold(run_id)
        return await self.get(run_id)

    async def fork(self, handle: Handle[Out], *, at: int | None, id: str | None, writes: bool) -> Handle[Out]:
        """See `Handle.fork`."""
        loaded = await self.store.load(handle.id, upto=at)
        workflow = self._registry.get(loaded.info.graph_hash, name=loaded.info.workflow)
        copied = restored(loaded, incarnation=1)
        if copied.status is not RunStatus.OPEN:
            message = f"run {handle.id} was {copied.status} at event {copied.seq}; fork from an earlier event (at=…)"
            raise RefusedError(message)
        run_id = id or f"{handle.id}-{secrets.token_hex(3)}"
        info = self._info(run_id, workflow, {})
        info.input, info.parent, info.target = loaded.info.input, handle.id, loaded.info.target
        news = st.ForkAsked(run_id, handle.id, copied.seq, copy_for_fork(copied), writes)
        there = await self._create(RunState(run_id, workflow.graph), news, info, workflow)
        if there is not None:
            raise DuplicateRunError(run_id, differs="origin")
        return Handle(self, run_id, workflow)

    def run_sync(self, workflow: Workflow[In, Out], input: In, *, id: str | None = None) -> Out:
        """Open the engine, run to the end, close it, and return the result: for scripts without an event loop."""

        async def run() -> Out:
            async with self as engine:
                return await (await engine.start(workflow, input, id=id)).result()

        return asyncio.run(run())

    # ----- what steps ask (effects.ports.Outbox)

    def know(self, workflow: Compiled) -> None:
        """Be able to run a workflow from now on."""
        self._registry.add(workflow)

    async def start_run(self, graph_hash: str, data: dict[str, str], run_id: str) -> None:
        """Start a run of a workflow that this process knows; one that is there, or was, is left alone."""
        with suppress(RunPrunedError):
            await self.start_fields(self._registry.get(graph_hash, name=graph_hash), data, id=run_id)

    async def signal_run(self, run_id: str, name: str, payload: str, *, signal_id: str) -> None:
        """Put a signal into a run's inbox, once per id."""
        await self.store.info(run_id)
        await self.store.put_inbox(
            inbox.row(signal_id, run_id, inbox.SIGNAL, self._clock.now_ms(), name=name, payload=payload)
        )
        self._recovery.nudge()

    async def cancel_run(self, run_id: str, *, cancel_id: str) -> None:
        """Call a run off that a step had started; raise NotDone where it is completed, or refuses."""
        try:
            reason = await self.ask(run_id, inbox.CANCEL, cancel_id, by="podium", reason=CANCELLED_BY_UNDO)
            info = await self.store.info(run_id)
        except RunNotFoundError as gone:
            raise NotDone(str(gone)) from gone
        if reason and info.status not in _WITHOUT_SUCCESS:
            raise NotDone(reason)

    # ----- what is asked and read

    async def end_of(self, run_id: str) -> Projection:
        """Wait for a run to be over, wherever it is held."""
        future = self.watchers.end_of(run_id)
        if run_id not in self._host.live:
            info = await self._watched(run_id)
            if info.status.is_terminal:
                self.watchers.run_over(run_id, Projection(status=info.status, output=info.output, error=info.error))
        return await future

    async def _watched(self, run_id: str) -> RunInfo:
        """Return the row of a run that is waited for; where there is none, nobody waits any more."""
        try:
            return await self.store.info(run_id)
        except RunNotFoundError as gone:
            self.watchers.run_gone(run_id, gone)
            raise

    async def ask(self, run_id: str, kind: str, inbox_id: str, **body: Any) -> str:
        """Put a stimulus into the inbox and wait for its verdict: "" or why it was refused.

        It is decided here where no living process holds the run, even without the run's code: what is carried is
        not checked against its declared type then.
        """
        future = await self._put(run_id, kind, inbox_id, body)
        try:
            await self._recovery.hold(run_id)
            return await future
        finally:
            self.watchers.forget_verdict(inbox_id)

    async def leave(self, run_id: str, kind: str, inbox_id: str, **body: Any) -> str:
        """Put a stimulus into the inbox and wait until a process that has the run's code has decided, as `ask` returns.

        What is in the inbox stays there when the wait is given up.
        """
        future = await self._put(run_id, kind, inbox_id, body)
        try:
            return await future
        finally:
            self.watchers.forget_verdict(inbox_id)

    async def _put(self, run_id: str, kind: str, inbox_id: str, body: dict[str, Any]) -> asyncio.Future[str]:
        await self.store.info(run_id)
        future = self.watchers.verdict_on(inbox_id)
        await self.store.put_inbox(inbox.row(inbox_id, run_id, kind, self._clock.now_ms(), **body))
        self._recovery.nudge()
        return future

    async def runs(self, which: RunFilter | None = None) -> list[RunInfo]:
        """List runs, newest first."""
        return list(await self.store.runs(which or RunFilter()))

    async def tasks(self, *, run_id: str | None = None) -> list[HumanTask]:
        """List open questions to people, oldest first."""
        return list(await self.store.tasks(run_id=run_id))

    async def parked(self, *, run_id: str | None = None) -> list[ParkedStep]:
        """List parked steps, oldest first."""
        return list(await self.store.parked(run_id=run_id))

    async def breakers(self) -> list[BreakerInfo]:
        """List the breakers of every process that works on this store, by name."""
        return await self._guards.breakers()

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
        await self._guards.order(Override(name=name, switch=switch, until=until, by=by, reason=reason, at=now_ms))

    async def budgets(self) -> list[BudgetRow]:
        """List what was spent and reserved, by the budget's name."""
        return list(await self.store.budgets())

    async def state(self, run_id: str, *, upto: int | None = None) -> RunState:
        """Return the committed state of a run, folded from disk; it may be read and thrown away."""
        loaded: Loaded = await self.store.load(run_id, upto=upto)
        return restored(loaded, incarnation=loaded.info.epoch)


def _input_text(data: dict[str, str]) -> str:
    """Return what tells this input from others: it is in the first event, so a long one is not kept twice."""
    fields = ",".join(f"{json.dumps(name)}:{text}" for name, text in data.items())
    text = f"{{{fields}}}"
    if len(text) <= INPUT_CHARS_MAX:
        return text
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"
