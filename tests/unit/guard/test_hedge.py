"""Hedging: the answer that comes first counts, the other call is ended, and few calls are made twice."""

import asyncio
from typing import Any

import pytest

from podium.graph.guards import Breaker, Bulkhead, Hedge
from podium.graph.policies import Retry
from podium.guard.breaker import BreakerState
from podium.guard.flight import Miss
from podium.guard.retry_budget import CAPACITY
from podium.guard_errors import HedgedWriteError
from tests.unit.guard.dependency import Bench

ONCE = Retry(attempts=1)
ALWAYS = Hedge(0.05, share_max=1.0)


class Twice:
    """A dependency whose answers take their own time each.

    Attributes:
        plan: For each call in order: how long it takes, and what it raises.
        ended: What became of each, in the order in which they ended.
    """

    def __init__(self, bench: Bench, *plan: tuple[int, Exception | None]) -> None:
        self.bench, self.plan = bench, plan
        self.began: list[int] = []
        self.ended: list[str] = []

    async def __call__(self) -> str:
        nth = len(self.began)
        self.began.append(self.bench.clock.mono_ms())
        takes_ms, error = self.plan[nth]
        try:
            await self.bench.clock.sleep(takes_ms)
        except asyncio.CancelledError:
            self.ended.append(f"{nth} cancelled")
            raise
        self.ended.append(f"{nth} {'failed' if error else 'answered'}")
        if error is not None:
            raise error
        return f"answer {nth}"


async def hedged(bench: Bench, twice: Twice, **policy: Any) -> tuple[Any, int]:
    """Make a call; return how it ended, and after how long."""
    ring = bench.ring(**{"retry": ONCE, "hedge": ALWAYS, "breaker": Breaker("model"), **policy})
    began = bench.clock.mono_ms()
    ended = await bench.made(ring, make=twice)
    return ended, bench.clock.mono_ms() - began


async def test_slow_call_is_made_again_and_the_first_answer_counts(bench: Bench) -> None:
    twice = Twice(bench, (1_000, None), (50, None))
    ended, took_ms = await hedged(bench, twice, bulkhead=Bulkhead(2))
    assert (ended, took_ms) == ("answer 1", 100)
    assert twice.ended == ["1 answered", "0 cancelled"], "the loser is called off, and waited for"
    view = bench.guards.view()
    assert (view.breakers[0].calls, view.breakers[0].failures, view.bulkheads[0].busy) == (1, 0, 0)


async def test_first_call_may_still_win(bench: Bench) -> None:
    twice = Twice(bench, (100, None), (1_000, None))
    ended, took_ms = await hedged(bench, twice, bulkhead=Bulkhead(2))
    assert (ended, took_ms) == ("answer 0", 100)
    assert twice.ended == ["0 answered", "1 cancelled"]
    view = bench.guards.view()
    assert (view.breakers[0].calls, view.breakers[0].failures, view.bulkheads[0].busy) == (1, 0, 0)


@pytest.mark.parametrize("winner", [0, 1])
async def test_loser_is_waited_for_until_it_has_cleaned_up(winner: int, bench: Bench) -> None:
    told: list[str] = []
    began: list[int] = []

    async def tidy() -> str:
        nth = len(began)
        began.append(nth)
        try:
            await bench.clock.sleep(100 if nth == winner else 1_000)
        except asyncio.CancelledError:
            await bench.clock.sleep(30)
            told.append("clean")
            raise
        return f"answer {nth}"

    ring = bench.ring(retry=ONCE, hedge=ALWAYS)
    task = asyncio.create_task(ring.call(bench.call(make=tidy)))
    task.add_done_callback(lambda _: told.append("over"))
    assert await bench.over(task) == f"answer {winner}"
    await asyncio.sleep(0)
    assert told == ["clean", "over"]


async def test_quick_call_is_made_once(bench: Bench) -> None:
    twice = Twice(bench, (40, None))
    assert (await hedged(bench, twice))[0] == "answer 0"
    await bench.clock.advance(10_000)
    assert len(twice.began) == 1
    assert len(bench.guards.wheel) == 0


async def test_when_both_fail_both_causes_are_kept(bench: Bench) -> None:
    first, second = TimeoutError("first"), ConnectionResetError("second")
    ended, _ = await hedged(bench, Twice(bench, (100, first), (100, second)))
    assert isinstance(ended, Miss)
    assert (ended.error, ended.other) == (first, second)
    assert any("second" in note for note in first.__notes__)
    assert bench.guards.breakers()[0].failures == 2


async def test_when_the_first_fails_the_second_is_waited_for(bench: Bench) -> None:
    ended, took_ms = await hedged(bench, Twice(bench, (100, TimeoutError()), (100, None)))
    assert (ended, took_ms) == ("answer 1", 150)


async def test_when_the_second_fails_the_first_is_waited_for(bench: Bench) -> None:
    ended, took_ms = await hedged(bench, Twice(bench, (300, None), (50, TimeoutError())))
    assert (ended, took_ms) == ("answer 0", 300)


