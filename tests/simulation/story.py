"""A shell without a will of its own: what happens next follows from the state alone, so a crash changes no story.

It answers the orders that are due one by one. What it answers is a digest of the seed and of where the run stands.
"""

import zlib
from collections.abc import Sequence
from typing import TypeVar

from podium.core import events as ev
from podium.core import stimuli as st
from podium.core.forward import bound_by
from podium.core.pending import pending
from podium.core.state import ACTIVE, Phase, RunStatus, Step, WriteStatus
from podium.graph.nodes import Graph, NodeKind
from tests.unit.core.builders import failure
from tests.unit.core.shell import Shell

T = TypeVar("T")

MOVES_MAX = 150


class Story(Shell):
    """A run whose every move follows from the seed."""

    def __init__(self, graph: Graph, seed: int, appends: Sequence[list[ev.Event]] = ()) -> None:
        super().__init__(graph)
        self.seed, self.writes = seed, 2 if graph.name.startswith("saga") else 1
        self.appends = [list(append) for append in appends]

    def tell_on(self) -> None:
        """Go on to the end, or for a good while."""
        if not self.appends:
            self.start(list=self._one_of(("[1,2]", "[]", "[1,2,3]"), "list"))
        while len(self.told_facts()) < MOVES_MAX and self._move():
            pass

    def told_facts(self) -> list[ev.Event]:
        """Return the journal without what crashes added to it."""
        return [_counted(event) for event in self.journal if not isinstance(event, ev.RunTakenOver)]

    def _move(self) -> bool:
        """Do the next thing; say whether there was one."""
        facts = self.told_facts()
        if self.state.status is RunStatus.FAILED and not any(isinstance(event, ev.RunRetried) for event in facts):
            self.retry()
        elif self._may_rewind() and not any(isinstance(event, ev.RunRewound) for event in facts):
            self.rewind()
        elif self.state.status not in ACTIVE:
            return False
        elif len(facts) > 10 + self._dice(60, "cancel") and self._may_cancel():
            self.cancel()
        else:
            self._answer_first()
        return True

    def _may_rewind(self) -> bool:
        return self.state.status is RunStatus.COMPENSATED and not self.state.is_cancelled

    def _may_cancel(self) -> bool:
        state = self.state
        return state.status is RunStatus.OPEN and not state.is_cancelled and bound_by(state) is None

    def _answer_first(self) -> None:
        orders = pending(self.state)
        wakes = [order for order in orders if isinstance(order, st.Wake)]
        urgent = [order for order in orders if not isinstance(order, st.Wake)]
        if urgent:
            self._carry_out(min(urgent, key=lambda order: (self._dice(1_000, order.path), order.path)))
        elif not self._ask_people():
            wake = min(wakes, key=lambda order: (order.at, order.path))
            self.time(wake.path, at=wake.at)

    def _carry_out(self, order: st.Command) -> None:
        match order:
            case st.Evaluate():
                self.holds(order.path, holds=self._one_of((True, True, False), order.path))
            case st.Settle():
                self._settle(self.step(order.path))
            case st.Stop():
                self.stop(order.path)
            case _:
                self._perform(self.step(order.path))

    def _settle(self, step: Step) -> None:
        assert step.write is not None
        if self._dice(4, step.path, step.write.key):
            self.settle(step.path, f'"{step.write.key}"')
        else:
            self.settle(step.path, failure=failure("Refused"))

    def _perform(self, step: Step) -> None:
        path, about, entry = step.path, (step.path, step.attempt), step.entry - self.state.first_entry
        if step.undoes is not None:
            self._undo(step)
        elif step.phase is Phase.OPEN:
            self.open(path, list=self._one_of(("[1,2]", "[]"), path))
        elif not step.reads and self._dice(2, "reads", path):
            self.read(path, "call")
        elif step.phase is Phase.RUN and step.write is None and self._dice(3, "writes", path) < self.writes:
            irreversible = self._dice(8, "irreversible", path) == 0
            self.want(path, undo="cancel@1", irreversible=irreversible, consent=self._dice(3, "consent", path) == 0)
        elif step.write is not None and step.write.status is WriteStatus.APPROVED:
            self.want(path, undo="cancel@1")
        elif entry == 0 and self._dice(6, "held", path) == 0:
            self.hold(path, self.state.at + 10)
        elif entry < 2 and self._dice(8, "halted", path) == 0:
            self.halt(path)
        else:
            self._end(step, self._dice(8, *about))

    def _undo(self, step: Step) -> None:
        path = step.path
        if step.write is None:
            self.want(path)
        elif step.write.status is WriteStatus.DONE:
            self.end(path, st.Succeeded())
        else:
            self.fail(path)

    def _end(self, step: Step, way: int) -> None:
        if way == 0:
            self.fail(step.path)
        elif way == 1 and step.attempt < 3:
            self.fail(step.path, retry_at=self.state.at + 10)
        else:
            label = self._one_of([*step.node.choices], step.path) if step.node.choices else None
            self.end(step.path, st.Succeeded(label, self._one_of(("[1]", "[1,2]"), step.path), {"n": f'"{step.path}"'}))

    def _ask_people(self) -> bool:
        """Let a person or another run act where one is waited for; say whether there was any."""
        for path in sorted(self.at("parked")):
            undoes = self.step(path).undoes
            verbs = (st.Verb.DONE, st.Verb.SKIP) if undoes is not None else (st.Verb.SEND_AGAIN, st.Verb.ABORT)
            self.resolve(path, self._one_of(verbs, path))
            return True
        for path in sorted(self.at("waiting")):
            step = self.step(path)
            if step.write is not None or step.node.kind is NodeKind.HUMAN:
                self.answer(path, self._one_of(("true", "false"), path))
                return True
            if step.node.signal is not None:
                self.signal(step.node.signal)
                return True
        return False

    def _one_of(self, options: Sequence[T], *about: object) -> T:
        return options[self._dice(len(options), *about)]

    def _dice(self, limit: int, *about: object) -> int:
        return zlib.crc32(repr((self.seed, *about)).encode()) % limit


def _counted(event: ev.Event) -> ev.Event:
    """Return the event without how many there were before it."""
    return ev.RunRewound(event.at, "", event.by) if isinstance(event, ev.RunRewound) else event


def resumed(graph: Graph, seed: int, appends: Sequence[list[ev.Event]]) -> Story:
    """Return a story of which `appends` was on disk when the process died, taken over by another one."""
    story = Story(graph, seed, appends)
    story.crash()
    return story
