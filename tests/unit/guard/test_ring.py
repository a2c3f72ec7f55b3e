"""All guards of a call together: what the dependency sees, and what the caller gets."""

import asyncio
import random
import tracemalloc
from typing import Any

import httpx
import pytest

from podium.failure import FailureKind
from podium.graph.guards import Breaker, Bulkhead, Rate
from podium.graph.policies import Retry
from podium.guard.breaker import BreakerState
from podium.guard.deadline import remaining_ms
from podium.guard.flight import Leave, Miss
from podium.guard.guards import BreakerChange
from podium.guard.retry import ASKED, BREAKER, QUEUE
from podium.guard.retry_budget import CAPACITY
from podium.outcomes import BreakerOpen, BudgetExhausted, BulkheadFull, OutOfTime, RateExceeded
from tests.unit.guard.dependency import Bench

ONCE = Retry(attempts=1)
AT_ONCE = Retry(attempts=3, base=0, cap=0)
REQUEST = httpx.Request("GET", "http://model.example")


def replied(status: int, **headers: str) -> httpx.HTTPStatusError:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    reply = httpx.Response(status, request=REQUEST, headers=named)
    return httpx.HTTPStatusError(str(status), request=REQUEST, response=reply)


def quota() -> httpx.HTTPStatusError:
    reply = httpx.Response(429, request=REQUEST, json={"error": {"code": "insufficient_quota"}})
    return httpx.HTTPStatusError("429", request=REQUEST, response=reply)


async def many(bench: Bench, ring: Any, count: int) -> list[Any]:
    """Make calls at once, and return those that are over without time having passed, then the others."""
    tasks = [asyncio.create_task(ring.call(bench.call(run=f"run {nth}"))) for nth in range(count)]
    for _ in range(30):
        await asyncio.sleep(0)
    at_once = [task.result() for task in tasks if task.done()]
    await bench.clock.advance(60_000)
    return [*at_once, *(task.result() for task in tasks if task.result() not in at_once)]


async def trip(bench: Bench, ring: Any) -> int:
    """Let a dependency fail until its breaker opens, and return when it may be tried again."""
    bench.behind.raises = ConnectionRefusedError("down")
    while bench.guards.breakers()[0].state is BreakerState.CLOSED:
        await ring.call(bench.call(is_once=True))
    bench.behind.raises = None
    bench.behind.times.clear()
    return bench.guards.breakers()[0].until_ms or 0


# ----- the breaker, half open


async def test_of_a_thousand_callers_one_reaches_a_dependency_that_is_being_tried(bench: Bench) -> None:
    ring = bench.ring(retry=ONCE, breaker=Breaker("desk"))
    await bench.clock.advance(await trip(bench, ring) - bench.clock.now_ms())
    bench.behind.takes_ms = 50
    ended = await many(bench, ring, 1_000)
    assert bench.behind.calls == 1
    refused = [end.error for end in ended if isinstance(end, Miss)]
    assert len(refused) == 999
    assert all(
        isinstance(error, BreakerOpen) and error.retry_after_ms and error.retry_after_ms > 0 for error in refused
    )
    assert len({id(error) for error in refused}) == 999
    for _ in range(2):
        await bench.made(ring)
    assert bench.guards.breakers()[0].state is BreakerState.CLOSED


async def test_of_a_thousand_callers_one_reaches_a_dependency_that_is_still_down(bench: Bench) -> None:
    ring = bench.ring(retry=ONCE, breaker=Breaker("desk"))
    opens_at = await trip(bench, ring)
    bench.behind.raises, bench.behind.takes_ms = ConnectionRefusedError("down"), 50
    for times in range(1, 7):
        await bench.clock.advance(opens_at - bench.clock.now_ms())
        await many(bench, ring, 1_000)
        assert bench.behind.calls == times
        opens_at = bench.guards.breakers()[0].until_ms or 0
        open_ms = opens_at - bench.behind.times[-1] - 50
        longest = min(60_000, 5_000 * 2**times)
        assert longest <= open_ms <= longest * 1.25


