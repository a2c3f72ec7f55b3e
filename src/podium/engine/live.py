"""A run that this process holds: news goes in, events go to the store, orders become flights.

This is where everything meets, so it only passes on: what follows is the core's, what is done is `perform`'s, what is
on disk is the store's.
"""

import asyncio
from collections import deque
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor

from podium.core import snapshot
from podium.core import stimuli as st
from podium.core.advance import advance
from podium.core.events import Event, StepDone
from podium.core.inputs import values_of
from podium.core.pending import command, pending, taken, wake_at
from podium.core.state import ACTIVE, RunState, RunStatus, Step
from podium.effects.context import CallContext
from podium.effects.ports import Entry, Outbox, Progress, Surroundings, Token
from podium.engine.host import Host
from podium.engine.perform import evaluate, perform, settle
from podium.engine.ports import NO_SNAPSHOT, Append, Projection, Timer
from podium.engine.projection import project, weight
from podium.errors import BugError, RefusedError, RunLostError, StoreUnavailableError
from podium.workflow.binding import Compiled

SNAPSHOT_BYTES_MIN = 64_000
"""Below this much news since the last one, no snapshot is taken."""

_EVENT_BYTES = 30
"""What an event weighs beside the values in it."""

_KEEP_MS = 5_000
"""A run that waits longer than this is let go of."""


class Settling:
    """A write of a step that is being settled before the step's code is entered again."""

    __slots__ = ("entry", "task")

    def __init__(self, entry: int, task: asyncio.Task[None]) -> None:
        self.entry, self.task = entry, task


