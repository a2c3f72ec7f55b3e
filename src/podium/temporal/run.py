"""The one workflow: a run held by its execution, as `engine.live` holds it in a process.

News goes in, what is decided is the state, orders become activities and timers. What was decided is on disk with the
workflow task that schedules the next activity, so whatever an activity does, its order was on record before. No
author's code runs here, and time is the server's, so a replay decides the same.
"""

import asyncio
from collections.abc import Coroutine, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from temporalio import workflow
from temporalio.converter import value_to_type
from temporalio.exceptions import ApplicationError

from podium.core import stimuli as st
from podium.core.pending import command, pending, taken
from podium.core.state import ACTIVE, Step, WriteStatus
from podium.core.stimuli import Command
from podium.effects.write import again
from podium.engine.ports import HumanTask, ParkedStep, RunInfo, Status
from podium.errors import RefusedError
from podium.temporal import wire
from podium.temporal.asking import Asking
from podium.temporal.calls import Called, call, call_off
from podium.temporal.held import HeldRun
from podium.temporal.stimuli import unpack
from podium.temporal.telling import OBSERVER, WorkflowTelling
from podium.temporal.views import view_of


@dataclass(slots=True)
class Flight:
    """An activity for an entry of a step; `called` None in the moment before it is called."""

    order: st.Perform | st.Settle | st.Evaluate
    entry: int
    called: Called | None = None
    is_stopped: bool = False