async def test_each_caller_gets_its_own_error_and_the_breaker_opens_once(bench: Bench) -> None:
    changes: list[BreakerChange] = []
    bench.guards.on_change = changes.append
    ring = bench.ring(retry=ONCE, breaker=Breaker("desk"))
    errors = [ConnectionRefusedError(f"down {nth}") for nth in range(1_000)]
    bench.behind.raises, bench.behind.takes_ms = list(errors), 50
    ended = await many(bench, ring, 1_000)
    assert {id(end.error) for end in ended} == {id(error) for error in errors}
    assert [change.state for change in changes] == [BreakerState.OPEN]
    assert changes[0].name == "desk"
    assert changes[0].until_ms is not None
    assert 5_000 <= changes[0].until_ms - bench.behind.times[0] - 50 <= 6_250


async def test_probe_that_is_called_off_makes_room_for_the_next(bench: Bench) -> None:
    ring = bench.ring(retry=ONCE, breaker=Breaker("desk"))
    await bench.clock.advance(await trip(bench, ring) - bench.clock.now_ms())
    bench.behind.takes_ms = 50
    probe = asyncio.create_task(ring.call(bench.call()))
    await asyncio.sleep(0)
    assert bench.guards.breakers()[0].state is BreakerState.HALF_OPEN
    probe.cancel()
    with pytest.raises(asyncio.CancelledError):
        await probe
    assert bench.guards.breakers()[0].state is BreakerState.HALF_OPEN
    assert await bench.made(ring) == "answer 2"


async def test_probe_that_never_returns_is_given_up_and_its_late_answer_ignored(bench: Bench) -> None:
    ring = bench.ring(retry=ONCE, breaker=Breaker("desk"), timeout_ms=None)
    await bench.clock.advance(await trip(bench, ring) - bench.clock.now_ms())
    bench.behind.takes_ms = 100_000
    probe = asyncio.create_task(ring.call(bench.call()))
    await asyncio.sleep(0)
    await bench.clock.advance(61_000)
    view = bench.guards.breakers()[0]
    assert (view.state, view.trips) == (BreakerState.OPEN, 2)
    await bench.clock.advance(39_000)
    assert await probe == "answer 1"
    assert bench.guards.breakers()[0].stale == 1


async def test_wall_clock_that_jumps_does_not_move_the_opening(bench: Bench) -> None:
    ring = bench.ring(retry=ONCE, breaker=Breaker("desk"))
    left = await trip(bench, ring) - bench.clock.now_ms()
    bench.clock.jump(-3_600_000)
    await bench.clock.advance(left - 1)
    assert isinstance((await ring.call(bench.call(is_once=True))).error, BreakerOpen)
    bench.clock.jump(+7_200_000)
    assert isinstance((await ring.call(bench.call(is_once=True))).error, BreakerOpen)
    assert bench.guards.breakers()[0].until_ms == bench.clock.now_ms() + 1
    await bench.clock.advance(1)
    assert await ring.call(bench.call()) == "answer 1"


@pytest.mark.slow
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


async def test_slow_answers_open_it_and_waiting_in_a_queue_is_not_slow(bench: Bench) -> None:
    ring = bench.ring(retry=ONCE, breaker=Breaker("desk", slow=1.0), bulkhead=Bulkhead(1, queue=100))
    bench.behind.takes_ms = 500
    await many(bench, ring, 20)
    assert bench.guards.breakers()[0].slow == 0
    bench.behind.takes_ms = 1_001
    for _ in range(9):
        await bench.made(ring)
    assert bench.guards.breakers()[0].state is BreakerState.CLOSED
    await bench.made(ring)
    assert bench.guards.breakers()[0].state is BreakerState.OPEN


