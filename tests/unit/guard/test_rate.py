"""The rate limiter: first come, first served; in no window more than limit and burst; what is not used comes back."""

import asyncio
import math
import random
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from podium.graph.guards import Rate
from podium.guard.gcra import NONE, Cells
from podium.guard.rate import RateLimiter, Ticket
from podium.guard.wheel import Wheel
from podium.outcomes import RateExceeded
from podium.testing.clock import FakeClock

MINUTE_MS = 60_000


class Door:
    """A rate limiter, and when it let whom through."""

    def __init__(self, clock: FakeClock, **policy: Any) -> None:
        self.clock = clock
        self.limiter = RateLimiter("model", Rate("model", **policy), wheel=Wheel(clock))
        self.passed: list[tuple[int, int]] = []
        self.began = clock.mono_ms()

    async def come(self, tokens: int = 0, **said: Any) -> asyncio.Task[Ticket]:
        """Begin to wait for one's turn."""
        task = asyncio.create_task(self.wait(tokens, **{"left_ms": None, **said}))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        return task

    async def wait(self, tokens: int, **said: Any) -> Ticket:
        ticket = await self.limiter.acquire(tokens, **said)
        self.passed.append((self.clock.mono_ms() - self.began, tokens))
        return ticket

    def take(self, tokens: int = 0) -> Ticket | None:
        ticket = self.limiter.take(tokens, self.clock.mono_ms())
        if ticket is not None:
            self.passed.append((self.clock.mono_ms() - self.began, tokens))
        return ticket

    def busiest(self, *, tokens: bool) -> int:
        """Return the most that passed within any minute."""
        weights = [(at, weight if tokens else 1) for at, weight in self.passed]
        return max(sum(w for at, w in weights if start <= at < start + MINUTE_MS) for start, _ in weights)


async def test_a_tenth_may_pass_at_once_and_the_rest_is_spread(clock: FakeClock) -> None:
    door = Door(clock, requests=60)
    at_once = sum(door.take() is not None for _ in range(20))
    assert at_once == 6
    await clock.advance(1_000)
    assert [door.take() is not None for _ in range(2)] == [True, False]


async def test_who_waits_passes_when_it_is_due(clock: FakeClock) -> None:
    door = Door(clock, requests=60)
    tasks = [await door.come() for _ in range(9)]
    await clock.advance(5_000)
    assert all(task.done() for task in tasks)
    assert [at for at, _ in door.passed] == [0] * 6 + [1_000, 2_000, 3_000]


async def test_large_one_behind_many_small_ones_is_served_in_its_turn(clock: FakeClock) -> None:
    door = Door(clock, tokens=60_000)
    for _ in range(600):
        assert door.take(10) is not None
    large = await door.come(10_000)
    small: list[asyncio.Task[Ticket]] = []
    for _ in range(300):
        small.append(await door.come(10))
        assert door.take(10) is None, "nobody passes those who wait"
        await clock.advance(100)
        if large.done():
            break
    assert large.done()
    await clock.advance(20_000)
    first_small = next(at for at, tokens in door.passed[600:] if tokens == 10)
    assert door.passed[600][1] == 10_000
    assert first_small >= door.passed[600][0]
    for task in small:
        task.cancel()


async def test_what_was_not_used_comes_back(clock: FakeClock) -> None:
    door = Door(clock, tokens=10_000)
    ticket = door.take(1_000)
    assert ticket is not None
    waiting = await door.come(500)
    assert not waiting.done()
    door.limiter.settle(ticket, 100)
    await asyncio.sleep(0)
    assert waiting.done(), "who waits hears of it at once"


async def test_what_was_used_beyond_the_estimate_is_waited_for(clock: FakeClock) -> None:
    door = Door(clock, tokens=10_000)
    ticket = door.take(100)
    assert ticket is not None
    door.limiter.settle(ticket, 5_000)
    assert door.take(1) is None


async def test_what_was_not_sent_comes_back_whole_and_never_more_than_there_was(clock: FakeClock) -> None:
    door = Door(clock, requests=100, tokens=10_000)
    ticket = door.take(500)
    assert ticket is not None
    door.limiter.refund(ticket)
    await clock.advance(300_000)
    door.limiter.refund(ticket)  # even by mistake, and late
    taken = 0
    while door.take(100) is not None:
        taken += 1
    assert taken == 10, "the burst, and no more"


@pytest.mark.parametrize("limit", ["requests", "tokens"])
async def test_refund_lets_those_pass_who_wait(limit: str, clock: FakeClock) -> None:
    door = Door(clock, **{limit: 10})
    ticket = door.take(1)
    assert ticket is not None
    waiting = await door.come(1)
    assert not waiting.done()
    door.limiter.refund(ticket)
    await asyncio.sleep(0)
    assert waiting.done()


