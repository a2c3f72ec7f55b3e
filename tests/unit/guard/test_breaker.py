"""The breaker: every transition of its table, and what must never move it."""

import pytest

from podium.graph.guards import Breaker
from podium.guard.breaker import BreakerState
from podium.outcomes import BreakerOpen
from tests.unit.guard.watched import CLOSED, HALF_OPEN, LEASE_MS, OPEN, T0, Watched


def opened(policy: Breaker | None = None) -> Watched:
    breaker = Watched(policy)
    breaker.fail(breaker.policy.consecutive or breaker.policy.calls_min)
    assert breaker.state is OPEN
    return breaker


def half_open() -> tuple[Watched, int]:
    breaker = opened()
    return breaker, breaker.permit(breaker.opens_at)


# ----- closed


def test_it_opens_after_so_many_failures_in_a_row() -> None:
    breaker = Watched()
    breaker.fail(4)
    breaker.succeed(1)
    breaker.fail(4)
    assert breaker.state is CLOSED
    breaker.fail(1)
    assert (breaker.state, breaker.changes, breaker.cause) == (OPEN, [OPEN], "down")


def test_below_so_many_calls_no_rate_opens_it() -> None:
    breaker = Watched(Breaker(consecutive=None, calls_min=10))
    breaker.fail(9)
    assert breaker.state is CLOSED
    breaker.fail(1)
    assert breaker.state is OPEN


@pytest.mark.parametrize("ends", ["well", "badly"])
def test_it_opens_on_the_call_that_makes_the_share_too_large(ends: str) -> None:
    breaker = Watched(Breaker(consecutive=None, calls_min=10, failure_rate=0.5))
    for _ in range(4):
        breaker.succeed(1)
        breaker.fail(1)
    breaker.fail(1)
    assert breaker.state is CLOSED
    breaker.succeed(1) if ends == "well" else breaker.fail(1)
    assert breaker.state is OPEN


def test_it_opens_when_too_many_calls_are_slow_though_none_failed() -> None:
    breaker = Watched(Breaker(calls_min=10, slow_rate=0.8))
    for _ in range(9):
        breaker.succeeded(breaker.permit(), T0, is_slow=True)
    view = breaker.view(T0)
    assert (view.state, view.slow, view.failures) == (CLOSED, 9, 0)
    breaker.succeeded(breaker.permit(), T0, is_slow=True)
    assert breaker.state is OPEN


def test_what_is_older_than_the_window_does_not_count() -> None:
    breaker = Watched(Breaker(consecutive=None, calls_min=10, window=30.0))
    breaker.fail(9)
    breaker.fail(1, T0 + 30_000)
    assert breaker.state is CLOSED
    assert breaker.view(T0 + 30_000).calls == 1
    assert breaker.view(T0 + 3_600_000).calls == 0


def test_window_forgets_bit_by_bit() -> None:
    breaker = Watched(Breaker(consecutive=None, calls_min=100, window=30.0))
    for slot in range(10):
        breaker.fail(1, T0 + slot * 3_000)
    end = T0 + 27_000
    assert [breaker.view(end + later * 3_000).calls for later in range(11)] == [10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0]


def test_caller_who_leaves_and_request_that_is_refused_are_no_failures() -> None:
    breaker = Watched()
    for _ in range(20):
        breaker.returned(breaker.permit())
    for _ in range(10):
        breaker.succeeded(breaker.permit(), T0)  # a 400 is an answer
    assert breaker.state is CLOSED
    assert breaker.view(T0).failures == 0


def test_a_thousand_failures_at_once_open_it_once() -> None:
    breaker = Watched()
    permits = [breaker.permit() for _ in range(1_000)]
    for permit in permits:
        breaker.failed(permit, T0, "down")
    assert (breaker.changes, breaker.trips, breaker.stale) == ([OPEN], 1, 995)


# ----- open