async def test_what_is_slow_is_learned_where_nobody_said_it(bench: Bench) -> None:
    ring = bench.ring(retry=ONCE, breaker=Breaker("desk", window=10_000))
    assert ring._attempts.latency.slow_ms == 60_000
    bench.behind.takes_ms = 30_000
    calls = [asyncio.create_task(ring.call(bench.call())) for _ in range(10)]
    await asyncio.sleep(0)
    await bench.clock.advance(30_000)
    await asyncio.gather(*calls)
    assert ring._attempts.latency.slow_ms == 90_000


# ----- one layer that retries


async def test_error_that_passes_is_tried_again_and_the_answer_is_the_callers(bench: Bench) -> None:
    bench.behind.raises = [TimeoutError(), TimeoutError(), None]
    assert await bench.made(bench.ring(retry=AT_ONCE)) == "answer 3"
    assert bench.guards.view().retry_budgets[0].left == CAPACITY - 14, "the last retry is paid back"


async def test_last_error_is_the_callers_when_all_tries_failed(bench: Bench) -> None:
    errors = [TimeoutError("1"), TimeoutError("2"), TimeoutError("3")]
    bench.behind.raises = list(errors)
    ended = await bench.made(bench.ring(retry=AT_ONCE))
    assert ended.error is errors[2]
    assert bench.behind.calls == 3


async def test_cancel_is_never_tried_again_and_leaves_no_permit_behind(bench: Bench) -> None:
    guards: dict[str, Any] = {"bulkhead": Bulkhead(1), "rate": Rate(requests=60), "timeout_ms": 1_000}
    guards["breaker"] = Breaker()
    ring = bench.ring(retry=AT_ONCE, classify=lambda _: FailureKind.TRANSIENT, **guards)
    bench.behind.takes_ms = 100
    task = asyncio.create_task(ring.call(bench.call()))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert task.cancelling() >= 1
    assert (bench.behind.calls, bench.behind.cancelled) == (1, 1)
    view = bench.guards.view()
    assert (view.bulkheads[0].busy, view.breakers[0].calls) == (0, 0)


async def test_cancel_while_it_waits_to_try_again_is_a_cancel(bench: Bench) -> None:
    ring = bench.ring(retry=Retry(attempts=3, base=5, cap=5))
    bench.behind.raises = TimeoutError()
    task = asyncio.create_task(ring.call(bench.call()))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert bench.behind.calls == 1


async def test_a_thousand_cancels_at_any_moment_leave_every_permit_free(bench: Bench) -> None:
    chance = random.Random(14)
    ring = bench.ring(
        retry=Retry(attempts=3, base=0.05, cap=0.2),
        timeout_ms=80,
        deadline_ms=2_000,
        breaker=Breaker("desk", consecutive=20),
        bulkhead=Bulkhead(3, queue=40),
        rate=Rate(requests=20_000),
    )

    async def answers() -> str:
        await bench.clock.sleep(chance.randrange(1, 120))
        if chance.random() < 0.3:
            raise ConnectionResetError
        return "yes"

    tasks: list[asyncio.Task[Any]] = []
    for nth in range(1_000):
        tasks.append(asyncio.create_task(ring.call(bench.call(make=answers, run=f"run {nth % 5}"))))
        if chance.random() < 0.4:
            await bench.clock.advance(chance.randrange(1, 60))
        chance.choice(tasks).cancel()
    await bench.clock.advance(60_000)
    ended = await asyncio.gather(*tasks, return_exceptions=True)
    kinds = {type(end) for end in ended}
    assert kinds == {str, Miss, asyncio.CancelledError}
    view = bench.guards.view()
    assert (view.bulkheads[0].busy, view.bulkheads[0].waiting, view.rates[0].waiting) == (0, 0, 0)
    assert len(bench.guards.wheel) == 0


