"""A deadline ends what takes too long, and nothing else."""

import asyncio
from collections.abc import Callable

import pytest

from podium.guard.deadline import Deadline, deadline_ms, remaining_ms
from podium.guard.wheel import Wheel
from podium.testing.clock import START_MS, FakeClock


async def never() -> None:
    await asyncio.get_running_loop().create_future()


async def within(wheel: Wheel, ms: int, work: Callable[[], object] = never) -> object:
    with Deadline(wheel, ms):
        return await work()  # type: ignore[misc]  # an async function


async def begun(wheel: Wheel, ms: int, work: Callable[[], object] = never) -> asyncio.Task[object]:
    task = asyncio.create_task(within(wheel, ms, work))
    await asyncio.sleep(0)
    return task


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def wheel(clock: FakeClock) -> Wheel:
    return Wheel(clock)


async def test_what_takes_too_long_ends_in_a_timeout(clock: FakeClock, wheel: Wheel) -> None:
    task = await begun(wheel, 100)
    await clock.advance(99)
    assert not task.done()
    await clock.advance(1)
    with pytest.raises(TimeoutError, match="no answer within 100 ms"):
        await task
    assert task.cancelling() == 0, "the task may go on and be cancelled by others"


async def test_what_is_in_time_gives_its_result_and_leaves_nothing_on_the_wheel(wheel: Wheel) -> None:
    async def quick() -> str:
        return "done"

    assert await within(wheel, 100, quick) == "done"
    assert len(wheel) == 0


async def test_error_in_time_comes_through(wheel: Wheel) -> None:
    async def wrong() -> None:
        raise KeyError("k")

    with pytest.raises(KeyError):
        await within(wheel, 100, wrong)
    assert len(wheel) == 0


async def test_cancel_from_outside_is_a_cancel(wheel: Wheel) -> None:
    task = await begun(wheel, 100)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert len(wheel) == 0


@pytest.mark.parametrize("order", ["expire first", "cancel first"])
async def test_cancel_in_the_tick_of_the_deadline_wins(order: str, wheel: Wheel) -> None:
    deadline = Deadline(wheel, 100)

    async def bounded() -> None:
        with deadline:
            await never()

    task = asyncio.create_task(bounded())
    await asyncio.sleep(0)
    both = (deadline.expire, task.cancel)
    for each in both if order == "expire first" else reversed(both):
        each()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert task.cancelled()


async def test_error_raised_while_time_runs_out_is_not_hidden(clock: FakeClock, wheel: Wheel) -> None:
    async def stubborn() -> None:
        try:
            await never()
        except asyncio.CancelledError:
            raise KeyError("k") from None

    task = await begun(wheel, 100, stubborn)
    await clock.advance(100)
    with pytest.raises(KeyError):
        await task


async def test_deadline_of_a_clean_up_after_a_cancel_is_a_timeout(clock: FakeClock, wheel: Wheel) -> None:
    async def cleans_up() -> None:
        try:
            await never()
        finally:
            try:
                await within(wheel, 100)
            except TimeoutError as error:
                ended.append(error)

    ended: list[Exception] = []
    task = asyncio.create_task(cleans_up())
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.sleep(0)
    await clock.advance(100)
    with pytest.raises(asyncio.CancelledError):
        await task
    assert len(ended) == 1


async def test_deadline_inside_another_is_never_later(clock: FakeClock, wheel: Wheel) -> None:
    seen: list[int | None] = [remaining_ms(), deadline_ms()]
    with Deadline(wheel, 1_000):
        with Deadline(wheel, 5_000):
            seen.append(remaining_ms())
        with Deadline(wheel, 200):
            seen += [remaining_ms(), deadline_ms()]
            await clock.advance(60)
            seen.append(remaining_ms())
        with Deadline(wheel, 5_000, shrinks=False):
            seen.append(remaining_ms())
        seen.append(remaining_ms())
    assert seen == [None, None, 1_000, 200, START_MS + 200, 140, 5_000, 940]
    assert remaining_ms() is None


async def test_of_two_deadlines_at_once_the_outer_one_is_told_of(clock: FakeClock, wheel: Wheel) -> None:
    async def nested() -> None:
        await within(wheel, 5_000)

    task = await begun(wheel, 1_000, nested)
    await clock.advance(1_000)
    with pytest.raises(TimeoutError, match="1000 ms"):
        await task


async def test_time_that_is_used_up_is_nought_and_not_less(clock: FakeClock, wheel: Wheel) -> None:
    async def stubborn() -> int | None:
        try:
            await never()
        except asyncio.CancelledError:
            await late.wait()
        return remaining_ms()

    late = asyncio.Event()
    task = await begun(wheel, 100, stubborn)
    await clock.advance(500)
    late.set()
    assert await task == 0


async def test_clock_on_the_wall_that_jumps_moves_no_deadline(clock: FakeClock, wheel: Wheel) -> None:
    task = await begun(wheel, 1_000)
    clock.jump(3_600_000)
    await clock.advance(990)
    assert not task.done()
    await clock.advance(10)
    with pytest.raises(TimeoutError):
        await task
