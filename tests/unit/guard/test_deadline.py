"""A deadline ends what takes too long, and nothing else."""

import asyncio
import itertools
from collections.abc import Callable

import pytest

from podium.guard.deadline import Deadline


class VirtualClock:
    """A clock that goes on only when it is told to."""

    def __init__(self) -> None:
        self._now_ms = 0
        self._calls: dict[int, tuple[int, Callable[[], None]]] = {}
        self._numbers = itertools.count()

    def now_ms(self) -> int:
        return self._now_ms

    def mono_ms(self) -> int:
        return self.now_ms()

    async def sleep(self, ms: int) -> None:
        raise NotImplementedError

    def call_at(self, at_ms: int, callback: Callable[[], None]) -> "Call":
        number = next(self._numbers)
        self._calls[number] = (at_ms, callback)
        return Call(self._calls, number)

    def go_to(self, now_ms: int) -> None:
        self._now_ms = now_ms
        for number, (at_ms, callback) in list(self._calls.items()):
            if at_ms <= now_ms:
                del self._calls[number]
                callback()

    @property
    def waiting(self) -> int:
        return len(self._calls)


class Call:
    def __init__(self, calls: dict[int, tuple[int, Callable[[], None]]], number: int) -> None:
        self._calls, self._number = calls, number

    def cancel(self) -> None:
        self._calls.pop(self._number, None)


async def never() -> None:
    await asyncio.get_running_loop().create_future()


async def within(clock: VirtualClock, ms: int, work: Callable[[], object] = never) -> object:
    async with Deadline(clock, ms):
        return await work()  # type: ignore[misc]  # an async function


async def begun(clock: VirtualClock, ms: int) -> asyncio.Task[object]:
    task = asyncio.create_task(within(clock, ms))
    await asyncio.sleep(0)
    return task


async def test_what_takes_too_long_ends_in_a_timeout() -> None:
    clock = VirtualClock()
    task = await begun(clock, 100)
    clock.go_to(99)
    await asyncio.sleep(0)
    assert not task.done()
    clock.go_to(100)
    with pytest.raises(TimeoutError, match="no answer within 100 ms"):
        await task
    assert task.cancelling() == 0, "the task may go on and be cancelled by others"


async def test_what_is_in_time_gives_its_result_and_leaves_no_timer() -> None:
    async def quick() -> str:
        return "done"

    clock = VirtualClock()
    assert await within(clock, 100, quick) == "done"
    assert clock.waiting == 0


async def test_error_in_time_comes_through() -> None:
    async def wrong() -> None:
        raise KeyError("k")

    clock = VirtualClock()
    with pytest.raises(KeyError):
        await within(clock, 100, wrong)
    assert clock.waiting == 0


async def test_cancel_from_outside_is_a_cancel() -> None:
    clock = VirtualClock()
    task = await begun(clock, 100)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert clock.waiting == 0


async def test_cancel_from_outside_wins_over_the_timeout() -> None:
    clock = VirtualClock()
    task = await begun(clock, 100)
    clock.go_to(100)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_error_raised_while_time_runs_out_is_not_hidden() -> None:
    async def stubborn() -> None:
        try:
            await never()
        except asyncio.CancelledError:
            raise KeyError("k") from None

    clock = VirtualClock()
    task = asyncio.create_task(within(clock, 100, stubborn))
    await asyncio.sleep(0)
    clock.go_to(100)
    with pytest.raises(KeyError):
        await task


async def test_deadline_of_a_clean_up_after_a_cancel_is_a_timeout() -> None:
    async def cleans_up() -> None:
        try:
            await never()
        finally:
            try:
                await within(clock, 100)
            except TimeoutError as error:
                ended.append(error)

    ended: list[Exception] = []
    clock = VirtualClock()
    task = asyncio.create_task(cleans_up())
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.sleep(0)
    clock.go_to(100)
    with pytest.raises(asyncio.CancelledError):
        await task
    assert [str(error) for error in ended] == ["no answer within 100 ms"]


@pytest.mark.parametrize(("outer_ms", "inner_ms", "says"), [(100, 200, "100 ms"), (200, 100, "100 ms")])
async def test_nearer_of_two_deadlines_counts(outer_ms: int, inner_ms: int, says: str) -> None:
    clock = VirtualClock()
    task = asyncio.create_task(within(clock, outer_ms, lambda: within(clock, inner_ms)))
    await asyncio.sleep(0)
    clock.go_to(100)
    with pytest.raises(TimeoutError, match=says):
        await task


async def test_inner_timeout_may_be_answered_within_the_outer_deadline() -> None:
    async def second_try() -> str:
        try:
            await within(clock, 100)
        except TimeoutError:
            return "second"
        return "first"

    clock = VirtualClock()
    task = asyncio.create_task(within(clock, 200, second_try))
    await asyncio.sleep(0)
    clock.go_to(100)
    assert await task == "second"