async def test_cancelled_error_that_the_tool_raises_itself_is_its_failure(bench: Bench) -> None:
    async def gives_up() -> None:
        raise asyncio.CancelledError

    ended = await bench.made(bench.ring(retry=AT_ONCE), make=gives_up)
    assert ended.meaning.kind is FailureKind.CANCELLED


async def test_cancel_in_the_tick_of_the_time_out_wins(bench: Bench) -> None:
    ring = bench.ring(retry=AT_ONCE, timeout_ms=100)
    bench.behind.takes_ms = 1_000
    task = asyncio.create_task(ring.call(bench.call()))
    await asyncio.sleep(0)
    bench.clock.call_at(bench.clock.now_ms() + 100, lambda: (task.cancel(), None)[1])
    await bench.clock.advance(100)
    with pytest.raises(asyncio.CancelledError):
        await task
    assert bench.behind.calls == 1


async def test_budget_of_a_dependency_bounds_the_retries_of_all_its_callers(bench: Bench) -> None:
    ring = bench.ring(retry=AT_ONCE)
    bench.behind.raises = ConnectionResetError("down")
    ended = [await bench.made(ring) for _ in range(1_000)]
    assert bench.behind.calls <= 1_000 + 35
    assert isinstance(ended[-1].error, BudgetExhausted)
    assert isinstance(ended[-1].error.causes[-1], ConnectionResetError)
    assert ended[-1].meaning.kind is FailureKind.TRANSIENT, "it failed for what it failed"
    bench.behind.raises = None
    before = bench.guards.view().retry_budgets[0].left
    for _ in range(10):
        await bench.made(ring)
    assert bench.guards.view().retry_budgets[0].left == before + 10


async def test_tools_of_one_dependency_share_its_budget(bench: Bench) -> None:
    one, other = bench.ring("one", breaker=Breaker("desk")), bench.ring("other", rate=Rate("desk", requests=60))
    third = bench.ring("third", bulkhead=Bulkhead(name="disk"))
    own = bench.ring("own")
    names = [budget.name for budget in bench.guards.view().retry_budgets]
    assert names == ["desk", "disk", "own"]
    assert one.retrying.budget is other.retrying.budget
    assert third.retrying.budget is not own.retrying.budget


# ----- time


async def test_total_deadline_bounds_all_tries(bench: Bench) -> None:
    ring = bench.ring(deadline_ms=500, timeout_ms=10_000, retry=Retry(attempts=5, base=0.15, cap=0.15))
    bench.behind.takes_ms, bench.behind.raises = 300, ConnectionResetError("down")
    began = bench.clock.mono_ms()
    ended = await bench.made(ring)
    assert bench.clock.mono_ms() - began <= 510
    assert ended.meaning.kind is FailureKind.DEADLINE
    assert isinstance(ended.error, OutOfTime)
    assert 1 <= len(ended.error.causes) <= 2
    assert isinstance(ended.error.causes[0], ConnectionResetError)


async def test_attempt_that_hangs_ends_before_the_total_deadline(bench: Bench) -> None:
    ring = bench.ring(deadline_ms=500, timeout_ms=10_000)
    bench.behind.takes_ms = 2_000
    began = bench.clock.mono_ms()
    ended = await bench.made(ring)
    assert bench.clock.mono_ms() - began <= 510
    assert isinstance(ended.error, OutOfTime)
    assert isinstance(ended.error.causes[0], TimeoutError)
    assert bench.behind.cancelled == 1


async def test_no_attempt_is_begun_that_would_come_too_late(bench: Bench) -> None:
    for ring in (bench.ring("a", deadline_ms=99), bench.ring("b", timeout_ms=5, deadline_ms=99)):
        ended = await bench.made(ring)
        assert isinstance(ended.error, OutOfTime)
        assert ended.error.causes == ()
        assert ended.meaning.is_sure
    assert bench.behind.calls == 0


