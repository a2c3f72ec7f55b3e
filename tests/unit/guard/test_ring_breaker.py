"""A breaker among many callers: who reaches a dependency that is being tried, and what those are told who do not."""

import asyncio
import time
import tracemalloc
from collections.abc import Callable, Iterator

import pytest

from podium.engine.clock import SystemClock
from podium.graph.guards import Breaker, CallPolicy
from podium.graph.policies import Retry
from podium.guard.breaker import BreakerState, BreakerView
from podium.guard.flight import Miss
from podium.guard.guards import BreakerChange, Guards
from podium.guard.ring import Ring
from podium.outcomes import BreakerOpen
from tests.unit.guard.dependency import Bench, dice, many, replied, trip

ONCE = Retry(attempts=1)
CLOSED, OPEN, HALF_OPEN = BreakerState.CLOSED, BreakerState.OPEN, BreakerState.HALF_OPEN


@pytest.fixture
def ring(bench: Bench) -> Ring:
    return bench.ring(retry=ONCE, breaker=Breaker("desk"))


def view(bench: Bench) -> BreakerView:
    return bench.guards.breakers()[0]


async def opened(bench: Bench, ring: Ring) -> None:
    """Trip the breaker, and let time pass until its dependency may be tried again."""
    await bench.clock.advance(await trip(bench, ring) - bench.clock.now_ms())


def are_refused(ends: list[object]) -> bool:
    """Claim that all were refused by the breaker, each with an error of their own that says when to come back."""
    errors = [end.error for end in ends if isinstance(end, Miss) and isinstance(end.error, BreakerOpen)]
    return len({id(error) for error in errors}) == len(ends) and all(
        (error.retry_after_ms or 0) > 0 for error in errors
    )


async def begun(bench: Bench, ring: Ring, *, takes_ms: int, error: Exception | None = None) -> "asyncio.Task[object]":
    """Begin a call that takes its time, and let it reach the dependency."""

    async def answers() -> str:
        await bench.clock.sleep(takes_ms)
        if error is not None:
            raise error
        return "late"

    task: asyncio.Task[object] = asyncio.create_task(ring.call(bench.call(make=answers)))
    await asyncio.sleep(0)
    return task


# ----- half open


async def test_of_a_thousand_callers_one_reaches_a_dependency_that_is_being_tried(bench: Bench, ring: Ring) -> None:
    await opened(bench, ring)
    bench.behind.takes_ms = 50
    refused, probe = await many(bench, ring, 1_000)
    assert (bench.behind.calls, len(refused), probe) == (1, 999, ["answer 1"])
    assert are_refused(refused)
    assert view(bench).state is HALF_OPEN
    await bench.made(ring)
    assert view(bench).state is HALF_OPEN
    await bench.made(ring)
    assert view(bench).state is CLOSED


async def test_of_a_thousand_callers_one_reaches_a_dependency_that_is_still_down(bench: Bench, ring: Ring) -> None:
    began = bench.clock.now_ms()
    opens_at = await trip(bench, ring)
    assert 5_000 <= opens_at - began <= 6_250
    bench.behind.raises, bench.behind.takes_ms = ConnectionRefusedError("down"), 50
    for times in range(1, 7):
        await bench.clock.advance(opens_at - bench.clock.now_ms())
        refused, _ = await many(bench, ring, 1_000)
        assert (bench.behind.calls, len(refused)) == (times, 999)
        assert are_refused(refused)
        assert view(bench).state is OPEN
        opens_at = view(bench).until_ms or 0
        longest = min(60_000, 5_000 * 2**times)
        assert longest <= opens_at - bench.behind.times[-1] - 50 <= longest * 1.25


async def test_success_from_before_does_not_close_it(bench: Bench, ring: Ring) -> None:
    early = await begun(bench, ring, takes_ms=10_000)
    await opened(bench, ring)
    probe = await begun(bench, ring, takes_ms=20_000, error=ConnectionResetError("down"))
    await bench.clock.advance(10_000)
    assert await early == "late"
    assert (view(bench).state, view(bench).stale) == (HALF_OPEN, 1)
    assert are_refused([await ring.call(bench.call())])
    await bench.clock.advance(10_000)
    assert isinstance(await probe, Miss)
    assert (view(bench).state, view(bench).trips) == (OPEN, 2)


async def test_failure_from_before_does_not_count_after_it_closed(bench: Bench, ring: Ring) -> None:
    early = await begun(bench, ring, takes_ms=10_000, error=ConnectionResetError("down"))
    await opened(bench, ring)
    for _ in range(3):
        await bench.made(ring)
    assert view(bench).state is CLOSED
    await bench.clock.advance(10_000)
    assert isinstance(await early, Miss)
    assert (view(bench).state, view(bench).calls, view(bench).failures, view(bench).stale) == (CLOSED, 0, 0, 1)


async def test_late_failures_do_not_keep_it_open_longer(bench: Bench, ring: Ring) -> None:
    late = [await begun(bench, ring, takes_ms=1_000, error=ConnectionResetError("down")) for _ in range(50)]
    until = await trip(bench, ring)
    await bench.clock.advance(1_000)
    assert {type(await call) for call in late} == {Miss}
    assert (view(bench).until_ms, view(bench).trips, view(bench).stale) == (until, 1, 50)


