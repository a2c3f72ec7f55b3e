"""Plays a run at random, within what an engine can report, and keeps what it said so that it can say it again."""

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

import pytest

from podium.core import stimuli as st
from podium.core.forward import bound_by
from podium.core.snapshot import dump
from podium.core.state import ACTIVE, Phase, RunState, RunStatus, Step, StepStatus, WriteStatus
from podium.errors import RefusedError
from podium.failure import Failure, FailureKind
from podium.graph.nodes import Graph, NodeKind
from tests.simulation.graphs import Dice, any_plan
from tests.simulation.ledger import Ledger
from tests.unit.core.builders import failure
from tests.unit.core.shell import Shell

Action = Callable[[], object]

OUTPUTS = ("[1,2]", "[]", "[3]", "7")
REPORTS = (st.AttemptEnded, st.ReadEnded, st.WriteWanted)
COUNT_ONCE = (st.Resolution, st.CancelWanted, st.TimeCame, st.WriteSettled, st.AnswerGiven, st.RewindWanted)


class Player(Shell):
    """A shell whose moves are thrown."""

    def __init__(self, graph: Graph, dice: Dice) -> None:
        super().__init__(graph)
        self.dice = dice
        self.reports: list[st.Stimulus] = []
        self.ledger = Ledger(RunState("r", graph))
        self.says_all_again = False
        self.retries = 0

    def play(self, moves: int) -> None:
        """Begin, make some moves, then bring the run to its end as kindly as can be."""
        self.start(list=self.dice.pick(OUTPUTS))
        self.go_on(moves)

    def go_on(self, moves: int) -> None:
        for _ in range(moves):
            actions = [*self._ordinary(), *self._rare()]
            if actions:
                self.dice.pick(actions)()
            if self.says_all_again:
                self.say_again()
        self.end_kindly()

    def end_kindly(self) -> None:
        """Answer everything well until nothing is left to answer: no run hangs."""
        for _ in range(1_000):
            if self.state.status not in ACTIVE:
                return
            self._kindest()()
        pytest.fail(f"it goes on and on: {sorted(self.state.steps)}")

    def tell(self, news: st.Stimulus, *, check_flights: bool = True) -> list[str]:
        told = len(self.appends)
        facts = super().tell(news, check_flights=check_flights)
        for append in self.appends[told:]:
            self.ledger.take(append)
        if isinstance(news, REPORTS):
            self.reports.append(news)
        if self.says_all_again and isinstance(news, COUNT_ONCE):
            self._say_twice(news)
        return facts

    def _say_twice(self, news: st.Stimulus) -> None:
        """Say again what was just said: nothing follows, or it is refused."""
        before = dump(self.state)
        with suppress(RefusedError):
            assert super().tell(news, check_flights=False) == [], news
        assert dump(self.state) == before

    def say_again(self) -> None:
        """Repeat everything that was ever reported: it changes nothing."""
        before = dump(self.state)
        for news in self.reports:
            if not self._may_be_meant(news):
                assert super().tell(news, check_flights=False) == [], news
        assert dump(self.state) == before

    def _may_be_meant(self, news: st.Stimulus) -> bool:
        """Claim that it is what the shell says when it sends a write again."""
        if not isinstance(news, st.WriteWanted) or news.path not in self.state.steps:
            return False
        write = self.step(news.path).write
        return write is not None and (write.send_again or write.status is WriteStatus.RELEASED)

    # ----- what may happen

    def _ordinary(self) -> list[Action]:
        actions: list[Action] = []
        for path in self.flights:
            step = self.state.steps.get(path)
            if step is not None and step.status is StepStatus.RUNNING and step.entry == self.flights[path]:
                actions += self._of_running(step)
        actions += [partial(self._check, path) for path in sorted(self.asked & self.at("checking"))]
        for path in sorted(self.at("waiting")):
            actions += self._of_waiting(self.step(path))
        actions += [partial(self._decide, self.step(path)) for path in sorted(self.at("parked"))]
        if self.timers and self.state.status in ACTIVE:
            actions += [self._wake]
        return actions

    def _check(self, path: str) -> None:
        answers: tuple[bool | Failure, ...] = (True, True, False, failure())
        self.holds(path, holds=self.dice.pick(answers))

    def _of_running(self, step: Step) -> list[Action]:
        path, write = step.path, step.write
        if write is not None and write.send_again:
            return [lambda: self.want(path)]
        if step.may_have_written:
            return self._of_sent(path, in_doubt=write is not None and write.status is WriteStatus.DOUBT)
        if step.undoes is not None:
            return self._of_undoing(step)
        if path in self.stopped and self.dice.once_in(2):
            return [lambda: self.stop(path)]
        if write is not None and write.status is WriteStatus.RELEASED:
            return [lambda: self.want(path), lambda: self.hold(path, self.now_ms + 10)]
        actions: list[Action] = [lambda: self._succeed(step)] * 4
        actions += [
            lambda: self.fail(path, self.dice.pick(("OddError", "OtherError"))),
            lambda: self.fail(path, retry_at=self.now_ms + 10),
            lambda: self.hold(path, self.now_ms + 10),
            lambda: self.halt(path, self.dice.pick((st.ParkReason.DIVERGED, st.ParkReason.DATA_CHANGED))),
            lambda: self.read(path, f"call{self.dice.below(3)}"),
        ]
        if step.phase is Phase.RUN and (write is None or write.status is WriteStatus.APPROVED):
            actions += [lambda: self._write(path)] * 2
        return actions

    def _of_undoing(self, step: Step) -> list[Action]:
        path = step.path
        if step.write is None or step.write.status is WriteStatus.RELEASED:
            reason = self.dice.pick((st.ParkReason.NO_UNDO, st.ParkReason.CRASH_LOOP))
            waits = [lambda: self.hold(path, self.now_ms + 10), lambda: self.halt(path, reason)]
            odd = lambda: self.fail(path, retry_at=self.dice.pick((None, self.now_ms + 10)))  # noqa: E731  # one of a list
            return [lambda: self.want(path), lambda: self.want(path), *waits, *([odd] if step.write is None else [])]
        if step.write.status is WriteStatus.DONE:
            return [lambda: self.end(path, st.Succeeded())]
        kind = self.dice.pick((FailureKind.PERMANENT, FailureKind.PERMANENT, FailureKind.NOT_SENT))
        failed = st.Failed(failure(kind=kind), self.dice.pick((None, self.now_ms + 10)))
        return [lambda: self.end(path, failed)]

    def _of_sent(self, path: str, *, in_doubt: bool) -> list[Action]:
        settled: list[Action] = [
            lambda: self.settle(path, '"ok"'),
            lambda: self.settle(path, failure=failure()),
            lambda: self.settle(path, doubt=failure()),
            lambda: self.settle(path, absent=True),
        ]
        waits: list[Action] = [
            lambda: self.hold(path, self.now_ms + 10),
            lambda: self.halt(path, st.ParkReason.IN_DOUBT),
        ]
        return settled + waits if in_doubt else settled

    def open(self, path: str, **data: str) -> list[str]:
        """A nested workflow begins, or a plan of any shape."""
        if self.step(path).node.kind is NodeKind.PLAN:
            return self.end(path, any_plan(self.dice))
        return super().open(path, **data)

    def _write(self, path: str) -> None:
        consent = self.dice.once_in(4)
        waits_ms = self.dice.pick((None, 10))
        kinds: list[dict[str, Any]] = [{"undo": "cancel@1"}] * 5
        kind = dict(self.dice.pick([*kinds, {"irreversible": True}, {}]))
        if self.state.scopes[self.step(path).scope].is_plan:
            kind["args"] = self.dice.pick((f'"{path}"', f'"{path}"', "{}"))
        self.want(path, consent=consent, consent_ms=waits_ms, **kind)

    def _succeed(self, step: Step) -> None:
        if step.phase is Phase.OPEN:
            self.open(step.path, list=self.dice.pick(OUTPUTS))
            return
        labels: list[str | None] = [*step.node.choices] or [None]
        label = self.dice.pick([*labels, *labels, *labels, "odd"])
        self.end(step.path, st.Succeeded(label, self.dice.pick(OUTPUTS), {"n": "1"} if self.dice.once_in(2) else None))

    def _of_waiting(self, step: Step) -> list[Action]:
        if step.write is not None or step.node.kind is NodeKind.HUMAN:
            return [lambda: self.answer(step.path, self.dice.pick(("true", "false")))]
        return [lambda: self.signal("go")] if step.node.signal else []

    def _decide(self, step: Step) -> None:
        if step.undoes is not None:
            self._decide_undo(step)
            return
        verbs = [st.Verb.SEND_AGAIN, st.Verb.ABORT]
        if step.may_have_written:
            verbs += [st.Verb.DONE, st.Verb.NOT_DONE]
        verb = self.dice.pick(verbs)
        self.resolve(step.path, verb, '"by hand"' if verb is st.Verb.DONE else None)

    def _decide_undo(self, step: Step) -> None:
        if step.may_have_written:
            verbs = [st.Verb.DONE, st.Verb.NOT_DONE, st.Verb.SEND_AGAIN]
        else:
            verbs = [st.Verb.DONE, st.Verb.SKIP]
            if step.undoes is not None and step.undoes.undo:
                verbs += [st.Verb.SEND_AGAIN] * 2
        verb = self.dice.pick(verbs)
        may_answer = verb is st.Verb.DONE or (verb is st.Verb.SEND_AGAIN and step.write is None)
        self.resolve(step.path, verb, self.dice.pick((None, '"by hand"')) if may_answer else None)

    def _wake(self) -> None:
        path = min(self.timers, key=lambda p: (self.timers[p], p))
        self.time(path, at=self.timers[path])

    def _rare(self) -> list[Action]:
        rare: list[Action] = []
        if self.dice.once_in(8):
            rare += [lambda: self.crash(proven_dead=self.dice.once_in(2)), self.say_again]
        if self.dice.once_in(16) and self.state.status is RunStatus.OPEN:
            rare += [self._cancel, lambda: self.signal("go")]
        if self.dice.once_in(16) and self.state.status is RunStatus.COMPENSATING:
            rare += [self._cancel]
        if self.state.status is RunStatus.FAILED and self.retries < 4:
            self.retries += 1
            rare += [self.retry]
        if self.state.status is RunStatus.COMPENSATED and not self.state.is_cancelled and self.retries < 4:
            self.retries += 1
            rare += [self.rewind]
        return rare

    def _cancel(self) -> None:
        """Call the run off, unless it can only go forward."""
        bound = bound_by(self.state) is not None and not self.state.is_cancelled
        if bound and self.state.status is RunStatus.OPEN:
            with pytest.raises(RefusedError, match="can only go forward"):
                self.cancel()
        else:
            self.cancel()

    # ----- the kindest thing that may happen

    def _kindest(self) -> Action:
        for path in sorted(self.flights):
            step = self.state.steps.get(path)
            if step is not None and step.status is StepStatus.RUNNING:
                return self._kindly(step)
        for path in sorted(self.asked & self.at("checking")):
            return lambda: self.holds(path)
        for path in sorted(self.at("parked")):
            otherwise = st.Verb.ABORT if self.step(path).undoes is None else st.Verb.SKIP
            verb = st.Verb.DONE if self.step(path).may_have_written else otherwise
            return lambda: self.resolve(path, verb, '"by hand"' if verb is st.Verb.DONE else None)
        for path in sorted(self.at("waiting")):
            actions = self._of_waiting(self.step(path))
            if actions:
                return actions[0]
        assert self.timers, f"it hangs: {self.state.steps}"
        return self._wake

    def _kindly(self, step: Step) -> Action:
        is_sent_again = step.write is not None and (step.write.send_again or step.write.status is WriteStatus.RELEASED)
        if step.may_have_written and not is_sent_again:
            return lambda: self.settle(step.path, '"ok"')
        if step.undoes is not None and not is_sent_again:
            return self._of_undoing(step)[0]
        if step.path in self.stopped:
            return lambda: self.stop(step.path)
        if is_sent_again:
            return lambda: self.want(step.path)
        if step.phase is Phase.OPEN:
            return lambda: self.open(step.path)
        label = next(iter(step.node.choices), None)
        return lambda: self.end(step.path, st.Succeeded(label, "[]"))
