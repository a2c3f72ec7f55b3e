"""Guards by name: who shares what, who may change it, and what people see."""

import pytest

from podium.graph.guards import Breaker, Budget, Bulkhead, CallPolicy, Rate
from podium.graph.policies import Retry
from podium.guard.breaker import BreakerState
from podium.guard.guards import ADOPTED_MS_MAX, BreakerChange
from podium.guard.latency import ENOUGH, KEPT, Latency
from podium.guard_errors import GuardConflictError
from tests.unit.guard.dependency import Bench

ONCE = Retry(attempts=1)


async def failed(bench: Bench, tool: str, policy: CallPolicy, times: int = 5) -> None:
    bench.behind.raises = ConnectionRefusedError("down")
    for _ in range(times):
        await bench.guards.ring(tool, policy).call(bench.call(is_once=True))


def state_of(bench: Bench, name: str) -> BreakerState:
    return next(view.state for view in bench.guards.breakers() if view.name == name)


async def test_tools_that_name_a_guard_share_it(bench: Bench) -> None:
    await failed(bench, "one", CallPolicy(breaker=Breaker("desk")), times=3)
    await failed(bench, "other", CallPolicy(breaker=Breaker("desk")), times=2)
    assert state_of(bench, "desk") is BreakerState.OPEN


async def test_guard_without_a_name_is_the_tools_own(bench: Bench) -> None:
    await failed(bench, "one", CallPolicy(breaker=Breaker()))
    bench.guards.ring("other", CallPolicy(breaker=Breaker()))
    assert (state_of(bench, "one"), state_of(bench, "other")) == (BreakerState.OPEN, BreakerState.CLOSED)


async def test_step_that_says_only_some_guards_keeps_the_tools_others(bench: Bench) -> None:
    await failed(bench, "one", CallPolicy(breaker=Breaker()))
    bench.guards.ring("one", CallPolicy(breaker=Breaker(), retry=ONCE))
    bench.guards.ring("one", CallPolicy(breaker=Breaker(calls_min=3)))
    assert [view.state for view in bench.guards.breakers()] == [BreakerState.OPEN, BreakerState.CLOSED]


def test_ring_is_made_once(bench: Bench) -> None:
    policy = CallPolicy()
    assert bench.guards.ring("one", policy) is bench.guards.ring("one", policy)
    assert bench.guards.ring("one", policy) is not bench.guards.ring("other", policy)


@pytest.mark.parametrize(
    ("one", "other", "kind"),
    [
        (CallPolicy(breaker=Breaker("x")), CallPolicy(breaker=Breaker("x", probes=1)), "Breaker"),
        (CallPolicy(bulkhead=Bulkhead(1, name="x")), CallPolicy(bulkhead=Bulkhead(2, name="x")), "Bulkhead"),
        (CallPolicy(rate=Rate("x", requests=1)), CallPolicy(rate=Rate("x", requests=2)), "Rate"),
        (CallPolicy(budget=Budget("x", money=1)), CallPolicy(budget=Budget("x", money=2)), "Budget"),
    ],
)
def test_two_policies_under_one_name_are_an_error(one: CallPolicy, other: CallPolicy, kind: str, bench: Bench) -> None:
    bench.guards.spending = object()  # type: ignore[assignment]  # nobody pays here
    bench.guards.ring("first", one)
    with pytest.raises(GuardConflictError, match=f"second and first share the {kind} 'x'") as caught:
        bench.guards.ring("second", other)
    assert caught.value.name == "x"


def test_what_is_computed_from_a_call_is_each_tools_own(bench: Bench) -> None:
    bench.guards.ring("one", CallPolicy(rate=Rate("model", tokens=100, estimate=lambda _: 1)))
    bench.guards.ring("other", CallPolicy(rate=Rate("model", tokens=100, usage=lambda _: 1)))
    assert len(bench.guards.view().rates) == 1


