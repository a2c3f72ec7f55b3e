"""Laws of the breaker, whatever is done to it in whatever order."""

from hypothesis import given, settings
from hypothesis import strategies as st

from podium.graph.guards import Breaker
from podium.outcomes import BreakerOpen
from tests.unit.guard.watched import HALF_OPEN, OPEN, T0, Watched

Move = tuple[str, int]
moves: st.SearchStrategy[list[Move]] = st.lists(
    st.one_of(
        st.tuples(st.just("call"), st.integers(1, 5)),
        st.tuples(st.sampled_from(["well", "slowly", "badly", "left"]), st.integers(0, 20)),
        st.tuples(st.just("wait"), st.sampled_from([1, 100, 2_999, 5_000, 6_250, 31_000, 75_000])),
        st.tuples(st.sampled_from(["adopt", "force", "disable", "automatic"]), st.integers(1, 90_000)),
    ),
    max_size=150,
)


class Story:
    """Calls through a breaker, and what must hold after each move."""

    def __init__(self) -> None:
        self.breaker = Watched(Breaker(calls_min=4, consecutive=3))
        self.now_ms = T0
        self.under_way: list[tuple[int, int]] = []

    def call(self, times: int) -> None:
        for _ in range(times):
            refused = None
            try:
                self.under_way.append((self.breaker.permit(self.now_ms), self.now_ms))
            except BreakerOpen as error:
                refused = error
            assert refused is None or refused.retry_after_ms is None or refused.retry_after_ms > 0

    def end(self, how: str, which: int) -> None:
        if not self.under_way:
            return
        permit, _ = self.under_way.pop(which % len(self.under_way))
        is_stale = permit != self.breaker.epoch
        before = (self.breaker.state, self.breaker.until_ms, self.breaker.epoch)
        if how == "badly":
            self.breaker.failed(permit, self.now_ms, "down")
        elif how == "left":
            self.breaker.returned(permit)
        else:
            self.breaker.succeeded(permit, self.now_ms, is_slow=how == "slowly")
        if is_stale:
            assert before == (self.breaker.state, self.breaker.until_ms, self.breaker.epoch)

    def say(self, what: str, ms: int) -> None:
        until = self.now_ms + ms
        {
            "adopt": lambda: self.breaker.adopt_open(until),
            "force": lambda: self.breaker.force_open(until),
            "disable": lambda: self.breaker.disable(until),
            "automatic": self.breaker.automatic,
        }[what]()

    def check(self) -> None:
        breaker = self.breaker
        if breaker.state is HALF_OPEN:
            probes = [began for permit, began in self.under_way if permit == breaker.epoch]
            assert len(probes) <= 1, "never two probes"
        if breaker.state is OPEN:
            assert breaker.until_ms is not None
            assert not [permit for permit, _ in self.under_way if permit == breaker.epoch], "none goes out while open"


@settings(max_examples=400, deadline=None)
@given(moves=moves)
def test_never_two_probes_and_no_stale_permit_moves_it(moves: list[Move]) -> None:
    story = Story()
    for what, amount in moves:
        if what == "call":
            story.call(amount)
        elif what == "wait":
            story.now_ms += amount
        elif what in ("well", "slowly", "badly", "left"):
            story.end(what, amount)
        else:
            story.say(what, amount)
        story.check()
