"""What a worker does for runs: the steps' code is entered here, their writes are settled, their conditions evaluated.

Each activity is over only when nothing of it is on its way any more, whether it is called off or the worker shuts down.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

from temporalio import activity
from temporalio.client import Client

from podium.core import stimuli as st
from podium.core.state import RunState, Step
from podium.effects.context import CallContext
from podium.engine import inbox
from podium.engine.entering import entered, evaluated, settled
from podium.engine.ports import InboxRow
from podium.engine.registry import Registry
from podium.errors import InvalidAnswerError, RunLostError
from podium.guard.deadline import begin_anew
from podium.temporal.port import Shop, StepPort
from podium.temporal.stimuli import pack
from podium.temporal.views import slice_of
from podium.temporal.wire import CALL_OFF, CHECK, EVALUATE, PERFORM, SETTLE, Check, Checked, StepView


class Activities:
    """All activities of one worker.

    Args:
        client: Of the server.
        registry: The workflows whose code is here.
        shop: What all steps share.
    """

    def __init__(self, client: Client, registry: Registry, shop: Shop) -> None:
        self._client, self._registry, self._shop = client, registry, shop
        self._going: set[asyncio.Task[Any]] = set()

    def leave_all(self) -> None:
        """Let steps that are under way be entered again elsewhere, once what they have sent is settled."""
        for task in self._going:
            task.cancel()

    @contextmanager
    def _noted(self) -> Iterator[None]:
        task = asyncio.current_task()
        assert task is not None, "an activity is a task"
        self._going.add(task)
        try:
            yield
        finally:
            self._going.discard(task)

    def all(self) -> list[Callable[..., Any]]:
        """Return them, as the SDK's worker takes them."""
        return [self.perform, self.settle, self.evaluate, self.check, self.call_off]

    @activity.defn(name=PERFORM)
    async def perform(self, view: StepView) -> list[str]:
        """Enter a step; return what it reports."""
        port, step = self._at(view)
        context = CallContext(port, view.path, step.entry, self._shop.around)
        with self._noted():
            async with _heard(port, view):
                context.task = asyncio.create_task(_performed(port, step, context, self._shop))
                await _over(port, context)
        return [pack(news) for news in port.reports]

    @activity.defn(name=SETTLE)
    async def settle(self, view: StepView) -> list[str]:
        """Find out what became of a step's open write; return what is reported of it. It is not called off."""
        port, step = self._at(view)
        async with _heard(port, view):
            settling = asyncio.create_task(_settled(port, step, self._shop))
            while not settling.done():
                try:
                    await asyncio.shield(settling)
                except asyncio.CancelledError:
                    _note_loss(port)
        settling.result()
        return [pack(news) for news in port.reports]

    @activity.defn(name=EVALUATE)
    async def evaluate(self, view: StepView) -> list[str]:
        """Evaluate a node's condition; return what it gave."""
        port, step = self._at(view)
        return [pack(evaluated(port, step, view.values))]

    @activity.defn(name=CHECK)
    async def check(self, about: Check) -> Checked:
        """Have what was asked checked by the workflow's code; return it as a stimulus."""
        asked, compiled = about.asked, self._registry.get(about.graph_hash, name=about.workflow)
        state = RunState(about.run_id, compiled.graph) if about.view is None else slice_of(about.view, compiled.graph)
        row = InboxRow(id=asked.id, run_id=about.run_id, kind=asked.kind, body=asked.body)
        try:
            return Checked(stimulus=pack(inbox.stimulus(row, state, compiled)))
        except InvalidAnswerError as invalid:
            return Checked(refused=str(invalid))

    @activity.defn(name=CALL_OFF)
    async def call_off(self, run_id: str) -> None:
        """Have the server show a run as cancelled that was called off by an update."""
        await self._client.get_workflow_handle(run_id).cancel()

    def _at(self, view: StepView) -> tuple[StepPort, Step]:
        """Return the run around a step; raise UnknownWorkflowError where its code is not here."""
        code = self._registry.get(view.graph_hash, name=view.workflow)
        port = StepPort(view, code, self._shop)
        return port, port.state.steps[view.path]


async def _performed(port: StepPort, step: Step, context: CallContext, shop: Shop) -> None:
    await shop.ready()
    begin_anew()
    outcome = await entered(port, step, context)
    if outcome is not None:
        port.ended(context, outcome)


async def _over(port: StepPort, context: CallContext) -> None:
    """Wait until an entry is over: by itself, suspended, or called off once what it has sent is settled."""
    assert context.task is not None, "it was just made"
    over = asyncio.create_task(port.over.wait())
    waited: set[asyncio.Task[Any]] = {over, context.task}
    while not over.done() and not context.task.done():
        try:
            await asyncio.wait(waited, return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError:
            _call_off(port, context)
    if not port.over.is_set():
        over.cancel()
        context.task.result()  # a bug of ours ended it


def _call_off(port: StepPort, context: CallContext) -> None:
    """Let nothing more begin; where only this worker goes, the step is entered again on another."""
    _note_loss(port)
    details = activity.cancellation_details()
    if details is not None and details.cancel_requested and not port.is_lost:
        context.stop()
    else:
        context.leave()


def _note_loss(port: StepPort) -> None:
    details = activity.cancellation_details()
    if details is not None and (details.not_found or details.timed_out):
        port.lose()


async def _settled(port: StepPort, step: Step, shop: Shop) -> None:
    await shop.ready()
    try:
        why = await settled(port, step, step.entry)
    except RunLostError:
        return
    if why is not None:
        port.reports.append(st.AttemptEnded(port.incarnation, step.path, step.entry, why))


@asynccontextmanager
async def _heard(port: StepPort, view: StepView) -> AsyncIterator[None]:
    """Let the server hear that the worker lives, from a task beside the step: a thread of a sync step may block."""
    beating = asyncio.create_task(_beat(port, view.heartbeat_ms))
    try:
        yield
    finally:
        beating.cancel()
        port.tell_answers()


async def _beat(port: StepPort, every_ms: int) -> None:
    while True:
        await asyncio.sleep(every_ms / 1000)
        activity.heartbeat(*(port.progressed or ()))
        port.beat()
