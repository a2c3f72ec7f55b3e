"""Tells a tale once, for its journal to be kept."""

from typing import Any

from podium.core import stimuli as st
from podium.core.codec import encode, to_text
from podium.core.copying import copy_for_fork
from podium.core.events import CORE_VERSION
from podium.core.snapshot import dump
from podium.core.state import RunState
from podium.errors import RefusedError
from podium.graph.nodes import Graph
from tests.golden.journal import Cut, Golden, orders
from tests.unit.core.shell import Shell


class Teller(Shell):
    """A shell that keeps what it was told, and what followed from that.

    Attributes:
        cuts: That.
    """

    def __init__(self, graph: Graph, *, now_ms: int = 1_000) -> None:
        super().__init__(graph, now_ms=now_ms)
        self.cuts: list[Cut] = []

    def tell(self, news: st.Stimulus, *, check_flights: bool = True) -> list[str]:
        cut = Cut(news, self.now_ms)
        self.cuts.append(cut)
        before = len(self.appends)
        facts = super().tell(news, check_flights=check_flights)
        cut.rows = [encode(event) for append in self.appends[before:] for event in append]
        cut.pending = orders(self.state)
        return facts

    def refused(self, *news: st.Stimulus) -> None:
        """Tell what can not be had."""
        for one in news:
            try:
                self.tell(one)
            except RefusedError as error:
                self.cuts[-1].refused = str(error)
                self.cuts[-1].pending = orders(self.state)
            else:
                message = f"it was not refused: {one}"
                raise AssertionError(message)

    def copied(self, *, may_write: bool, now_ms: int = 9_000) -> "Teller":
        """Return a fork of the run as it stands."""
        fork = Teller(self.state.graph, now_ms=now_ms)
        snapshot = copy_for_fork(self.replayed())
        fork.tell(st.ForkAsked("r", "parent", self.state.seq, snapshot, may_write))
        return fork

    def golden(self, name: str, about: str) -> Golden:
        return Golden(name, about, CORE_VERSION, self.state.graph, self.cuts, end_of(self.state))


def end_of(state: RunState) -> dict[str, Any]:
    """Return where a run ended."""
    failure = None if state.failure is None else to_text(state.failure)
    return {"status": str(state.status), "output": state.output, "failure": failure, "snapshot": dump(state)}
