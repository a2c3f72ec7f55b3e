"""The part of the engine, played by hand: a test says what happens, the shell keeps journal and flights.

After everything that it is told it checks the laws that hold always: the invariants, that replaying the journal gives
the live state, that a snapshot comes back as it was, and that all that is due is under way.
"""

import copy
from collections import deque
from collections.abc import Sequence
from dataclasses import replace

from podium.core import events as ev
from podium.core import snapshot
from podium.core import stimuli as st
from podium.core.advance import advance, fold, retrace, settle_up
from podium.core.invariants import check
from podium.core.path import ROOT, undo_path
from podium.core.pending import pending, taken
from podium.core.rewind import rewound
from podium.core.state import RunState, Step, WriteStatus
from podium.failure import Failure
from podium.graph.nodes import Graph
from tests.unit.core.builders import failure

DATA = {"n": "0", "log": "[]", "topic": '"t"', "list": "[1,2,3]"}

GOES_ON = (WriteStatus.INTENT, WriteStatus.DOUBT, WriteStatus.DONE, WriteStatus.FAILED)
"""With a write that stands so, whoever asked for it goes on."""


class Shell:
    """A run, its journal as the appends it was stored in, and what is under way for it."""

    def __init__(self, graph: Graph, *, now_ms: int = 1_000) -> None:
        self.state, self.twin = RunState("r", graph), RunState("r", graph)
        self.now_ms = now_ms
        self.owed: deque[ev.Event] = deque()
        self.appends: list[list[ev.Event]] = []
        self.flights: dict[str, int] = {}
        self.timers: dict[str, int] = {}
        self.asked: set[str] = set()
        self.stopped: set[str] = set()
        self.facts: list[str] = []

    # ----- what it says

    @property
    def journal(self) -> list[ev.Event]:
        return [event for append in self.appends for event in append]

    @property
    def status(self) -> str:
        return str(self.state.status)

    def step(self, path: str) -> Step:
        return self.state.steps[path]

    def write_status(self, path: str) -> str | None:
        write = self.step(path).write
        return None if write is None else str(write.status)

    def at(self, status: str) -> set[str]:
        """Return the addresses of the steps with this status."""
        return {path for path, step in self.state.steps.items() if step.status == status}

    # ----- what happens

    def start(self, **data: str) -> list[str]:
        return self.tell(st.RunAsked("r", {**DATA, **data}))

    def done(self, path: str, label: str | None = None, **given: str) -> list[str]:
        """The step succeeds: `output` is what a node gives, any other keyword a changed field."""
        output = given.pop("output", None)
        return self.end(path, st.Succeeded(label, output, given or None))

    def grow(self, path: str, field: str, added: str) -> list[str]:
        return self.end(path, st.Succeeded(appends={field: added}))

    def post(self, path: str, board: str, *texts: str) -> list[str]:
        return self.end(path, st.Succeeded(posts={board: texts}))

    def fail(self, path: str, name: str = "OddError", *, retry_at: int | None = None) -> list[str]:
        return self.end(path, st.Failed(failure(name), retry_at))

    def open(self, path: str, **data: str) -> list[str]:
        return self.end(path, st.Opened({**DATA, **data}))

    def halt(self, path: str, reason: st.ParkReason = st.ParkReason.DIVERGED) -> list[str]:
        return self.end(path, st.Halted(reason, "why"))

    def hold(self, path: str, until: int) -> list[str]:
        return self.end(path, st.Held(until))

    def stop(self, path: str) -> list[str]:
        return self.end(path, st.Stopped())

    def end(self, path: str, outcome: st.Outcome) -> list[str]:
        """The step's current entry ends."""
        entry = self.step(path).entry
        self.flights.pop(path, None)
        self.stopped.discard(path)
        return self.tell(st.AttemptEnded(self.state.incarnation, path, entry, outcome))

    def holds(self, path: str, *, holds: bool | Failure = True) -> list[str]:
        """The condition is evaluated, or raises."""
        self.asked.discard(path)
        raised = holds if isinstance(holds, Failure) else None
        return self.tell(st.ConditionEvaluated(self.state.incarnation, path, holds is True, raised))

    def read(self, path: str, call: str, result: str | None = "1", name: str | None = None) -> list[str]:
        failed = None if name is None else failure(name)
        entry = self.step(path).entry
        return self.tell(st.ReadEnded(self.state.incarnation, path, entry, call, None if failed else result, failed))

    def want(self, path: str, **more: object) -> list[str]:
        """The step wants to write; where it does not get the intent, its code is called off without a report."""
        step = self.step(path)
        generation = self.state.generations.get(path, 0)
        wanted = st.WriteWanted(self.state.incarnation, path, step.entry, "book", "{}", f"{path}/{generation}")
        facts = self.tell(replace(wanted, **more), check_flights=False)  # type: ignore[arg-type]  # its own fields
        if step.write is None or step.write.status not in GOES_ON:
            self.flights.pop(path, None)
        self.check_flights()
        return facts

    def write(self, path: str, **more: object) -> list[str]:
        """The step makes a write that can be undone, and is done."""
        self.want(path, **{"undo": f"un{path}@1", **more})
        self.settle(path, f'"{path}"')
        return self.done(path)

    def undo(self, path: str) -> list[str]:
        """The write of the step at `path` is undone."""
        path = undo_path(path)
        self.want(path)
        self.settle(path, "null")
        return self.end(path, st.Succeeded())

    def settle(self, path: str, result: str | None = None, **more: Failure | bool) -> list[str]:
        return self.tell(st.WriteSettled(self.state.incarnation, path, result, **more))  # type: ignore[arg-type]  # same

    def time(self, path: str = ROOT, *, at: int) -> list[str]:
        self.now_ms = max(self.now_ms, at)
        if self.timers.get(path, at) <= self.now_ms:
            self.timers.pop(path, None)
        return self.tell(st.TimeCame(path))

    def tell_early(self, path: str, *, at: int) -> list[str]:
        """A timer goes off that nobody set, or too early."""
        self.now_ms = at
        return self.tell(st.TimeCame(path))

    def signal(self, name: str, payload: str = "1") -> list[str]:
        return self.tell(st.SignalSent(name, payload))

    def answer(self, path: str, answer: str = "true", by: str = "ann") -> list[str]:
        return self.tell(st.AnswerGiven(path, answer, by))

    def cancel(self) -> list[str]:
        return self.tell(st.CancelWanted("ann", "enough"))

    def retry(self) -> list[str]:
        return self.tell(st.RetryWanted("ann"))

    def rewind(self) -> list[str]:
        """The compensated run begins again where the first compensated step began."""
        return self.tell(st.RewindWanted(rewound(self.state, self.journal), "ann"))

    def resolve(self, path: str, verb: st.Verb, answer: str | None = None, *, version: int | None = None) -> list[str]:
        return self.tell(st.Resolution(path, verb, answer, "ann", "because", version))

    def crash(self, *, proven_dead: bool = True, alone: bool = False) -> list[str]:
        """The process dies; another one folds what is on disk and takes the run over."""
        self.state, self.twin = self.replayed(), self.replayed()
        self.state.incarnation += 1
        self.state.touched.clear()
        self.twin.incarnation += 1
        self.now_ms = max(self.now_ms, self.state.at)
        self.flights, self.timers, self.asked, self.stopped = {}, {}, set(), set()
        return self.tell(st.TakeOver(self.state.incarnation, proven_dead, alone))

    # ----- how it works

    def tell(self, news: st.Stimulus, *, check_flights: bool = True) -> list[str]:
        """Take the news in; return the facts that followed as `Kind address`."""
        events = advance(self.state, news, now_ms=self.now_ms)
        if events:
            self.appends.append(events)
        self._order(taken(self.state))
        check(self.state)
        for event in events:
            retrace(self.twin, event, self.owed)
        settle_up(self.twin, self.owed)
        assert not self.owed, "what follows from news is in the journal after it, all of it"
        assert same(self.twin, self.state), "replay = live"
        assert same(restored(self.state), self.state), "a snapshot comes back as it was"
        if check_flights:
            self.check_flights()
        return told(events)

    def check_flights(self) -> None:
        """All that is due is under way: nothing hangs."""
        for order in pending(self.state):
            match order:
                case st.Wake():
                    assert self.timers.get(order.path) == order.at, f"no timer for {order}"
                case st.Evaluate():
                    assert order.path in self.asked, f"not asked: {order}"
                case _:
                    assert self.flights.get(order.path) == order.entry, f"nobody is at it: {order}"

    def replayed(self) -> RunState:
        empty = RunState("r", self.state.graph, incarnation=self.state.incarnation)
        return fold(empty, self.journal)

    def _order(self, orders: Sequence[st.Command]) -> None:
        for order in orders:
            match order:
                case st.Wake():
                    self.timers[order.path] = order.at
                case st.Evaluate():
                    self.asked.add(order.path)
                case st.Stop():
                    self.stopped.add(order.path)
                    self.flights.setdefault(order.path, order.entry)
                case _:
                    self.stopped.discard(order.path)
                    self.flights[order.path] = order.entry


def told(events: Sequence[ev.Event]) -> list[str]:
    """Return facts in short: `StepDone draft#2`."""
    return [f"{type(event).__name__} {getattr(event, 'path', '')}".rstrip() for event in events]


def same(one: RunState, other: RunState) -> bool:
    """Claim that two states are equal in everything but what the loop has yet to look at."""
    one, other = copy.copy(one), copy.copy(other)
    one.touched, other.touched = [], []
    return one == other


def restored(state: RunState) -> RunState:
    """Return the state after a trip through its snapshot."""
    copied = RunState(state.run_id, state.graph, incarnation=state.incarnation)
    snapshot.restore(copied, snapshot.dump(state))
    return copied