class LiveRun:
    """One run, held under one claim.

    Attributes:
        state: The run, folded up to the last event decided (not: committed).
        compiled: Its code; None where this process has none and only decides about it.
        epoch: Of the claim.
        has_snapshot: There is one on disk.
        delivered: Inbox rows that were taken in under this claim.
        flights: The entries of steps that are under way, by address.
        ticket: The store's ticket of its last append.
        appended_seq: Number of the last event that was given to the store.
        is_held: False once it was let go of or lost; nothing is taken in any more.
        is_waiting: Nothing is started yet.
        restored_at: See `RunInfo.restored_at`.
    """

    def __init__(self, host: Host, state: RunState, compiled: Compiled | None, *, epoch: int) -> None:
        self.host, self.state, self.compiled, self.epoch = host, state, compiled, epoch
        self.run_id, self.namespace, self.incarnation = state.run_id, host.store.namespace, state.incarnation
        self.ticket, self.appended_seq = 0, state.seq
        self.is_held, self.is_waiting = True, False
        self.restored_at: int | None = None
        self.delivered: set[str] = set()
        self.flights: dict[str, CallContext | Settling] = {}
        self._follower: asyncio.Task[None] | None = None
        self._followed: tuple[Step, CallContext] | None = None
        self._timers: dict[str, Timer] = {}
        self._news: deque[tuple[st.Stimulus, str]] = deque()
        self._unsent: list[Event] = []
        self._verdicts: list[tuple[str, str]] = []
        self._answers: list[st.LateEvidence] = []
        self._is_draining = False
        self.has_snapshot = False
        self._delta_bytes = 0
        self._snapshot_bytes = sum(len(text) for text in state.root.data.values())

    # ----- what the calls of its steps see (effects.ports.RunPort)

    def step(self, path: str) -> Step | None:
        """Return the step as it stands."""
        return self.state.steps.get(path) if self.is_held else None

    def generation(self, path: str) -> int:
        """Return how often the key of the step's write was renewed."""
        return self.state.generations.get(path, 0)

    @property
    def deadline_at(self) -> int | None:
        """When the run has to be over; None for no limit."""
        return self.state.deadline_at

    def board(self, name: str) -> Sequence[str]:
        """Return what is on a board of the run."""
        return self.state.boards.get(name, ())

    def is_closing(self, path: str) -> bool:
        """Claim that what the step at `path` stands in ends: nothing new may be sent for it."""
        step = self.state.steps.get(path)
        return step is None or self.state.is_closing(step)

    def feed(self, news: st.Stimulus) -> None:
        """Take news in, with everything that follows."""
        self.take(news)

    async def committed(self) -> None:
        """Wait until everything fed so far is on disk; raise RunLostError where the run is not ours any more."""
        self.flush()
        await self.host.until_committed(self, self.ticket)

    def late(self, news: st.LateEvidence) -> None:
        """Leave an answer that nobody waits for any more for whoever holds the run now."""
        self.host.late(self.run_id, news)

    def answered(self, news: st.LateEvidence) -> None:
        """Take note of an answer that is about to be reported, should it not get to disk here."""
        self._answers.append(news)

    @property
    def outbox(self) -> Outbox:
        """What starts and signals other runs."""
        return self.host.outbox

    def say(self, news: Progress | Token) -> None:
        """Tell whoever watches; it is not stored."""
        self.host.watchers.said(self.run_id, news)

    # ----- what entering its steps takes (engine.entering.Performer)

    @property
    def code(self) -> Compiled:
        """The workflow's code: nothing is performed without it."""
        assert self.compiled is not None, "a run without code is not performed"
        return self.compiled

    @property
    def around(self) -> Surroundings:
        """What all calls of the process share."""
        return self.host.around

    @property
    def step_threads(self) -> Executor:
        """Where sync steps run."""
        return self.host.step_threads

    def values(self, step: Step) -> Mapping[str, str]:
        """Return what the step takes."""
        return values_of(self.state, step)

    # ----- the way of news

    def begin(self) -> None:
        """Start what is due: after a start, a claim or a take-over."""
        self.is_waiting = False
        self.state.touched.clear()
        self._dispatch(pending(self.state))

    async def begin_when_committed(self) -> None:
        """Start what is due once all that was fed is on disk; until then decide, but start nothing."""
        try:
            await self.committed()
        except (RunLostError, StoreUnavailableError):
            return
        self.begin()
        self.rest()

    def take(self, news: st.Stimulus, *, inbox_id: str = "") -> None:
        """Take in news that may have come through the inbox; what is asked and refused gets its reason as verdict."""
        if not self.is_held:
            return
        if self._is_draining:
            self._news.append((news, inbox_id))
            return
        self._is_draining = True
        try:
            self._take_one(news, inbox_id)
            while self._news:
                self._take_one(*self._news.popleft())
        except BugError as bug:
            self.host.broken(self, bug)
        finally:
            self._is_draining = False
        if self._verdicts:
            self.flush()
        self.rest()

    def refuse(self, inbox_id: str, reason: str) -> None:
        """Write down that what was asked was refused before it reached the run."""
        self._verdicts.append((inbox_id, reason))
        self.flush()
        self.rest()

    def _take_one(self, news: st.Stimulus, inbox_id: str) -> None:
        if not self.is_held:
            return
        try:
            events = advance(self.state, news, now_ms=self.host.clock.now_ms())
        except RefusedError as refused:
            self._verdicts.append((inbox_id, str(refused)))
        else:
            if inbox_id:
                self._verdicts.append((inbox_id, ""))
            self._note(events)
        if self.state.touched:
            self._dispatch(taken(self.state))

    def _note(self, events: list[Event]) -> None:
        """Keep events for the store; those of one turn of the event loop go there together."""
        if not events:
            return
        if not self._unsent:
            self.host.flush_soon(self)
        self._unsent += events
        self.host.unsent += len(events)
        if self.state.status not in ACTIVE:
            self.flush()

    def flush(self, *, release: bool = False) -> None:
        """Give the store what was decided since the last time, and the run itself back where `release` says so."""
        events, self._unsent = self._unsent, []
        self.host.unsent -= len(events)
        verdicts, self._verdicts = self._verdicts, []
        if not (events or verdicts or release) or not self.is_held:
            return
        state = self.state
        news = Append(self.run_id, self.epoch, self.appended_seq + 1, events, verdicts=verdicts, release=release)
        is_over = state.status not in ACTIVE and bool(events)
        if events:
            news.projection = project(state, events)
            news.snapshot = self._snapshot(events)
            news.release = release or is_over
        self.appended_seq += len(events)
        self.ticket = self.host.append(news)
        while self._answers:
            self.host.answered(self.ticket, self.run_id, self._answers.pop())
        if is_over and self.host.failure is None:
            self._over(news.projection)

    def _snapshot(self, events: list[Event]) -> str | None:
        """Return a snapshot when the news since the last one outweighs it; drop it when the run completed."""
        if self.state.status is RunStatus.COMPLETED:
            return NO_SNAPSHOT if self.has_snapshot else None
        for event in events:
            self._delta_bytes += _EVENT_BYTES
            if type(event) is StepDone:
                self._delta_bytes += weight(event)
        if self._delta_bytes < SNAPSHOT_BYTES_MIN or self._delta_bytes < self._snapshot_bytes:
            return None
        text = snapshot.dump(self.state)
        self._delta_bytes, self._snapshot_bytes, self.has_snapshot = 0, len(text), True
        return text

    # ----- the way of orders

    def _dispatch(self, orders: Sequence[st.Command]) -> None:
        if self.is_waiting:
            return  # `begin` finds all that is due
        for order in orders:
            if isinstance(order, st.Wake):
                self._wake(order)
            elif isinstance(order, st.Stop):
                self._stop(order)
            elif self.compiled is not None:
                self.host.start(self, order)

    def fly(self, order: st.Perform | st.Settle | st.Evaluate) -> None:
        """Do what is ordered, unless it is being done or not wanted any more."""
        if not self.is_held:
            return
        if isinstance(order, st.Evaluate):
            evaluate(self, order)
            return
        step, flight = self.step(order.path), self.flights.get(order.path)
        if step is None or step.entry != order.entry or (flight is not None and flight.entry == order.entry):
            return
        if isinstance(order, st.Settle):
            self.flights[order.path] = Settling(order.entry, self.host.spawn(settle(self, order)))
            return
        context = CallContext(self, order.path, order.entry, self.host.around)
        self.flights[order.path] = context
        if self._follower is not None:
            context.task, self._follower = self._follower, None
            self._followed = (step, context)
        else:
            context.task = self.host.loop.create_task(perform(self, step, context))

    def suspended(self, context: Entry) -> None:
        """A step's entry was suspended: report it at once, and call its code off, which may take its time."""
        if context.ended is None:
            self.landed(context.path, context.entry)
        else:
            self.ended(context, context.ended)
        if context.task is not None:
            context.task.cancel()

    def ended(self, context: Entry, outcome: st.Outcome) -> None:
        """A step's entry ended."""
        context.is_closed = True
        self.landed(context.path, context.entry)
        self.take(st.AttemptEnded(self.incarnation, context.path, context.entry, outcome))

    def followed(self, context: CallContext, outcome: st.Outcome) -> tuple[Step, CallContext] | None:
        """A step's entry ended in its own task, which goes on with the first of those that follow, if any does.

        A new task for each step of a chain would cost as much as all the rest of the step.
        """
        self._follower = context.task
        self.ended(context, outcome)
        self._follower = None
        following, self._followed = self._followed, None
        return following

    def landed(self, path: str, entry: int) -> None:
        """Nothing of that entry is under way any more."""
        flight = self.flights.get(path)
        if flight is not None and flight.entry == entry:
            del self.flights[path]

    def look_again(self, path: str) -> None:
        """Do what the step at `path` wants now that its write is settled."""
        step = self.step(path)
        order = command(self.state, step) if step else None
        if order is not None:
            self._dispatch([order])
        self.rest()

    def _stop(self, order: st.Stop) -> None:
        flight = self.flights.get(order.path)
        if isinstance(flight, CallContext):
            flight.stop()
        elif flight is None:
            self.feed(st.AttemptEnded(order.incarnation, order.path, order.entry, st.Stopped()))

    def _wake(self, order: st.Wake) -> None:
        timer = self._timers.pop(order.path, None)
        if timer is not None:
            timer.cancel()
        self._timers[order.path] = self.host.clock.call_at(order.at, lambda: self._time_came(order))

    def _time_came(self, order: st.Wake) -> None:
        if self.host.clock.now_ms() < order.at:  # the wall clock was set back
            self._wake(order)
        else:
            self._timers.pop(order.path, None)
            self.feed(st.TimeCame(order.path))

    # ----- letting go

    def rest(self) -> None:
        """Let go of a run that only waits: memory is for runs that move."""
        if self.flights or self.is_waiting or not self.is_held or self._is_draining:
            return
        state = self.state
        if self.compiled is not None and (state.moving or self._is_due_soon()):
            return
        self.flush(release=True)
        self.drop()

    async def wind_down(self) -> None:
        """Let no call begin any more, and what is on its way settle: the process is about to let go of the run."""
        contexts = [flight for flight in self.flights.values() if isinstance(flight, CallContext)]
        for context in contexts:
            context.close()
        for context in contexts:
            await context.settled()
        settling = [flight.task for flight in self.flights.values() if isinstance(flight, Settling)]
        if settling:
            await asyncio.wait(settling)

    def _is_due_soon(self) -> bool:
        due = wake_at(self.state)
        return due is not None and due - self.host.clock.now_ms() < _KEEP_MS

    def _over(self, projection: Projection | None) -> None:
        self.drop()
        assert projection is not None, "the end of a run is an event"
        self.host.over(self, projection)

    def drop(self) -> None:
        """Forget the run: it was let go of, is over, or was lost. Its calls are refused from here on."""
        self.is_held = False
        while self._answers:
            self.late(self._answers.pop())
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()
        for flight in list(self.flights.values()):
            if isinstance(flight, CallContext):
                flight.suspend(None)
            elif self.host.is_closing:
                flight.task.cancel()  # else its answer may still tell whoever holds the run now what became of it
        self.flights.clear()
        self.host.forget(self)