async def test_cancelled_one_gives_its_place_to_the_next(clock: FakeClock) -> None:
    door = Door(clock, requests=10)
    door.take()
    first, second = await door.come(), await door.come()
    await clock.advance(3_000)
    first.cancel()
    await clock.advance(3_000)
    assert second.done()
    assert door.limiter.view(clock.mono_ms()).waiting == 0


async def test_what_is_granted_in_the_moment_of_a_cancel_is_not_lost(clock: FakeClock) -> None:
    door = Door(clock, requests=10)
    door.take()
    first, second = await door.come(), await door.come()
    clock._now_ms += 6_000
    door.limiter.expire()
    first.cancel()
    for _ in range(3):
        await asyncio.sleep(0)
    assert first.cancelled()
    assert second.done(), "it passes in the same moment"


async def test_who_can_not_wait_long_enough_is_told_how_long_it_would_be(clock: FakeClock) -> None:
    door = Door(clock, requests=60)
    while door.take() is not None:
        pass
    hurried = await door.come(left_ms=900)
    assert hurried.done()
    with pytest.raises(RateExceeded) as refused:
        await hurried
    assert refused.value.retry_after_ms == 1_000
    assert door.limiter.view(clock.mono_ms()).rejected == 1


async def test_who_waited_too_long_because_it_became_slower_is_told(clock: FakeClock) -> None:
    door = Door(clock, requests=60)
    sent = door.take()
    assert sent is not None
    while door.take() is not None:
        pass
    waiting = await door.come(left_ms=1_500)
    door.limiter.throttled(sent, 20_000)
    await clock.advance(1_510)
    with pytest.raises(RateExceeded):
        await waiting


async def test_long_waits_are_sent_away_each_with_a_place_of_its_own(clock: FakeClock) -> None:
    door = Door(clock, requests=60)
    while door.take() is not None:
        pass
    tasks = [await door.come() for _ in range(60)]
    away = [task.exception() for task in tasks if task.done()]
    waits = [error.retry_after_ms for error in away if isinstance(error, RateExceeded) and error.retry_after_ms]
    assert len(waits) == 30, "as many as pass within half a minute wait here"
    assert waits == sorted(waits)
    assert [later - earlier for earlier, later in pairwise(waits)] == [1_000] * 29
    await clock.advance(waits[0])
    assert door.take() is None, "the place is kept"
    back = await door.come(came_back=True)
    await clock.advance(1_000)
    assert back.done()


async def test_places_are_not_kept_for_those_who_do_not_come(clock: FakeClock) -> None:
    door = Door(clock, requests=60)
    while door.take() is not None:
        pass
    for _ in range(100):
        await door.come()
    await clock.advance(31_000)
    assert door.take() is None
    await clock.advance(12_000)
    assert door.take() is not None


async def test_more_than_can_ever_pass_is_refused_for_good(clock: FakeClock) -> None:
    door = Door(clock, tokens=1_000)
    with pytest.raises(RateExceeded, match="more than 1000 allows") as refused:
        await door.wait(1_101, left_ms=None)
    assert refused.value.retry_after_ms is None
    assert (await door.come(1_100)).done()


async def test_refusals_of_the_other_side_slow_everybody_down_once_and_time_mends_it(clock: FakeClock) -> None:
    door = Door(clock, requests=600)
    sent = [ticket for ticket in (door.take() for _ in range(50)) if ticket is not None]
    for ticket in sent:
        door.limiter.throttled(ticket, None)
    now = clock.mono_ms
    assert door.limiter.view(now()).requests == pytest.approx(420), "once for all that were on their way"
    await clock.advance(1_000)
    later = door.take()
    assert later is not None
    door.limiter.throttled(later, None)
    assert door.limiter.view(now()).requests == pytest.approx(294)
    await clock.advance(20_000)
    assert door.limiter.view(now()).requests == pytest.approx(354)
    await clock.advance(600_000)
    assert door.limiter.view(now()).requests == 600
    assert not door.limiter._is_slow


async def test_nobody_passes_while_the_other_side_wants_to_be_left_alone(clock: FakeClock) -> None:
    door = Door(clock, requests=600)
    ticket = door.take()
    assert ticket is not None
    door.limiter.throttled(ticket, 7_000)
    door.limiter.throttled(ticket, 2_000)
    assert door.limiter.view(clock.mono_ms()).paused_ms == 7_000
    waiting = await door.come()
    await clock.advance(6_990)
    assert not waiting.done()
    assert door.take() is None
    await clock.advance(20)
    assert waiting.done()


