"""What the other side asks for is kept: nobody comes earlier, and who can not wait is told so at once."""

import asyncio
import email.utils
from typing import Any

import httpx
import pytest

from podium.failure import FailureKind
from podium.graph.guards import Breaker, Bulkhead, Rate
from podium.graph.policies import Retry
from podium.guard.breaker import BreakerState
from podium.guard.flight import Leave, Miss
from podium.guard.retry import ASKED
from podium.guard.retry_budget import CAPACITY
from podium.guard.ring import Ring
from podium.outcomes import BudgetExhausted, OutOfTime
from podium.testing.clock import START_MS
from tests.unit.guard.dependency import REQUEST, Bench, replied

AT_ONCE = Retry(attempts=3, base=0, cap=0)
MINUTE_MS = 60_000


def quota() -> httpx.HTTPStatusError:
    reply = httpx.Response(429, request=REQUEST, json={"error": {"code": "insufficient_quota"}})
    return httpx.HTTPStatusError("429", request=REQUEST, response=reply)


def date(offset_s: int) -> str:
    return email.utils.formatdate(START_MS / 1000 + offset_s, usegmt=True)


async def waited_ms(bench: Bench, *said: str, share: float) -> int:
    """Return how long it takes until a call is made again whose reply said that in `Retry-After`, a line each."""
    ring = bench.ring(retry=Retry(attempts=2, base=0.1))
    ring.retrying.share = lambda: share
    bench.behind.raises = [replied(503, *(("Retry-After", line) for line in said)), None]
    assert await bench.made(ring) == "answer 2"
    first, second = bench.behind.times
    return second - first


@pytest.mark.parametrize(("share", "wait_ms"), [(0.0, 7_000), (0.5, 7_350), (0.999, 7_699)])
@pytest.mark.parametrize("said", [["7"], [date(7)], ["abc", "7", "9"], ["-1", date(-60), "7"]], ids=str)
async def test_nobody_calls_earlier_than_was_asked_for(
    bench: Bench, said: list[str], share: float, wait_ms: int
) -> None:
    assert await waited_ms(bench, *said, share=share) == wait_ms


@pytest.mark.parametrize(
    "said", [[], [date(-60)], ["abc"], ["-7"], ["1e12"], ["1000000000000"], ["abc", "-7"]], ids=str
)
async def test_wait_that_can_not_be_meant_is_as_if_nothing_was_said(bench: Bench, said: list[str]) -> None:
    assert await waited_ms(bench, *said, share=0.5) == 50


async def test_long_wait_that_was_asked_for_lets_go_of_the_worker(bench: Bench) -> None:
    ring = bench.ring(retry=Retry(attempts=2), bulkhead=Bulkhead(1), deadline_ms=3_600_000)
    bench.behind.raises = [replied(429, retry_after="600"), None]
    began = bench.clock.now_ms()
    left = await bench.made(ring)
    assert isinstance(left, Leave)
    assert (left.tries, left.why, left.own_deadline_at) == (1, ASKED, began + 3_600_000)
    assert 600_000 <= left.ms <= 660_000
    assert bench.guards.view().bulkheads[0].busy == 0
    await bench.clock.advance(left.ms)
    assert await bench.made(ring, tries=left.tries, why=left.why, own_deadline_at=left.own_deadline_at) == "answer 2"


async def test_long_wait_beyond_the_deadline_fails_at_once_and_says_when(bench: Bench) -> None:
    ring = bench.ring(deadline_ms=60_000)
    bench.behind.raises = replied(429, retry_after="600")
    now = bench.clock.now_ms()
    ended = await ring.call(bench.call())
    assert isinstance(ended.error, OutOfTime)
    assert ended.error.retry_at == now + 600_000


class Storm:
    """A model that answers every call of a minute, a little later, that it wants to be left alone for two seconds.

    Attributes:
        early: Calls that came although somebody had been told to wait by then.
    """

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.ends_at = bench.clock.mono_ms() + MINUTE_MS
        self.until = self.refusals = 0
        self.early: list[int] = []

    async def __call__(self) -> str:
        clock = self.bench.clock
        if clock.mono_ms() < self.until:
            self.early.append(clock.mono_ms())
        await clock.sleep(20)
        if clock.mono_ms() >= self.ends_at:
            return "yes"
        self.refusals += 1
        self.until = clock.mono_ms() + 2_000
        raise replied(429, retry_after="2")


async def patient(bench: Bench, ring: Ring, make: Storm) -> Any:
    """Make a call as an engine does: it comes back when it was told to."""
    call = bench.call(make=make)
    while isinstance(ended := await ring.call(call), Leave):
        await bench.clock.sleep(ended.ms)
        call.tries, call.why = ended.tries, ended.why
    return ended


async def test_storm_of_refusals_slows_the_limiter_and_opens_no_breaker(bench: Bench) -> None:
    ring = bench.ring(retry=Retry(attempts=100), breaker=Breaker("model"), rate=Rate("model", requests=600))
    storm = Storm(bench)
    tasks = [asyncio.create_task(patient(bench, ring, storm)) for _ in range(40)]
    await asyncio.sleep(0)
    for second in range(60):
        await bench.clock.advance(1_000)
        view = bench.guards.view()
        assert (view.breakers[0].state, view.breakers[0].trips) == (BreakerState.CLOSED, 0)
        assert (view.rates[0].requests or 0) < 600 * 0.71, second
    assert storm.refusals >= 20
    await bench.clock.advance(10 * MINUTE_MS)
    assert storm.early == []
    ends = [task.result() for task in tasks]
    given_up = [end.error for end in ends if isinstance(end, Miss)]
    assert {type(error) for error in given_up} <= {BudgetExhausted}
    assert ends.count("yes") == 40 - len(given_up) > 0
    assert storm.refusals <= 40 + CAPACITY // 5
    assert bench.guards.view().rates[0].requests == 600, "it recovers"


async def test_quota_that_is_used_up_is_not_asked_for_again(bench: Bench) -> None:
    bench.behind.raises = quota()
    ended = await bench.made(bench.ring(retry=AT_ONCE))
    assert (bench.behind.calls, ended.meaning.kind) == (1, FailureKind.PERMANENT)
