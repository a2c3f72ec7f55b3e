"""A caller who is cancelled leaves at once, whatever they wait for: nothing is tried again, and no permit is kept."""

import asyncio
import random
import threading
from collections.abc import Callable
from typing import Any

import pytest

from podium.failure import FailureKind
from podium.graph.guards import Breaker, Bulkhead, Rate
from podium.graph.policies import Retry
from podium.guard.breaker import BreakerState
from podium.guard.flight import Miss
from podium.guard.ring import Ring
from tests.unit.guard.dependency import Bench

AT_ONCE = Retry(attempts=3, base=0, cap=0)
Task = asyncio.Task[Any]


def patient(bench: Bench, **policy: Any) -> Ring:
    """Return guards of every kind around a tool that says of every error that it may be tried again."""
    said = {"bulkhead": Bulkhead(2), "rate": Rate(requests=600), "breaker": Breaker(), "timeout_ms": 60_000}
    retry = Retry(attempts=3, base=5, cap=5)
    return bench.ring(**{"retry": retry, "classify": lambda _: FailureKind.TRANSIENT, **said, **policy})


async def begun(bench: Bench, ring: Ring) -> Task:
    task = asyncio.create_task(ring.call(bench.call()))
    for _ in range(3):
        await asyncio.sleep(0)
    return task


async def in_an_attempt(bench: Bench, ring: Ring) -> Task:
    bench.behind.takes_ms = 100
    return await begun(bench, ring)


async def between_two_attempts(bench: Bench, ring: Ring) -> Task:
    bench.behind.raises = [TimeoutError(), None]
    return await begun(bench, ring)


async def queued_for_the_bulkhead(bench: Bench, ring: Ring) -> Task:
    bench.behind.takes_ms = 100
    for _ in range(2):
        await begun(bench, ring)
    task = await begun(bench, ring)
    assert bench.guards.view().bulkheads[0].waiting == 1
    return task


async def queued_for_the_rate(bench: Bench, ring: Ring) -> Task:
    for _ in range(60):
        await ring.call(bench.call())
    task = await begun(bench, ring)
    assert bench.guards.view().rates[0].waiting == 1
    return task


@pytest.mark.parametrize(
    ("reach", "calls"),
    [(in_an_attempt, 1), (between_two_attempts, 1), (queued_for_the_bulkhead, 2), (queued_for_the_rate, 60)],
)
async def test_cancel_is_never_tried_again_and_leaves_no_permit_behind(
    bench: Bench, reach: Callable[[Bench, Ring], Any], calls: int
) -> None:
    ring = patient(bench)
    task = await reach(bench, ring)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert task.cancelling() >= 1
    await bench.clock.advance(60_000)
    assert bench.behind.calls == calls, "neither tried again nor passed on late"
    view = bench.guards.view()
    assert (view.bulkheads[0].busy, view.bulkheads[0].waiting, view.rates[0].waiting) == (0, 0, 0)
    assert view.breakers[0].state is BreakerState.CLOSED
    assert len(bench.guards.wheel) == 0


async def test_cancelled_attempt_counts_nowhere(bench: Bench) -> None:
    task = await in_an_attempt(bench, patient(bench))
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    view = bench.guards.view()
    assert bench.behind.cancelled == 1
    assert (view.bulkheads[0].busy, view.breakers[0].calls, view.breakers[0].stale) == (0, 0, 0)
    assert [budget.left for budget in view.retry_budgets] == [500]


async def test_a_thousand_cancels_at_any_moment_leave_every_permit_free(bench: Bench) -> None:
    chance = random.Random(14)
    ring = bench.ring(
        retry=Retry(attempts=3, base=0.05, cap=0.2),
        classify=lambda _: FailureKind.TRANSIENT,
        timeout_ms=80,
        deadline_ms=2_000,
        breaker=Breaker("desk", consecutive=6, failure_rate=0.9),
        bulkhead=Bulkhead(2, queue=10),
        rate=Rate(requests=1_000),
    )

    async def answers() -> str:
        await bench.clock.sleep(chance.randrange(1, 100))
        if chance.random() < 0.2:
            raise ConnectionResetError
        return "yes"

    tasks: list[Task] = []
    cancels, waited = 0, set[str]()
    while cancels < 1_000:
        tasks.append(asyncio.create_task(ring.call(bench.call(make=answers, run=f"run {len(tasks) % 5}"))))
        await asyncio.sleep(0)
        if chance.random() < 0.2:
            await bench.clock.advance(chance.randrange(1, 60))
        under_way = [task for task in tasks[-100:] if not task.done()]
        if len(under_way) > chance.randrange(60):
            cancels += chance.choice(under_way).cancel()
        view = bench.guards.view()
        waited |= {"bulkhead"} if view.bulkheads[0].waiting else set()
        waited |= {"rate"} if view.rates[0].waiting else set()
    await bench.clock.advance(60_000)
    ended = await asyncio.gather(*tasks, return_exceptions=True)
    assert {type(end) for end in ended} == {str, Miss, asyncio.CancelledError}
    assert {task.cancelled() for task in tasks if task.cancelling()} == {True}, "who is called off ends as called off"
    assert waited == {"bulkhead", "rate"}
    view = bench.guards.view()
    assert (view.bulkheads[0].busy, view.bulkheads[0].waiting, view.rates[0].waiting) == (0, 0, 0)
    assert len(bench.guards.wheel) == 0


async def test_cancelled_error_that_the_tool_raises_itself_is_its_failure(bench: Bench) -> None:
    async def gives_up() -> None:
        raise asyncio.CancelledError

    ended = await bench.made(bench.ring(retry=AT_ONCE), make=gives_up)
    assert ended.meaning.kind is FailureKind.CANCELLED


@pytest.mark.parametrize("order", ["time-out first", "cancel first"])
@pytest.mark.parametrize("body", ["in the caller's task", "in a task of its own", "in a thread"])
async def test_cancel_in_the_tick_of_the_time_out_wins(bench: Bench, body: str, order: str) -> None:
    """Both are news to the task at once: the loop does not turn in between."""
    ring = bench.ring(retry=AT_ONCE, timeout_ms=100, is_hard="of its own" in body)
    bench.behind.takes_ms, gate, entered = 1_000, threading.Event(), list[str]()

    def blocks() -> None:
        entered.append(body)
        gate.wait()

    call = bench.call(make=blocks, is_async=False) if "thread" in body else bench.call()
    task = asyncio.create_task(ring.call(call))
    while not entered and not bench.behind.calls:
        await asyncio.sleep(0)
    bench.clock._now_ms += 100
    both = (bench.guards.wheel._turn, task.cancel)
    for each in both if order == "time-out first" else reversed(both):
        each()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert task.cancelled()
    assert task.cancelling() >= 1
    gate.set()
    await bench.clock.advance(60_000)
    assert len(entered) + bench.behind.calls == 1