async def test_limit_of_requests_alone_knows_no_tokens(clock: FakeClock) -> None:
    door = Door(clock, requests=60)
    ticket = door.take(10**9)
    assert ticket is not None
    door.limiter.settle(ticket, 5)
    view = door.limiter.view(clock.mono_ms())
    assert (view.requests, view.tokens, view.per_ms) == (60, None, MINUTE_MS)


async def test_a_thousand_cancels_at_any_moment_lose_no_reservation(clock: FakeClock) -> None:
    chance = random.Random(25)
    door = Door(clock, requests=100_000, tokens=6_000)
    tasks: list[asyncio.Task[Ticket]] = []
    for _ in range(1_000):
        tasks.append(await door.come(chance.randrange(1, 200), left_ms=chance.choice([None, 1_000, 5_000])))
        if chance.random() < 0.3:
            await clock.advance(chance.randrange(1, 200))
        chance.choice(tasks).cancel()
    await clock.advance(60_000)
    await asyncio.gather(*tasks, return_exceptions=True)
    assert (door.limiter.view(clock.mono_ms()).waiting, len(door.limiter._queue)) == (0, 0)
    await clock.advance(120_000)
    taken = 0
    while door.take(1) is not None:
        taken += 1
    assert taken == 600, "the burst is whole again"


Move = tuple[str, int]
moves: st.SearchStrategy[list[Move]] = st.lists(
    st.one_of(
        st.tuples(st.just("wait"), st.integers(1, 40_000)),
        st.tuples(st.just("take"), st.integers(1, 1_100)),
        st.tuples(st.just("settle"), st.integers(0, 1_100)),
    ),
    min_size=5,
    max_size=120,
)


@settings(max_examples=300, deadline=None)
@given(moves=moves)
def test_in_no_window_passes_more_than_limit_and_burst(moves: list[Move]) -> None:
    clock = FakeClock()
    door = Door(clock, requests=100, tokens=1_000)
    open_tickets: list[tuple[int, Ticket]] = []
    for what, amount in moves:
        if what == "wait":
            clock._now_ms += amount
        elif what == "settle" and open_tickets:
            index, ticket = open_tickets.pop()
            used = min(amount, ticket[0])
            door.limiter.settle(ticket, used)
            door.passed[index] = (door.passed[index][0], used)
        elif what == "take":
            for weight in (amount, 1, amount, 7):
                taken = door.take(weight)
                open_tickets += [] if taken is None else [(len(door.passed) - 1, taken)]
    if door.passed:
        assert door.busiest(tokens=True) <= 1_100
        assert door.busiest(tokens=False) <= 110


@settings(max_examples=200, deadline=None)
@given(weights=st.lists(st.integers(1, 900), min_size=20, max_size=60))
def test_steady_load_gets_what_the_limit_promises(weights: list[int]) -> None:
    cells, now, admitted = Cells(1_000, MINUTE_MS), 0, 0
    for weight in weights:
        now += math.ceil(cells.wait_ms(weight, now))
        assert cells.take(weight, now) != NONE
        admitted += weight
    fair_ms = admitted * 60
    assert now <= fair_ms * 1.6 + MINUTE_MS, "large ones leave some of it unused, and not most of it"


def test_who_has_to_wait_for_the_window_waits_until_enough_of_it_has_gone() -> None:
    cells = Cells(1_000, MINUTE_MS)
    cells.take(1_000, 0.0)
    assert cells.wait_ms(1, 0.0) == pytest.approx(54_060), "the rate: a tenth may be ahead"
    assert cells.wait_ms(600, 60_000.0) == pytest.approx(1_000), "a slot is forgotten as a whole"
    cells.slow_down(0.1)
    assert cells.wait_ms(1_000, 300_000.0) == MINUTE_MS, "never at this rate; who waits looks again"


def test_old_slots_are_settled_in_the_rate_alone() -> None:
    cells = Cells(1_000, MINUTE_MS)
    slot = cells.take(100, 0.0)
    cells.take(50, 200_000.0)
    cells.settle(slot, -100)
    assert cells.admitted == 50
    cells.settle(cells.take(10, 200_000.0), -1_000)
    assert cells.admitted == 0, "never fewer than none"


def test_large_one_does_not_pass_on_top_of_what_the_window_holds() -> None:
    cells = Cells(1_000, MINUTE_MS)
    for nth in range(10):
        assert cells.take(100, nth * 6_000) != NONE
    assert cells.take(1_000, 66_000) == NONE, "the burst is whole, and nine hundred are in the window"
    assert cells.take(1_000, 66_000 + math.ceil(cells.wait_ms(1_000, 66_000))) != NONE
