"""Whoever has a choice of tools asks first how they are, and one of all those who ask tries what was left alone."""

from podium.graph.guards import Breaker, CallPolicy
from podium.guard.breaker import OFFER_MS
from podium.workflow.current import Health
from tests.unit.guard.dependency import Bench
from tests.unit.guard.test_guards import failed
from tests.unit.guard.watched import Watched

POLICY = CallPolicy(breaker=Breaker("airline", open_for=5, open_for_max=5))
LONGEST_MS = 6_250


async def opened(bench: Bench) -> None:
    await failed(bench, "book", POLICY)
    assert bench.guards.health("book", POLICY).is_open


def test_what_has_no_breaker_or_a_closed_one_is_well(bench: Bench) -> None:
    assert bench.guards.health("book", CallPolicy()) == Health()
    assert bench.guards.health("book", POLICY) == Health()


async def test_what_is_left_alone_says_why(bench: Bench) -> None:
    await opened(bench)
    assert "airline is left alone for another" in bench.guards.health("book", POLICY).why
    assert "last failure: ConnectionRefusedError" in bench.guards.health("book", POLICY).why


async def test_its_time_over_one_of_those_who_ask_has_the_turn_to_try_it(bench: Bench) -> None:
    await opened(bench)
    await bench.clock.advance(LONGEST_MS)
    asked = [bench.guards.health("book", POLICY) for _ in range(3)]
    assert [(one.is_open, one.on_trial, one.has_turn) for one in asked] == [
        (False, True, True),
        (False, True, False),
        (False, True, False),
    ]


async def test_it_is_well_again_after_its_probes(bench: Bench) -> None:
    await opened(bench)
    await bench.clock.advance(LONGEST_MS)
    bench.behind.raises = None
    for _ in range(3):
        assert bench.guards.health("book", POLICY).has_turn
        await bench.guards.ring("book", POLICY).call(bench.call(is_once=True))
    assert bench.guards.health("book", POLICY) == Health()


async def test_switched_off_it_counts_as_well(bench: Bench) -> None:
    await opened(bench)
    bench.guards.disable("airline")
    assert bench.guards.health("book", POLICY) == Health()


def test_a_turn_that_nobody_takes_goes_to_the_next_after_a_second() -> None:
    breaker = Watched()
    breaker.fail(5)
    asked_at = breaker.opens_at
    given = [breaker.offer(asked_at + ms) for ms in (0, OFFER_MS - 1, OFFER_MS, OFFER_MS + 1)]
    assert given == [True, False, True, False]


def test_a_turn_ends_with_the_call_that_takes_it() -> None:
    breaker = Watched()
    breaker.fail(5)
    at = breaker.opens_at
    assert breaker.offer(at)
    permit = breaker.permit(at)
    breaker.returned(permit)
    assert breaker.offer(at)
    breaker.succeeded(breaker.permit(at), at)
    assert breaker.offer(at)