async def test_how_long_calls_usually_take_counts(bench: Bench) -> None:
    ring = bench.ring(deadline_ms=1_000)
    bench.behind.takes_ms = 600
    for _ in range(10):
        await bench.made(ring)
    assert await bench.made(ring, deadline_at=bench.clock.now_ms() + 700) == "answer 11"
    ended = await bench.made(ring, deadline_at=bench.clock.now_ms() + 599)
    assert isinstance(ended.error, OutOfTime)
    assert bench.behind.calls == 11


async def test_deadline_of_the_run_and_of_an_earlier_entry_bound_a_call_too(bench: Bench) -> None:
    ring = bench.ring(deadline_ms=10_000)
    now = bench.clock.now_ms()
    first = bench.call()
    assert ring.deadline_of(first) == bench.clock.mono_ms() + 10_000
    assert ring.own_deadline_at(first) == now + 10_000
    assert ring.own_deadline_at(bench.call()) is None
    assert ring.own_deadline_at(bench.call(own_deadline_at=7)) == 7
    assert ring.deadline_of(bench.call(own_deadline_at=now + 300)) == bench.clock.mono_ms() + 300
    assert ring.deadline_of(bench.call(deadline_at=now + 700)) == bench.clock.mono_ms() + 700
    assert ring.deadline_of(bench.call(deadline_at=now + 70_000)) == bench.clock.mono_ms() + 10_000
    assert bench.ring("free").deadline_of(bench.call()) is None


async def test_tool_sees_how_much_time_it_has(bench: Bench) -> None:
    async def asks() -> int | None:
        return remaining_ms()

    assert await bench.made(bench.ring("a"), make=asks) is None
    assert await bench.made(bench.ring("b", timeout_ms=700), make=asks) == 700
    assert await bench.made(bench.ring("c", timeout_ms=700, deadline_ms=500), make=asks) == 450
    assert await bench.made(bench.ring("d", deadline_ms=500), make=asks) == 450


async def test_attempt_that_has_to_settle_is_cut_short_only_by_its_tools_own_time(bench: Bench) -> None:
    async def asks() -> int | None:
        return remaining_ms()

    soon = bench.clock.now_ms() + 300
    free, timed = bench.ring("a"), bench.ring("b", timeout_ms=700)
    hurried = bench.ring("c", timeout_ms=700, deadline_ms=500)
    assert await bench.made(free, make=asks, settles=True, deadline_at=soon) is None
    assert await bench.made(timed, make=asks, settles=True, deadline_at=soon) == 700
    assert await bench.made(hurried, make=asks, settles=True, deadline_at=soon) == 450
    late = await bench.made(timed, make=asks, settles=True, deadline_at=bench.clock.now_ms() + 50)
    assert isinstance(late.error, OutOfTime), "but it is not begun too late"


# ----- what the other side asks for


async def test_nobody_calls_earlier_than_was_asked_for(bench: Bench) -> None:
    ring = bench.ring(retry=Retry(attempts=2))
    bench.behind.raises = [replied(503, retry_after="7"), None]
    assert await bench.made(ring) == "answer 2"
    first, second = bench.behind.times
    assert 7_000 <= second - first <= 7_700 + 10


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


async def test_storm_of_refusals_slows_the_limiter_and_opens_no_breaker(bench: Bench) -> None:
    ring = bench.ring(retry=Retry(attempts=100), breaker=Breaker("model"), rate=Rate("model", requests=600))
    storm_ends = bench.clock.mono_ms() + 60_000
    asked: list[int] = []

    async def model() -> str:
        now = bench.clock.mono_ms()
        assert not asked or now >= asked[-1], "nobody came earlier than was asked"
        bench.behind.times.append(now)
        if now < storm_ends:
            asked.append(now + 2_000)
            raise replied(429, retry_after="2")
        return "yes"

    tasks = [asyncio.create_task(ring.call(bench.call(make=model))) for _ in range(40)]
    await asyncio.sleep(0)
    await bench.clock.advance(50_000)
    view = bench.guards.view()
    assert view.breakers[0].state is BreakerState.CLOSED
    assert view.breakers[0].trips == 0
    assert view.rates[0].requests is not None
    assert view.rates[0].requests < 300
    for task in tasks:
        task.cancel()