async def test_each_caller_gets_its_own_error_and_the_breaker_opens_once(bench: Bench, ring: Ring) -> None:
    changes: list[BreakerChange] = []
    bench.guards.on_change = changes.append
    began = bench.clock.now_ms()
    errors = [ConnectionRefusedError(f"down {nth}") for nth in range(1_000)]
    calls = [await begun(bench, ring, takes_ms=50, error=error) for error in errors]
    await bench.clock.advance(50)
    ends = [await call for call in calls]
    assert [end.error for end in ends if isinstance(end, Miss)] == errors
    assert [change.state for change in changes] == [OPEN]
    assert changes[0].name == "desk"
    assert changes[0].until_ms is not None
    assert 5_000 <= changes[0].until_ms - began - 50 <= 6_250


async def test_probe_that_is_called_off_makes_room_for_the_next(bench: Bench, ring: Ring) -> None:
    await opened(bench, ring)
    bench.behind.takes_ms = 50
    for times in range(1, 4):
        probe = asyncio.create_task(ring.call(bench.call()))
        await asyncio.sleep(0)
        assert (view(bench).state, bench.behind.calls) == (HALF_OPEN, times)
        probe.cancel()
        with pytest.raises(asyncio.CancelledError):
            await probe
        assert view(bench).state is HALF_OPEN
    assert await bench.made(ring) == "answer 4"
    assert view(bench).state is HALF_OPEN


async def test_probe_that_never_returns_is_given_up_and_its_late_answer_ignored(bench: Bench) -> None:
    ring = bench.ring(retry=ONCE, breaker=Breaker("desk"), timeout_ms=None)
    await opened(bench, ring)
    probe = await begun(bench, ring, takes_ms=100_000)
    lease_ends = bench.clock.now_ms() + 61_000
    await bench.clock.advance(60_999)
    assert (view(bench).state, view(bench).trips) == (HALF_OPEN, 1)
    await bench.clock.advance(1)
    assert (view(bench).state, view(bench).trips) == (OPEN, 2)
    assert 10_000 <= (view(bench).until_ms or 0) - lease_ends <= 12_500
    await bench.clock.advance(39_000)
    assert await probe == "late"
    assert (view(bench).state, view(bench).stale, view(bench).calls) == (OPEN, 1, 0)


# ----- clocks


async def test_wall_clock_that_jumps_does_not_move_the_opening(bench: Bench, ring: Ring) -> None:
    left = await trip(bench, ring) - bench.clock.now_ms()
    bench.clock.jump(-3_600_000)
    await bench.clock.advance(left - 1)
    assert are_refused([await ring.call(bench.call(is_once=True))])
    bench.clock.jump(+7_200_000)
    assert are_refused([await ring.call(bench.call(is_once=True))])
    assert view(bench).until_ms == bench.clock.now_ms() + 1
    await bench.clock.advance(1)
    assert await ring.call(bench.call()) == "answer 1"


@pytest.fixture
def move_to(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    def move(zone: str) -> None:
        monkeypatch.setenv("TZ", zone)
        time.tzset()

    yield move
    monkeypatch.undo()
    time.tzset()


async def test_time_zone_that_changes_does_not_move_the_opening(bench: Bench, move_to: Callable[[str], None]) -> None:
    """With the clock of the system: a breaker that is open for less than the hour by which a zone moves it at least."""
    move_to("UTC")
    guards, left_ms = Guards(SystemClock(), dice(), threads=bench.threads), 3_000_000
    breaker = Breaker("desk", consecutive=1, open_for=2_400, open_for_max=2_400)
    ring = guards.ring("ask", CallPolicy(retry=ONCE, breaker=breaker))
    bench.behind.raises = ConnectionRefusedError("down")
    await ring.call(bench.call())
    for zone in ("Asia/Tokyo", "America/New_York", "UTC"):
        move_to(zone)
        refused = (await ring.call(bench.call())).error
        assert isinstance(refused, BreakerOpen)
        assert refused.retry_after_ms is not None
        assert refused.retry_after_ms <= left_ms
        left_ms = refused.retry_after_ms
    assert bench.behind.calls == 1


# ----- what opens nothing, and costs nothing


async def test_refusals_take_no_memory_and_no_traceback_grows(bench: Bench) -> None:
    ring = bench.ring(retry=ONCE, breaker=Breaker("desk"))
    await trip(bench, ring)

    async def refuse(times: int) -> BaseException:
        for _ in range(times - 1):
            await ring.call(bench.call())
        return (await ring.call(bench.call())).error  # type: ignore[no-any-return]

    await refuse(1_000)
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    error = await refuse(100_000)
    grown = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    assert grown < 64_000
    assert frames(error) == frames(await refuse(1))


def frames(error: BaseException) -> int:
    count, trace = 0, error.__traceback__
    while trace is not None:
        count, trace = count + 1, trace.tb_next
    return count + (frames(error.__context__) if error.__context__ else 0)


async def test_callers_who_leave_and_requests_that_are_refused_open_nothing(bench: Bench) -> None:
    ring = bench.ring(retry=ONCE, breaker=Breaker("desk"))
    bench.behind.takes_ms = 50
    tasks = [asyncio.create_task(ring.call(bench.call())) for _ in range(20)]
    await asyncio.sleep(0)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    bench.behind.takes_ms, bench.behind.raises = 0, replied(400)
    for _ in range(10):
        await ring.call(bench.call())
    view = bench.guards.breakers()[0]
    assert (view.state, view.failures, view.calls) == (BreakerState.CLOSED, 0, 10)
