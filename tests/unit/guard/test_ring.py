"""All guards of a call together: what the dependency sees, and what the caller gets."""

import asyncio

import pytest

from podium.failure import FailureKind
from podium.graph.guards import Breaker, Bulkhead, Rate
from podium.graph.policies import Retry
from podium.guard.breaker import BreakerState
from podium.guard.deadline import remaining_ms
from podium.guard.flight import Leave, Miss
from podium.guard.retry import BREAKER, QUEUE
from podium.guard.retry_budget import CAPACITY
from podium.outcomes import BreakerOpen, BudgetExhausted, BulkheadFull, OutOfTime, RateExceeded
from tests.unit.guard.dependency import Bench, many, trip

ONCE = Retry(attempts=1)
AT_ONCE = Retry(attempts=3, base=0, cap=0)


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


async def test_budget_of_a_dependency_bounds_the_retries_of_all_its_callers(bench: Bench) -> None:
    ring = bench.ring(retry=AT_ONCE)
    bench.behind.raises = ConnectionResetError("down")
    ended = [await bench.made(ring) for _ in range(1_000)]
    assert bench.behind.calls == 1_000 + 35
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


@pytest.mark.parametrize(("share", "begun"), [(0.999, 1), (0.7, 1), (0.5, 2), (0.0, 2)])
async def test_total_deadline_bounds_all_tries(bench: Bench, share: float, begun: int) -> None:
    ring = bench.ring(deadline_ms=500, timeout_ms=10_000, retry=Retry(attempts=5, base=0.15, cap=0.15))
    ring.retrying.share = lambda: share
    had: list[tuple[int, int | None]] = []
    began = bench.clock.mono_ms()

    async def fails() -> None:
        had.append((bench.clock.mono_ms() - began, remaining_ms()))
        await bench.clock.sleep(300)
        raise ConnectionResetError("down")

    ended = await bench.made(ring, make=fails)
    assert bench.clock.mono_ms() - began <= 510
    assert ended.meaning.kind is FailureKind.DEADLINE
    assert isinstance(ended.error, OutOfTime)
    assert [type(cause) for cause in ended.error.causes] == [ConnectionResetError, TimeoutError][:begun]
    assert len(had) == begun, "none is begun that has less than a tenth of a second"
    assert had[0] == (0, 450)
    assert all(left == 500 - at - 50 for at, left in had), "a reserve is left to say how it ended"


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
    assert opens_at <= bench.behind.times[0] <= opens_at + 625, "up to a tenth of the time it was told"


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


async def test_what_is_refused_after_its_turn_at_a_rate_gives_its_place_back(bench: Bench) -> None:
    rate = Rate(requests=600, tokens=6_000, estimate=lambda _: 50)
    ring = bench.ring(retry=ONCE, rate=rate, bulkhead=Bulkhead(1, queue=0))
    bench.behind.takes_ms = 1_000
    first = asyncio.create_task(ring.call(bench.call()))
    await asyncio.sleep(0)
    for _ in range(5):
        assert isinstance((await ring.call(bench.call())).error, BulkheadFull)
    limiter = bench.guards._limiters["ask", rate]
    assert limiter._requests is not None
    assert limiter._tokens is not None
    assert (limiter._requests.admitted, limiter._tokens.admitted) == (1, 50)
    await bench.over(first)