async def test_quota_that_is_used_up_is_not_asked_for_again(bench: Bench) -> None:
    bench.behind.raises = quota()
    ended = await bench.made(bench.ring(retry=AT_ONCE))
    assert (bench.behind.calls, ended.meaning.kind) == (1, FailureKind.PERMANENT)


# ----- refusals of our own


async def test_open_breaker_takes_no_try_and_is_waited_for_once(bench: Bench) -> None:
    ring = bench.ring(retry=AT_ONCE, breaker=Breaker("desk"))
    opens_at = await trip(bench, ring)
    bench.behind.raises = [None]
    task = asyncio.create_task(ring.call(bench.call()))
    await asyncio.sleep(0)
    assert not task.done()
    assert bench.behind.calls == 0
    assert await bench.over(task) == "answer 1"
    assert bench.behind.times[0] >= opens_at


async def test_breaker_that_stays_open_is_the_end_after_one_wait(bench: Bench) -> None:
    ring = bench.ring(retry=AT_ONCE, breaker=Breaker("desk"))
    await trip(bench, ring)
    task = asyncio.create_task(ring.call(bench.call()))
    await asyncio.sleep(0)
    bench.guards.adopt_open("desk", bench.clock.now_ms() + 20_000)
    ended = await bench.over(task)
    assert isinstance(ended.error, BreakerOpen)
    assert bench.behind.calls == 0
    assert ended.meaning.is_sure


async def test_breaker_that_opens_for_long_lets_go_of_the_worker(bench: Bench) -> None:
    ring = bench.ring(retry=AT_ONCE, breaker=Breaker("desk"))
    bench.guards.adopt_open("desk", bench.clock.now_ms() + 60_000)
    left = await bench.made(ring)
    assert isinstance(left, Leave)
    assert (left.tries, left.why) == (0, BREAKER)
    ended = await bench.made(ring, tries=left.tries, why=left.why)
    assert isinstance(ended.error, BreakerOpen), "it has waited for it"


async def test_breaker_that_opens_while_one_waits_in_a_queue_refuses_at_the_end_of_it(bench: Bench) -> None:
    ring = bench.ring(retry=ONCE, breaker=Breaker("desk"), bulkhead=Bulkhead(1), rate=Rate(requests=600))
    bench.behind.takes_ms = 100
    first = asyncio.create_task(ring.call(bench.call()))
    second = asyncio.create_task(ring.call(bench.call()))
    await asyncio.sleep(0)
    bench.guards.force_open("desk")
    ended = await bench.over(second)
    assert isinstance(ended.error, BreakerOpen)
    assert await first == "answer 1"
    assert bench.behind.calls == 1
    assert bench.guards.view().bulkheads[0].busy == 0


async def test_full_bulkhead_is_waited_for_as_long_as_there_is_time(bench: Bench) -> None:
    ring = bench.ring(retry=Retry(), bulkhead=Bulkhead(2, queue=3))
    bench.behind.takes_ms = 1_000
    tasks = [asyncio.create_task(ring.call(bench.call())) for _ in range(40)]
    for task in tasks:
        assert str(await bench.over(task)).startswith("answer")
    assert bench.behind.peak == 2
    assert bench.guards.view().bulkheads[0].rejected > 0


async def test_full_bulkhead_refuses_who_tries_once(bench: Bench) -> None:
    ring = bench.ring(retry=ONCE, bulkhead=Bulkhead(1, queue=0), rate=Rate(requests=600))
    bench.behind.takes_ms = 1_000
    first = asyncio.create_task(ring.call(bench.call()))
    await asyncio.sleep(0)
    ended = await bench.made(ring)
    assert isinstance(ended.error, BulkheadFull)
    assert (ended.meaning.kind, ended.meaning.is_sure) == (FailureKind.NOT_SENT, True)
    first.cancel()