@workflow.defn(name=wire.RUN, sandboxed=False)
class RunWorkflow:
    """A run.

    Attributes:
        held: The run.
    """

    @workflow.init
    def __init__(self, plain: Any, *parts: str) -> None:
        start = value_to_type(wire.RunStart, plain)  # the SDK gives no types to inputs of any number
        self._start = start
        self.held = HeldRun(start, parts, now_ms=_now_ms())
        self._asking = Asking(self.held, start)
        self._flights: dict[str, Flight] = {}
        self._timers: dict[str, tuple[int, asyncio.Task[None]]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._shown = self.held.info.status
        self._is_draining = False
        self._is_called_off = False
        self._began = False
        self._bug: BaseException | None = None

    @workflow.run
    async def run(self, plain: Any, *parts: str) -> wire.RunEnd:
        """Hold the run until it is over; see `RunStart` for what it is given."""
        del plain, parts
        observer = OBSERVER.get()
        if observer is not None:
            self.held.on_events = WorkflowTelling(observer, self.held, namespace=self._start.namespace)
        self._begin()
        while True:
            try:
                await workflow.wait_condition(self._has_ended)
                break
            except asyncio.CancelledError:
                self._is_called_off = True
                with suppress(RefusedError):
                    self.take(st.CancelWanted(by="temporal"))
        if self._bug is not None:
            raise self._bug  # fails the workflow task, which is tried again: this run alone stands still
        if self.held.state.status in ACTIVE:
            carried = self.held.carry()
            workflow.continue_as_new(args=[carried.start, *carried.parts])
        return await self._end()

    def _begin(self) -> None:
        """Start what is due; what was asked in the first moment waits for this."""
        self._began = True
        state = self.held.state
        state.touched.clear()
        if self._start.first:
            with suppress(RefusedError):  # then it ends as it had ended
                self.held.take(self._asking.meant(unpack(self._start.first)), now_ms=_now_ms())
            state.touched.clear()
        self._dispatch(pending(state))
        self._show()

    def _has_ended(self) -> bool:
        """Claim that the execution has nothing more to do: the run is over, or goes on in another one."""
        if self._bug is not None:
            return True
        if not workflow.all_handlers_finished():
            return False
        return self.held.state.status not in ACTIVE or (self._is_draining and not self._flights)

    async def _end(self) -> wire.RunEnd:
        """End as the run did."""
        info = self.held.info
        end = wire.RunEnd(status=info.status, output=info.output, error=info.error)
        if info.status is Status.COMPLETED:
            return end
        if self.held.state.is_cancelled:
            await self._until_called_off()
            await asyncio.sleep(0)  # what was asked in this very moment begins
            await workflow.wait_condition(workflow.all_handlers_finished)  # and is answered
            raise asyncio.CancelledError
        raise ApplicationError(end.error or end.status.value, end, type=wire.ENDED, non_retryable=True)

    async def _until_called_off(self) -> None:
        """Let the server show a run that was called off as such: it does where the execution was."""
        if self._is_called_off:
            return
        with suppress(asyncio.CancelledError):
            await call_off(self._start.run_id)
            await workflow.wait_condition(lambda: False)

    # ----- the way of news

    def take(self, *news: st.Stimulus) -> None:
        """Take news in, with everything that follows; raise RefusedError where it asks for what can not be."""
        try:
            for one in news:
                self.held.take(one, now_ms=_now_ms())
        finally:
            self._dispatch(taken(self.held.state))
            self._show()

    def _show(self) -> None:
        """Let the server's lists show how the run stands."""
        status = self.held.info.status
        if status is not self._shown:
            self._shown = status
            workflow.upsert_search_attributes([wire.STATUS.value_set(status.value)])

    # ----- the way of orders

    def _dispatch(self, orders: Sequence[Command]) -> None:
        self._is_draining = self._is_draining or self._is_long()
        for order in orders:
            if isinstance(order, st.Wake):
                self._wake(order)
            elif isinstance(order, st.Stop):
                self._stop(order)
            elif not self._is_draining:
                self._fly(order)
        self._drop_timers()

    def _is_long(self) -> bool:
        info = workflow.info()
        return info.is_continue_as_new_suggested() or (
            info.get_current_history_length() >= self._start.limits.history_max
        )

    def _fly(self, order: st.Perform | st.Settle | st.Evaluate) -> None:
        """Do what is ordered, unless it is being done."""
        step = self.held.state.steps[order.path]
        flight = self._flights.get(order.path)
        if flight is not None and flight.entry == step.entry:
            return
        self._flights[order.path] = flight = Flight(order, step.entry)
        self._spawn(self._flown(flight, step))

    async def _flown(self, flight: Flight, step: Step) -> None:
        """Call the activity; take in what it reports, or that whoever performed it was lost."""
        order, state = flight.order, self.held.state
        if flight.is_stopped:
            self._land(flight)
            self._look_again(order.path)
            return
        sends_again = isinstance(order, st.Settle) and self._intend(step)
        at = _now_ms()
        view = view_of(state, step, self._start, at=at, sends_again=sends_again)
        flight.called = call(order, view)
        reports = await flight.called.reports()
        self._land(flight)
        if reports is not None:
            self.take(*reports)
        elif not isinstance(order, st.Evaluate):
            self.take(st.PerformerLost(order.incarnation, order.path, flight.entry, at if view.may_send else None))
        self._look_again(order.path)

    def _land(self, flight: Flight) -> None:
        """Nothing of that entry is under way any more."""
        if self._flights.get(flight.order.path) is flight:
            del self._flights[flight.order.path]

    def _intend(self, step: Step) -> bool:
        """Put on record that a write is sent again, before it is; claim that it is in doubt, and sent all the same."""
        write = step.write
        if write is None:
            return False
        sends_again = write.send_again
        if write.status is WriteStatus.RELEASED or sends_again:
            wish = again(self.held.state.incarnation, step.path, step.entry, write=write)
            self.held.take(wish, now_ms=_now_ms())
        return sends_again

    def _look_again(self, path: str) -> None:
        """Do what the step at `path` wants now that nothing is under way for it."""
        step = self.held.state.steps.get(path)
        order = command(self.held.state, step) if step and self.held.state.status in ACTIVE else None
        if order is not None:
            self._dispatch([order])

    def _stop(self, order: st.Stop) -> None:
        flight = self._flights.get(order.path)
        if flight is None:
            self.take(st.AttemptEnded(order.incarnation, order.path, order.entry, st.Stopped()))
        elif isinstance(flight.order, st.Perform):
            flight.is_stopped = True
            if flight.called is not None:
                flight.called.cancel()

    def _wake(self, order: st.Wake) -> None:
        at, task = self._timers.get(order.path, (None, None))
        if at == order.at:
            return
        if task is not None:
            task.cancel()
        self._timers[order.path] = (order.at, self._spawn(self._woken(order)))

    async def _woken(self, order: st.Wake) -> None:
        await asyncio.sleep(max(0, order.at - _now_ms()) / 1000)
        self._timers.pop(order.path, None)
        self.take(st.TimeCame(order.path))
        self._look_again(order.path)

    def _drop_timers(self) -> None:
        """Call off what nothing waits for any more: a timer is an event in the history when it fires."""
        steps = self.held.state.steps
        for path in [path for path in self._timers if path and (path not in steps or steps[path].until is None)]:
            self._timers.pop(path)[1].cancel()

    def _spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Run a task of the workflow's own; a bug in it is the workflow's."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)
        return task

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            self._bug = task.exception()

    # ----- what people and other runs ask

    @workflow.update(name=wire.ASK)
    async def ask(self, asked: wire.Asked) -> str:
        """Decide about what is asked; return "" or why it is refused."""
        await workflow.wait_condition(lambda: self._began)
        return await self._asking.decide(asked, self.take)

    @workflow.signal(name=wire.TELL)
    async def tell(self, asked: wire.Asked) -> None:
        """Take in what somebody tells."""
        await workflow.wait_condition(lambda: self._began)
        await self._asking.decide(asked, self.take)

    @workflow.query(name=wire.INFO)
    def info(self) -> RunInfo:
        """Return the run's row."""
        return self.held.info

    @workflow.query(name=wire.EVENTS)
    def events(self, after: int, limit: int) -> wire.EventsPage:
        """Return some of its events."""
        return self.held.events(after, limit)

    @workflow.query(name=wire.LOAD)
    def load(self, upto: int | None) -> wire.Part:
        """Return what its state is folded from."""
        return self.held.part(upto)

    @workflow.query(name=wire.TASKS)
    def tasks(self) -> list[HumanTask]:
        """Return its open questions."""
        return list(self.held.tasks.values())

    @workflow.query(name=wire.PARKED)
    def parked(self) -> list[ParkedStep]:
        """Return its parked steps."""
        return list(self.held.parked.values())

    @workflow.query(name=wire.CARRY)
    def carry(self) -> wire.Continuation:
        """Return with what the run would go on elsewhere."""
        return self.held.carry()


def _now_ms() -> int:
    return workflow.time_ns() // 1_000_000
