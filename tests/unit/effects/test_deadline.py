"""A deadline ends what it bounds, and never takes a cancel from outside for its own."""

import asyncio
from collections.abc import Callable

import pytest

from podium.guard.deadline import Deadline
from podium.testing.clock import FakeTimer


class OneTick:
    """A clock whose only call is made by the test, in the tick that it chooses."""

    def __init__(self) -> None:
        self.timer = FakeTimer(lambda: None)

    def now_ms(self) -> int:
        return 0

    def mono_ms(self) -> int:
        return self.now_ms()

    async def sleep(self, ms: int) -> None:
        raise NotImplementedError

    def call_at(self, at_ms: int, callback: Callable[[], None]) -> FakeTimer:
        assert at_ms == 5000
        self.timer.callback = callback
        return self.timer

    def strike(self) -> None:
        assert self.timer.callback is not None
        self.timer.callback()


async def forever(clock: OneTick) -> None:
    async with Deadline(clock, 5000):
        await asyncio.Event().wait()


async def begun(clock: OneTick) -> asyncio.Task[None]:
    task = asyncio.create_task(forever(clock))
    await asyncio.sleep(0)
    return task


async def test_deadline_raises_timeout_error() -> None:
    clock = OneTick()
    task = await begun(clock)
    clock.strike()
    with pytest.raises(TimeoutError, match="5000 ms"):
        await task


@pytest.mark.parametrize("order", [("strike", "cancel"), ("cancel", "strike")])
async def test_cancel_in_the_tick_of_the_deadline_wins(order: tuple[str, str]) -> None:
    clock = OneTick()
    task = await begun(clock)
    for name in order:
        if name == "strike":
            clock.strike()
        else:
            task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert task.cancelled()


async def test_deadline_that_was_kept_is_taken_back() -> None:
    clock = OneTick()
    async with Deadline(clock, 5000):
        await asyncio.sleep(0)
    assert clock.timer.callback is None