def test_late_failures_do_not_keep_it_open_longer() -> None:
    breaker = Watched()
    late = [breaker.permit() for _ in range(50)]
    breaker.fail(5)
    until = breaker.opens_at
    for permit in late:
        breaker.failed(permit, T0 + 1_000, "late")
        breaker.returned(permit)
    assert (breaker.opens_at, breaker.trips, breaker.epoch) == (until, 1, 2)


def test_each_refusal_is_a_new_one_and_says_when_and_why() -> None:
    breaker = opened()
    first, second = breaker.refusal(T0 + 1), breaker.refusal(T0 + 2)
    assert first is not second
    assert (first.name, first.retry_after_ms) == ("airline", breaker.opens_at - T0 - 1)
    assert "down" in str(first)


def test_causes_are_kept_short() -> None:
    breaker = Watched()
    breaker.failed(breaker.permit(), T0, "x" * 10_000)
    assert len(breaker.cause) == 300


def test_it_opens_for_twice_as_long_each_time_up_to_a_limit() -> None:
    breaker, was = opened(), T0
    for times in range(40):
        now, longest = breaker.opens_at, min(60_000, 5_000 * 2**times)
        assert longest <= now - was <= longest * 1.25
        breaker.failed(breaker.permit(now), now, "still down")
        was = now


def test_asking_takes_no_permit() -> None:
    Watched().check(T0)  # closed: it refuses nobody
    breaker = opened()
    with pytest.raises(BreakerOpen):
        breaker.check(breaker.opens_at - 1)
    now = breaker.opens_at
    breaker.check(now)
    assert breaker.state is OPEN
    assert breaker.permit(now) == breaker.epoch
    with pytest.raises(BreakerOpen):
        breaker.check(now)


# ----- half open


def test_only_one_probe_is_under_way_and_others_hear_how_long_it_may_take() -> None:
    breaker, _ = half_open()
    now = T0 + 10_000
    assert breaker.state is HALF_OPEN
    refused = breaker.refusal(now)
    assert refused.retry_after_ms is not None
    assert 0 < refused.retry_after_ms <= LEASE_MS


def test_so_many_good_probes_close_it_and_it_begins_anew() -> None:
    breaker, permit = half_open()
    now = T0 + 10_000
    breaker.succeeded(permit, now)
    breaker.succeed(1, now)
    assert breaker.state is HALF_OPEN
    breaker.succeed(1, now)
    assert (breaker.state, breaker.changes) == (CLOSED, [OPEN, HALF_OPEN, CLOSED])
    assert breaker.view(now).calls == 0
    breaker.fail(5, now)
    assert 5_000 <= breaker.opens_at - now <= 6_250, "it opens as for the first time"


@pytest.mark.parametrize("ends", ["failed", "slow"])
def test_bad_probe_opens_it_for_longer(ends: str) -> None:
    breaker, permit = half_open()
    now = T0 + 10_000
    if ends == "failed":
        breaker.failed(permit, now, "down")
    else:
        breaker.succeeded(permit, now, is_slow=True)
    assert breaker.state is OPEN
    assert 10_000 <= breaker.opens_at - now <= 12_500


def test_probe_that_is_called_off_makes_room_for_the_next() -> None:
    breaker, permit = half_open()
    now = T0 + 10_000
    breaker.returned(permit)
    assert breaker.state is HALF_OPEN
    assert breaker.permit(now) == permit, "it is of the same epoch"
    breaker.refusal(now)


def test_success_from_before_does_not_close_it() -> None:
    breaker = Watched()
    early = breaker.permit()
    breaker.fail(5)
    probe = breaker.permit(breaker.opens_at)
    breaker.succeeded(early, T0 + 9_000)
    assert breaker.state is HALF_OPEN
    breaker.refusal(T0 + 9_000)
    breaker.failed(probe, T0 + 9_000, "down")
    assert (breaker.state, breaker.stale) == (OPEN, 1)


def test_failure_from_before_does_not_count_after_it_closed() -> None:
    breaker = Watched()
    early = breaker.permit()
    breaker.fail(5)
    breaker.succeed(3, breaker.opens_at)
    assert breaker.state is CLOSED
    breaker.failed(early, T0 + 9_000, "down")
    assert (breaker.view(T0 + 9_000).calls, breaker.state) == (0, CLOSED)