async def test_call_that_fails_before_it_is_slow_is_made_once(bench: Bench) -> None:
    twice = Twice(bench, (10, TimeoutError()))
    ended, _ = await hedged(bench, twice)
    assert isinstance(ended, Miss)
    assert len(twice.began) == 1


async def test_answers_in_the_same_moment_are_one_answer(bench: Bench) -> None:
    twice = Twice(bench, (150, None), (100, None))
    ended, took_ms = await hedged(bench, twice, bulkhead=Bulkhead(2))
    assert took_ms == 150
    assert ended in ("answer 0", "answer 1")
    assert bench.guards.view().bulkheads[0].busy == 0
    ring = bench.ring("next")
    assert await bench.made(ring) == "answer 1", "the task is as good as new"


@pytest.mark.parametrize("after_ms", [20, 70])
async def test_cancel_ends_both(after_ms: int, bench: Bench) -> None:
    twice = Twice(bench, (1_000, None), (1_000, None))
    ring = bench.ring(retry=ONCE, hedge=ALWAYS, bulkhead=Bulkhead(2))
    task = asyncio.create_task(ring.call(bench.call(make=twice)))
    await asyncio.sleep(0)
    await bench.clock.advance(after_ms)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert len(twice.ended) == len(twice.began) == (1 if after_ms < 50 else 2)
    assert bench.guards.view().bulkheads[0].busy == 0


async def test_cancel_while_the_second_is_waited_for_ends_it(bench: Bench) -> None:
    twice = Twice(bench, (100, TimeoutError()), (1_000, None))
    ring = bench.ring(retry=ONCE, hedge=ALWAYS)
    task = asyncio.create_task(ring.call(bench.call(make=twice)))
    await asyncio.sleep(0)
    await bench.clock.advance(200)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert twice.ended == ["0 failed", "1 cancelled"]


async def test_cancel_in_the_moment_of_the_second_answer_is_a_cancel(bench: Bench) -> None:
    twice = Twice(bench, (1_000, None), (50, None))
    ring = bench.ring(retry=ONCE, hedge=ALWAYS)
    task = asyncio.create_task(ring.call(bench.call(make=twice)))
    await asyncio.sleep(0)
    bench.clock.call_at(bench.clock.now_ms() + 100, lambda: (task.cancel(), None)[1])
    await bench.clock.advance(100)
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_first_call_that_does_not_let_itself_be_cancelled_answers_in_the_end(bench: Bench) -> None:
    began: list[int] = []

    async def stubborn() -> str:
        began.append(1)
        if len(began) == 2:
            await bench.clock.sleep(10)
            return "second"
        try:
            await bench.clock.sleep(10_000)
        except asyncio.CancelledError:
            await bench.clock.sleep(10)
        return "first"

    ring = bench.ring(retry=ONCE, hedge=ALWAYS)
    task = asyncio.create_task(ring.call(bench.call(make=stubborn)))
    assert await bench.over(task) == "first"
    assert task.cancelling() == 0


async def test_without_a_time_it_is_made_again_when_it_is_slower_than_most(bench: Bench) -> None:
    ring = bench.ring(retry=ONCE, hedge=Hedge(share_max=1.0))
    bench.behind.takes_ms = 200
    for _ in range(10):
        await bench.made(ring)
    assert bench.behind.calls == 10, "too little is known to call anything slow"
    twice = Twice(bench, (1_000, None), (50, None))
    began = bench.clock.mono_ms()
    assert await bench.made(ring, make=twice) == "answer 1"
    assert bench.clock.mono_ms() - began == 250
    assert twice.ended == ["1 answered", "0 cancelled"]


async def test_few_calls_are_made_twice(bench: Bench) -> None:
    ring = bench.ring(retry=ONCE, hedge=Hedge(0.05))
    bench.behind.takes_ms = 100
    for _ in range(100):
        await bench.made(ring)
    assert bench.behind.calls == 105


@pytest.mark.parametrize("what", ["breaker", "budget"])
async def test_dependency_that_is_unwell_is_not_called_twice(what: str, bench: Bench) -> None:
    twice = Twice(bench, (100, None), (100, None))
    ring = bench.ring(retry=ONCE, hedge=ALWAYS, breaker=Breaker("model"))
    if what == "breaker":
        bench.guards.adopt_open("model", bench.clock.now_ms() + 1_000)
        await bench.clock.advance(1_000)
    else:
        ring.retrying.budget.left = CAPACITY // 2
    assert await bench.made(ring, make=twice) == "answer 0"
    assert len(twice.began) == 1
    if what == "breaker":
        assert bench.guards.breakers()[0].state is BreakerState.HALF_OPEN


async def test_write_is_never_hedged(bench: Bench) -> None:
    policy = bench.ring(hedge=ALWAYS).policy
    with pytest.raises(HedgedWriteError, match="pay is a write"):
        bench.guards.ring("pay", policy, writes=True)
