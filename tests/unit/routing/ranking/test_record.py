import pytest
from hypothesis import given
from hypothesis import strategies as st

from podium.routing.ranking.record import HALF_LIFE_MS, PRIOR, Outcome, TrackRecord

USUAL = PRIOR[0] / sum(PRIOR)
OUTCOMES = st.lists(st.builds(Outcome, succeeded=st.booleans(), at_ms=st.integers(0, 10**10)), max_size=20)


def record(outcomes: str, step: str = "s", at_ms: int = 0) -> TrackRecord:
    found = TrackRecord()
    for each in outcomes:
        found.count("t", step, Outcome(succeeded=each == "+", at_ms=at_ms))
    return found


def test_nothing_is_known_of_a_tool_at_first() -> None:
    assert TrackRecord().success("t", "s", now_ms=0) == pytest.approx(USUAL)
    assert TrackRecord().worth("t", "s", now_ms=0) == 1


def test_failures_cost_and_successes_are_worth_a_little() -> None:
    failed, succeeded = record("-" * 5), record("+" * 500)
    assert failed.worth("t", "s", now_ms=0) < 0.6
    assert 1.1 < succeeded.worth("t", "s", now_ms=0) <= 1 / USUAL


def test_failures_at_one_step_count_less_at_another() -> None:
    found = record("+" * 40, step="other")
    for _ in range(10):
        found.count("t", "s", Outcome(succeeded=False, at_ms=0))
    here, there, elsewhere = (found.success("t", step, now_ms=0) for step in ("s", "other", "third"))
    assert here < elsewhere < there


def test_what_is_past_counts_half_after_each_half_life() -> None:
    found = record("++-+")
    assert found.calls("t", now_ms=2 * HALF_LIFE_MS) == pytest.approx(1)
    assert found.success("t", "", now_ms=60 * HALF_LIFE_MS) == pytest.approx(USUAL)


@given(OUTCOMES, st.data())
def test_outcomes_that_come_late_count_as_if_they_had_come_in_time(
    outcomes: list[Outcome], data: st.DataObject
) -> None:
    in_time, late = TrackRecord(), TrackRecord()
    for outcome in sorted(outcomes, key=lambda each: each.at_ms):
        in_time.count("t", "s", outcome)
    for outcome in data.draw(st.permutations(outcomes)):
        late.count("t", "s", outcome)
    now_ms = 10**10
    assert late.success("t", "s", now_ms=now_ms) == pytest.approx(in_time.success("t", "s", now_ms=now_ms))
    assert late.calls("t", now_ms=now_ms) == pytest.approx(in_time.calls("t", now_ms=now_ms))


@given(OUTCOMES)
def test_a_share_of_success_is_a_share(outcomes: list[Outcome]) -> None:
    found = TrackRecord()
    for outcome in outcomes:
        found.count("t", "s", outcome)
    assert 0 < found.success("t", "s", now_ms=10**10) < 1


def test_of_two_that_succeed_the_faster_and_the_cheaper_one_is_worth_more() -> None:
    found = TrackRecord()
    for name, latency_ms, cost_micros in (("fast", 10.0, 0.0), ("slow", 60_000.0, 0.0), ("dear", 10.0, 1e6)):
        found.count(name, "s", Outcome(succeeded=True, at_ms=0, latency_ms=latency_ms, cost_micros=cost_micros))
    fast, slow, dear = (found.worth(name, "s", now_ms=0) for name in ("fast", "slow", "dear"))
    assert fast > slow > 0.9 * fast
    assert fast > dear > 0.9 * fast


def test_what_is_forgotten_is_not_known() -> None:
    found = record("-")
    found.forget("t")
    assert found.tallies == {}


def test_a_step_without_a_name_is_the_tool_as_a_whole() -> None:
    assert record("+", step="").calls("t", now_ms=0) == 1
