"""The bulkhead: so many at once, a short queue, runs in turn, and no permit is ever lost."""

import asyncio
import random

import pytest

from podium.graph.guards import Bulkhead
from podium.guard.bulkhead import FairQueue
from podium.guard.wheel import Wheel
from podium.outcomes import BulkheadFull
from podium.testing.clock import FakeClock


class Hall:
    """A bulkhead and those who want in."""

    def __init__(self, wheel: Wheel, limit: int, queue: int) -> None:
        self.queue = FairQueue("desk", Bulkhead(limit, queue=queue), wheel=wheel)
        self.order: list[str] = []

    async def enter(self, run: str, left_ms: int | None = None) -> asyncio.Task[None]:
        """Begin to wait for a permit."""

        async def wait() -> None:
            await self.queue.acquire(run, left_ms=left_ms)
            self.order.append(run)

        task = asyncio.create_task(wait())
        await asyncio.sleep(0)
        return task

    async def leave(self, held_ms: int = 0) -> None:
        self.queue.release(held_ms)
        for _ in range(3):
            await asyncio.sleep(0)

    @property
    def free(self) -> int:
        return self.queue.policy.limit - self.queue.busy


async def test_next_one_is_refused_at_once_when_the_queue_is_full(wheel: Wheel) -> None:
    hall = Hall(wheel, limit=1, queue=2)
    inside, *waiting = [await hall.enter("a") for _ in range(3)]
    assert inside.done()
    fourth = await hall.enter("a")
    assert fourth.done(), "it does not wait"
    with pytest.raises(BulkheadFull, match="1 calls are under way and 2 wait"):
        await fourth
    assert not any(task.done() for task in waiting)
    assert hall.queue.view().rejected == 1
    for _ in range(3):
        await hall.leave()
    assert (hall.free, hall.queue.view().waiting) == (1, 0)


async def test_of_one_run_who_came_first_goes_first_and_runs_take_turns(wheel: Wheel) -> None:
    hall = Hall(wheel, limit=1, queue=100)
    tasks = [await hall.enter(run) for run in ("big", *["big"] * 5, "small", "other", "small")]
    for _ in tasks:
        await hall.leave()
    assert hall.order == ["big", "big", "small", "other", "big", "small", "big", "big", "big"]


async def test_nobody_passes_those_who_wait(wheel: Wheel) -> None:
    hall = Hall(wheel, limit=1, queue=10)
    await hall.enter("a")
    await hall.enter("b")
    hall.queue.release(0)
    assert not hall.queue.take(), "the permit is on its way to who waits"
    await asyncio.sleep(0)
    assert hall.order == ["a", "b"]


async def test_permit_that_is_granted_in_the_moment_of_a_cancel_is_not_lost(wheel: Wheel) -> None:
    hall = Hall(wheel, limit=1, queue=10)
    await hall.enter("a")
    waiting = await hall.enter("b")
    next_one = await hall.enter("c")
    hall.queue.release(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    await next_one
    await hall.leave()
    assert hall.free == 1


@pytest.mark.parametrize("first", ["release", "cancel"])
async def test_permit_that_nobody_wants_any_more_is_free(first: str, wheel: Wheel) -> None:
    hall = Hall(wheel, limit=1, queue=10)
    await hall.enter("a")
    waiting = await hall.enter("b")
    if first == "cancel":
        waiting.cancel()
    hall.queue.release(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert (hall.free, hall.queue.view().waiting) == (1, 0)


async def test_permit_released_in_the_moment_of_a_cancel_goes_to_the_next(wheel: Wheel) -> None:
    hall = Hall(wheel, limit=1, queue=10)
    await hall.enter("a")
    waiting = await hall.enter("b")
    next_one = await hall.enter("b")
    waiting.cancel()
    hall.queue.release(0)
    with pytest.raises(asyncio.CancelledError):
        await waiting
    await next_one
    await hall.leave()
    assert hall.free == 1


async def test_who_can_not_wait_long_enough_is_sent_away_at_once(wheel: Wheel) -> None:
    hall = Hall(wheel, limit=2, queue=100)
    for _ in range(60):
        assert hall.queue.take()
        hall.queue.release(1_000)  # a call takes about a second
    for _ in range(2 + 10):
        await hall.enter("a")
    hurried = await hall.enter("b", left_ms=3_000)
    assert hurried.done()
    with pytest.raises(BulkheadFull) as refused:
        await hurried
    assert refused.value.retry_after_ms is not None
    assert 5_000 <= refused.value.retry_after_ms <= 6_000, "ten are before it, two at a time"
    patient = await hall.enter("b", left_ms=20_000)
    assert not patient.done()
    patient.cancel()


async def test_who_waited_too_long_is_sent_away(clock: FakeClock, wheel: Wheel) -> None:
    hall = Hall(wheel, limit=1, queue=10)
    await hall.enter("a")
    waiting = await hall.enter("b", left_ms=500)
    await clock.advance(499)
    assert not waiting.done()
    await clock.advance(11)
    with pytest.raises(BulkheadFull):
        await waiting
    await hall.leave()
    assert (hall.free, hall.queue.view().waiting) == (1, 0)


async def test_a_thousand_cancels_at_any_moment_lose_no_permit(clock: FakeClock, wheel: Wheel) -> None:
    chance = random.Random(26)
    hall = Hall(wheel, limit=5, queue=50)
    peak = 0

    async def caller(run: str) -> None:
        nonlocal peak
        await hall.queue.acquire(run, left_ms=chance.choice([None, 200, 2_000]))
        peak = max(peak, hall.queue.busy)
        try:
            await clock.sleep(chance.randrange(1, 100))
        finally:
            hall.queue.release(50)

    tasks: list[asyncio.Task[None]] = []
    for nth in range(1_000):
        tasks.append(asyncio.create_task(caller(f"run {nth % 7}")))
        if chance.random() < 0.3:
            await asyncio.sleep(0)
        if chance.random() < 0.2:
            await clock.advance(chance.randrange(1, 40))
        chance.choice(tasks).cancel()
    await clock.advance(10_000)
    ended = await asyncio.gather(*tasks, return_exceptions=True)
    assert all(end is None or isinstance(end, asyncio.CancelledError | BulkheadFull) for end in ended)
    assert {type(end) for end in ended} == {type(None), asyncio.CancelledError, BulkheadFull}
    assert (hall.free, hall.queue.view().waiting, peak) == (5, 0, 5)