def test_people_see_all_of_them_by_name(bench: Bench) -> None:
    for name in ("b", "a"):
        guards = CallPolicy(breaker=Breaker(name), bulkhead=Bulkhead(2, name=name), rate=Rate(name, requests=60))
        bench.guards.ring(name, guards)
    view = bench.guards.view()
    assert [breaker.name for breaker in view.breakers] == ["a", "b"]
    assert [(bulkhead.name, bulkhead.limit, bulkhead.busy) for bulkhead in view.bulkheads] == [("a", 2, 0), ("b", 2, 0)]
    assert [(rate.name, rate.requests) for rate in view.rates] == [("a", 60), ("b", 60)]
    assert [(budget.name, budget.left) for budget in view.retry_budgets] == [("a", 500), ("b", 500)]
    assert view.left_behind == 0


# ----- what is said of breakers from outside


async def test_each_transition_is_told_with_wall_time(bench: Bench) -> None:
    told: list[BreakerChange] = []
    bench.guards.on_change = told.append
    bench.clock.jump(3_600_000)
    policy = CallPolicy(breaker=Breaker("desk", probes=1))
    await failed(bench, "one", policy)
    opens_at = told[0].until_ms
    assert opens_at is not None
    assert 5_000 <= opens_at - bench.clock.now_ms() <= 6_250
    await bench.clock.advance(opens_at - bench.clock.now_ms())
    bench.behind.raises = None
    await bench.guards.ring("one", policy).call(bench.call())
    assert [(change.name, change.state, change.epoch) for change in told] == [
        ("desk", BreakerState.OPEN, 2),
        ("desk", BreakerState.HALF_OPEN, 3),
        ("desk", BreakerState.CLOSED, 4),
    ]
    assert told[1].until_ms is None


@pytest.mark.parametrize("order", ["before", "after"])
@pytest.mark.parametrize(
    ("verb", "state"), [("force_open", BreakerState.FORCED_OPEN), ("disable", BreakerState.DISABLED)]
)
def test_order_of_a_person_holds_whether_or_not_the_breaker_is_known_yet(
    verb: str, state: BreakerState, order: str, bench: Bench
) -> None:
    policy = CallPolicy(breaker=Breaker("desk"))
    if order == "after":
        bench.guards.ring("one", policy)
    getattr(bench.guards, verb)("desk", until_ms=bench.clock.now_ms() + 5_000)
    bench.guards.force_open("another")
    bench.guards.ring("one", policy)
    assert bench.guards.breakers()[0].state is state
    assert bench.guards.breakers()[0].until_ms == bench.clock.now_ms() + 5_000
    bench.guards.automatic("desk")
    assert bench.guards.breakers()[0].state is BreakerState.CLOSED


def test_order_that_has_ended_is_not_obeyed(bench: Bench) -> None:
    bench.guards.force_open("desk", until_ms=bench.clock.now_ms())
    bench.guards.ring("one", CallPolicy(breaker=Breaker("desk")))
    assert state_of(bench, "desk") is BreakerState.CLOSED


def test_breaker_that_another_process_opened_is_open_for_no_more_than_a_while(bench: Bench) -> None:
    bench.guards.ring("one", CallPolicy(breaker=Breaker("desk")))
    bench.guards.adopt_open("desk", bench.clock.now_ms() + 3_600_000)
    view = bench.guards.breakers()[0]
    assert (view.state, view.until_ms) == (BreakerState.OPEN, bench.clock.now_ms() + ADOPTED_MS_MAX)


# ----- what is usual


def test_little_is_known_of_few_calls() -> None:
    latency = Latency()
    for ms in range(ENOUGH - 1):
        latency.note(ms)
    assert (latency.p50_ms, latency.p95_ms) == (None, None)
    latency.note(1_000)
    assert (latency.p50_ms, latency.p95_ms) == (5, 1_000)


def test_only_the_last_calls_count() -> None:
    latency = Latency()
    for _ in range(1_056):
        latency.note(10_000)
    for ms in range(KEPT):
        latency.note(ms)
    assert (latency.p50_ms, latency.p95_ms) == (64, 121)