def test_overdue_probe_reopens_it_from_the_end_of_its_lease() -> None:
    breaker = opened()
    began = breaker.opens_at
    permit = breaker.permit(began)
    assert breaker.view(began + LEASE_MS - 1).state is HALF_OPEN
    overdue = breaker.view(began + LEASE_MS)
    assert overdue.state is OPEN
    assert overdue.until_ms is not None
    assert 10_000 <= overdue.until_ms - (began + LEASE_MS) <= 12_500
    breaker.succeeded(permit, began + LEASE_MS + 1)
    assert (breaker.state, breaker.stale, breaker.trips) == (OPEN, 1, 2)


def test_overdue_probe_is_seen_late_and_counts_from_when_it_was_due() -> None:
    breaker = opened()
    began = breaker.opens_at
    breaker.permit(began)
    an_hour_later = began + 3_600_000
    assert breaker.permit(an_hour_later) == breaker.epoch
    assert (breaker.state, breaker.trips) == (HALF_OPEN, 2)


# ----- what people and other processes say


def test_person_may_force_it_open_until_told_otherwise() -> None:
    breaker = Watched()
    early = breaker.permit()
    breaker.force_open(None)
    refused = breaker.refusal(T0 + 10**9)
    assert refused.retry_after_ms is None
    assert "until a person says otherwise" in str(refused)
    breaker.failed(early, T0, "down")
    breaker.automatic()
    assert (breaker.permit(), breaker.state, breaker.stale) == (breaker.epoch, CLOSED, 1)


def test_order_of_a_person_ends_in_its_time() -> None:
    breaker = opened()
    breaker.force_open(T0 + 60_000)
    assert breaker.refusal(T0 + 59_000).retry_after_ms == 1_000
    assert breaker.permit(T0 + 60_000) == breaker.epoch
    assert breaker.state is CLOSED
    breaker.disable(T0 + 70_000)
    assert breaker.view(T0 + 69_999).state is BreakerState.DISABLED
    assert breaker.view(T0 + 70_000).state is CLOSED


def test_breaker_that_is_switched_off_lets_all_through_and_counts_none() -> None:
    breaker = opened()
    breaker.disable(None)
    breaker.fail(100, T0 + 1)
    assert breaker.state is BreakerState.DISABLED
    assert breaker.view(T0 + 1).calls == 0
    breaker.check(T0 + 1)


def test_orders_and_adoptions_are_not_told_as_its_own() -> None:
    breaker = Watched()
    breaker.force_open(None)
    breaker.disable(None)
    breaker.automatic()
    breaker.adopt_open(T0 + 1_000)
    assert breaker.changes == []


def test_of_two_processes_that_opened_it_the_longer_counts() -> None:
    breaker = Watched()
    early = breaker.permit()
    breaker.adopt_open(T0 + 1_000)
    breaker.succeeded(early, T0)
    assert (breaker.state, breaker.refusal(T0).retry_after_ms, breaker.stale) == (OPEN, 1_000, 1)
    breaker.adopt_open(T0 + 500)
    assert breaker.until_ms == T0 + 1_000
    breaker.adopt_open(T0 + 2_000)
    assert breaker.until_ms == T0 + 2_000


def test_probe_is_overtaken_by_another_process_that_found_it_unwell() -> None:
    breaker, permit = half_open()
    breaker.adopt_open(T0 + 60_000)
    breaker.succeeded(permit, T0 + 10_000)
    assert (breaker.state, breaker.stale) == (OPEN, 1)


@pytest.mark.parametrize("order", ["force_open", "disable"])
def test_order_of_a_person_counts_more_than_another_process(order: str) -> None:
    breaker = Watched()
    getattr(breaker, order)(None)
    state = breaker.state
    breaker.adopt_open(T0 + 1_000)
    assert breaker.state is state
