"""Whatever happens to a run whose steps share business keys: the other side never sees one act twice."""

import random
from collections import Counter
from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as some

from podium.core import events as ev
from podium.core import stimuli as st
from podium.core.path import is_undo, undone_path
from podium.core.state import Step, Write, WriteStatus
from podium.failure import Failure
from podium.graph.nodes import Graph, Node, NodeKind
from tests.simulation.graphs import Dice, any_graph
from tests.simulation.player import Action, Player
from tests.unit.core.builders import COMPENSATE, STOP, dag, failure, node

ACTS = ("book:1", "book:2")


class Actor(Player):
    """A player whose other side keeps, by key, what happened, and whose people and tools say nothing but the truth.

    Attributes:
        effects: Key to the act that happened under it and was not undone; again under its key, it is no new effect.
        sent: Every key that was ever sent, with the step and how often.
    """

    def __init__(self, shape: bytes, throws: bytes) -> None:
        super().__init__(_wide(Dice(shape)), Dice(throws))
        self.effects: dict[str, str] = {}
        self.sent: dict[str, tuple[str, int]] = {}

    def _of_running(self, step: Step) -> list[Action]:
        """Write far more often than not."""
        if step.node.kind is NodeKind.WORKFLOW:
            return [lambda: self._succeed(step)]
        actions = super()._of_running(step)
        may_write = step.write is None or step.write.status is WriteStatus.APPROVED
        return [lambda: self.want(step.path, undo="cancel@1")] * 20 + actions if may_write else actions

    def _rare(self) -> list[Action]:
        """Answers come late, about anything that was ever sent; what they say is true."""
        rare = super()._rare()
        if self.sent and self.dice.once_in(4):
            rare += [lambda: self._late(self.dice.pick(sorted(self.sent)))] * 2
        return rare

    def _late(self, key: str) -> None:
        path, times = self.sent[key]
        step = self.state.steps.get(path)
        entry = step.entry if step is not None else 1
        news = st.LateEvidence(self.state.incarnation, path, entry, key, f'"{key}"')
        if key not in self.effects:
            news = replace(news, result=None, failure=failure(), is_only=times == 1)
        self.tell(news)

    def want(self, path: str, **more: object) -> list[str]:
        write = self.step(path).write
        if write is not None and (write.send_again or write.status is WriteStatus.RELEASED):
            return super().want(path, act=write.act, key=write.key, args=write.args)
        if is_undo(path):
            return super().want(path, **more)
        act = self.dice.pick(ACTS)
        args = write.args if write is not None else self.dice.pick(("{}", "{}", "[]"))
        key = f"{act}/{self.state.generations.get(act, 0)}"
        return super().want(path, **{**more, "act": act, "args": args, "key": key})

    def settle(self, path: str, result: str | None = None, **more: Failure | bool) -> list[str]:
        write = self._write_of(path)
        if "doubt" in more:
            if self.dice.once_in(2):
                self._happens(write)
            return super().settle(path, None, **more)
        if result is None and write.key not in self.effects:
            return super().settle(path, None, **more)
        self._happens(write)
        return super().settle(path, f'"{write.key}"')

    def resolve(self, path: str, verb: st.Verb, answer: str | None = None, **more: Any) -> list[str]:
        if not is_undo(path) and verb in (st.Verb.DONE, st.Verb.NOT_DONE):
            happened = self._write_of(path).key in self.effects
            verb, answer = (st.Verb.DONE, '"by hand"') if happened else (st.Verb.NOT_DONE, None)
        return super().resolve(path, verb, answer, **more)

    def crash(self, **how: Any) -> list[str]:
        for step in self.state.steps.values():
            if step.write is not None and step.write.status is WriteStatus.INTENT and self.dice.once_in(2):
                self._happens(step.write)
        return super().crash(**how)

    def tell(self, news: st.Stimulus, *, check_flights: bool = True) -> list[str]:
        owed = dict(self.state.writes)
        facts = super().tell(news, check_flights=check_flights)
        for event in self.journal[-len(facts) :] if facts else ():
            if isinstance(event, ev.UndoDone):
                self.effects.pop(owed[undone_path(event.path)].key, None)
            elif isinstance(event, ev.WriteIntended) and event.act:
                self.sent[event.key] = (event.path, self.sent.get(event.key, ("", 0))[1] + 1)
        twice = [act for act, count in Counter(self.effects.values()).items() if count > 1]
        assert not twice, f"{twice} happened twice: {self.effects}"
        return facts

    def _happens(self, write: Write) -> None:
        if write.act:
            self.effects[write.key] = write.act

    def _write_of(self, path: str) -> Write:
        write = self.step(path).write
        assert write is not None, path
        return write


def _wide(dice: Dice) -> Graph:
    """Return a graph in which several steps run at once, some of them graphs of any shape."""
    nodes: list[Node] = [node(f"w{index}") for index in range(2 + dice.below(4))]
    if dice.once_in(2):
        nodes.append(node("any", kind=NodeKind.WORKFLOW, child=any_graph(dice, depth=1)))
    more = [node(f"x{index}", f"w{index}") for index in range(dice.below(3))]
    return dag(*nodes, *more, on_failure=dice.pick((STOP, COMPENSATE)))


@settings(max_examples=200)
@given(seed=some.integers(0, 2**32))
def test_no_act_happens_twice_whatever_the_steps_and_their_order(seed: int) -> None:
    """Dice rather than bytes of its own choice: those that hypothesis likes best lead to few acts."""
    dice = random.Random(seed)
    Actor(dice.randbytes(80), dice.randbytes(250)).play(moves=60)
