"""Attempts that can be left behind: the caller goes on, the permit stays, and what becomes of them is told."""

import asyncio
import threading
from collections.abc import Callable

import pytest

from podium.graph.guards import Bulkhead
from podium.graph.policies import Retry
from podium.guard.deadline import remaining_ms
from podium.guard.flight import Miss
from podium.testing.clock import FakeClock
from tests.unit.guard.dependency import Bench

ONCE = Retry(attempts=1)


class Deaf:
    """A coroutine function that does not hear that it is cancelled."""

    def __init__(self, clock: FakeClock, takes_ms: int, raises: Exception | None = None) -> None:
        self.clock, self.takes_ms, self.raises = clock, takes_ms, raises
        self.deaf_to = 0

    async def __call__(self) -> str:
        ends = self.clock.mono_ms() + self.takes_ms
        while self.clock.mono_ms() < ends:
            try:
                await self.clock.sleep(ends - self.clock.mono_ms())
            except asyncio.CancelledError:
                self.deaf_to += 1
        if self.raises is not None:
            raise self.raises
        return "late"


async def test_caller_of_what_does_not_end_is_released_within_a_second(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    ring = bench.ring(retry=ONCE, is_hard=True, timeout_ms=500, bulkhead=Bulkhead(1))
    deaf = Deaf(bench.clock, 10_000)
    began = bench.clock.mono_ms()
    ended = await bench.made(ring, make=deaf)
    assert bench.clock.mono_ms() - began <= 500 + 1_000 + 10
    assert isinstance(ended.error, TimeoutError)
    assert ended.left is not None
    assert deaf.deaf_to == 1
    assert "an attempt of ask goes on" in caplog.text
    view = bench.guards.view()
    assert (view.left_behind, view.bulkheads[0].busy) == (1, 1), "the permit is held until it really ends"
    await bench.clock.advance(10_000)
    view = bench.guards.view()
    assert (view.left_behind, view.bulkheads[0].busy) == (0, 0)


async def test_what_is_left_behind_and_fails_is_told_of(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    ring = bench.ring(retry=ONCE, is_hard=True, timeout_ms=500)
    await bench.made(ring, make=Deaf(bench.clock, 5_000, raises=KeyError("k")))
    await bench.clock.advance(5_000)
    assert "left behind ended with KeyError" in caplog.text


async def test_what_ends_within_the_second_is_not_left_behind(bench: Bench) -> None:
    ring = bench.ring(retry=ONCE, is_hard=True, timeout_ms=500)
    assert await bench.made(ring, make=Deaf(bench.clock, 1_000)) == "late", "it came through in the end"
    failed = await bench.made(ring, make=Deaf(bench.clock, 1_000, raises=KeyError("k")))
    assert isinstance(failed.error, KeyError)
    assert bench.guards.view().left_behind == 0


async def test_what_hears_is_cancelled_and_is_a_time_out(bench: Bench) -> None:
    bench.behind.takes_ms = 5_000
    ended = await bench.made(bench.ring(retry=ONCE, is_hard=True, timeout_ms=500))
    assert isinstance(ended.error, TimeoutError)
    assert (bench.behind.cancelled, ended.left) == (1, None)


async def test_hard_attempt_that_is_in_time_is_as_any_other(bench: Bench) -> None:
    ring = bench.ring(retry=ONCE, is_hard=True, timeout_ms=500)
    assert await bench.made(ring) == "answer 1"
    bench.behind.raises = KeyError("k")
    assert isinstance((await bench.made(ring)).error, KeyError)

    async def asks() -> int | None:
        return remaining_ms()

    assert await ring.call(bench.call(make=asks)) == 500


async def test_cancelled_error_of_its_own_is_its_failure(bench: Bench) -> None:
    async def gives_up() -> None:
        raise asyncio.CancelledError

    ended = await bench.made(bench.ring(retry=ONCE, is_hard=True), make=gives_up)
    assert isinstance(ended.error, asyncio.CancelledError)


async def test_caller_who_is_cancelled_leaves_within_a_second_too(bench: Bench) -> None:
    ring = bench.ring(retry=ONCE, is_hard=True, bulkhead=Bulkhead(1))
    task = asyncio.create_task(ring.call(bench.call(make=Deaf(bench.clock, 5_000))))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.sleep(0)
    await bench.clock.advance(990)
    assert not task.done()
    await bench.clock.advance(10)
    with pytest.raises(asyncio.CancelledError):
        await task
    assert bench.guards.view().bulkheads[0].busy == 1
    await bench.clock.advance(5_000)
    assert bench.guards.view().bulkheads[0].busy == 0


async def test_caller_who_is_cancelled_twice_leaves_at_once(bench: Bench) -> None:
    ring = bench.ring(retry=ONCE, is_hard=True)
    task = asyncio.create_task(ring.call(bench.call(make=Deaf(bench.clock, 5_000))))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert bench.guards.view().left_behind == 1
    await bench.clock.advance(5_000)


# ----- threads


async def until(check: Callable[[], bool]) -> None:
    """Wait for a thread: it has a life of its own."""
    while not check():
        await asyncio.sleep(0)


async def test_sync_tool_runs_in_a_thread_and_knows_its_time(bench: Bench) -> None:
    ring = bench.ring(retry=ONCE, timeout_ms=700)
    names: list[str] = []

    def asks() -> int | None:
        names.append(threading.current_thread().name)
        return remaining_ms()

    assert await ring.call(bench.call(make=asks, is_async=False)) == 700
    assert names != [threading.current_thread().name]


async def test_thread_is_left_behind_and_keeps_its_permit_until_it_ends(bench: Bench) -> None:
    ring = bench.ring(retry=ONCE, timeout_ms=500, bulkhead=Bulkhead(1))
    entered, gate = threading.Event(), threading.Event()

    def blocks() -> str:
        entered.set()
        gate.wait()
        return "late"

    task = asyncio.create_task(ring.call(bench.call(make=blocks, is_async=False)))
    await until(entered.is_set)
    await bench.clock.advance(500)
    ended = await task
    assert isinstance(ended, Miss)
    assert isinstance(ended.error, TimeoutError)
    assert ended.left is not None
    assert bench.guards.view().bulkheads[0].busy == 1
    gate.set()
    assert await ended.left == "late"
    await asyncio.sleep(0)
    assert bench.guards.view().bulkheads[0].busy == 0


async def test_thread_that_never_began_is_not_left_behind(bench: Bench) -> None:
    ring = bench.ring(retry=ONCE, timeout_ms=500, bulkhead=Bulkhead(10))
    gate, begun = threading.Event(), threading.Event()
    waiting = [asyncio.create_task(ring.call(bench.call(make=gate.wait, is_async=False))) for _ in range(4)]
    late = asyncio.create_task(ring.call(bench.call(make=begun.set, is_async=False)))
    await asyncio.sleep(0)
    await bench.clock.advance(500)
    assert (await late).left is None
    gate.set()
    await asyncio.gather(*(ended.left for ended in await asyncio.gather(*waiting) if ended.left is not None))
    assert not begun.is_set()


async def test_error_in_a_thread_comes_through(bench: Bench) -> None:
    def fails() -> None:
        raise KeyError("k")

    ended = await bench.ring(retry=ONCE).call(bench.call(make=fails, is_async=False))
    assert isinstance(ended.error, KeyError)


async def test_cancelled_error_that_a_thread_raises_is_its_failure(bench: Bench) -> None:
    def gives_up() -> None:
        raise asyncio.CancelledError

    ended = await bench.ring(retry=ONCE).call(bench.call(make=gives_up, is_async=False))
    assert isinstance(ended.error, asyncio.CancelledError)