async def test_long_queue_of_a_rate_lets_go_of_the_worker_and_keeps_a_place(bench: Bench) -> None:
    ring = bench.ring(rate=Rate(requests=60))
    tasks = [asyncio.create_task(ring.call(bench.call())) for _ in range(40)]
    await asyncio.sleep(0)
    left = [task.result() for task in tasks if task.done() and isinstance(task.result(), Leave)]
    assert left
    assert all((one.why, one.tries) == (QUEUE, 0) and one.ms > 30_000 for one in left)
    await bench.clock.advance(left[0].ms)
    assert str(await bench.made(ring, why=QUEUE)).startswith("answer")


async def test_queue_of_a_rate_that_is_longer_than_the_deadline_is_not_joined(bench: Bench) -> None:
    ring = bench.ring(rate=Rate(requests=6), deadline_ms=5_000)
    assert await bench.made(ring) == "answer 1"
    ended = await ring.call(bench.call())
    assert isinstance(ended.error, OutOfTime)
    assert isinstance(ended.error.causes[0], RateExceeded)


# ----- tokens


async def test_tokens_are_reserved_as_estimated_and_settled_as_used(bench: Bench) -> None:
    rate = Rate(tokens=6_000, estimate=lambda args: args["words"] * 10, usage=len)
    ring = bench.ring(rate=rate)
    assert await bench.made(ring, arguments=lambda: {"words": 50}) == "answer 1"
    limiter = bench.guards._limiters["ask", rate]
    assert limiter._tokens is not None
    assert limiter._tokens.admitted == len("answer 1")


async def test_estimate_that_fails_fails_the_call_before_it_is_sent(bench: Bench) -> None:
    ring = bench.ring(retry=AT_ONCE, rate=Rate(tokens=6_000, estimate=lambda args: int(args["words"])))
    ended = await bench.made(ring)
    assert isinstance(ended.error, KeyError)
    assert (ended.meaning.kind, ended.meaning.is_sure) == (FailureKind.PERMANENT, True)
    assert bench.behind.calls == 0


async def test_usage_that_fails_leaves_the_estimate(bench: Bench) -> None:
    rate = Rate(tokens=6_000, estimate=lambda _: 500, usage=int)
    assert await bench.made(bench.ring(rate=rate)) == "answer 1"
    limiter = bench.guards._limiters["ask", rate]
    assert limiter._tokens is not None
    assert limiter._tokens.admitted == 500


async def test_asking_about_a_write_counts_as_a_request_of_no_tokens(bench: Bench) -> None:
    rate = Rate(requests=60, tokens=6_000, estimate=lambda _: 500)
    ring = bench.ring(rate=rate, breaker=Breaker())
    assert await ring.ask(bench.call(), None) == "answer 1"
    limiter = bench.guards._limiters["ask", rate]
    assert limiter._tokens is not None
    assert limiter._requests is not None
    assert (limiter._tokens.admitted, limiter._requests.admitted) == (0, 1)
    assert bench.guards.breakers()[0].calls == 1


async def test_calls_tried_one_by_one_pay_and_are_paid_as_others(bench: Bench) -> None:
    ring, call = bench.ring(retry=Retry()), bench.call()
    bench.behind.raises = [ConnectionRefusedError(), None]
    tries = ring.tries_of(call, None)
    missed = await ring.attempt(call, None)
    assert not isinstance(ring.after(tries, missed), Miss)
    assert bench.guards.view().retry_budgets[0].left == CAPACITY - 14
    assert await ring.attempt(call, None) == "answer 2"
    ring.succeeded(tries)
    assert bench.guards.view().retry_budgets[0].left == CAPACITY
