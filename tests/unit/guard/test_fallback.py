"""Another tool is asked only where the failure says nothing of it, and nothing can happen twice."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from podium.failure import FailureKind
from podium.guard.fallback import permits, share_ms

YES = {"not_sent", "transient", "rate_limited", "malformed_output", "deadline"}


@pytest.mark.parametrize("kind", FailureKind)
def test_kinds_of_failure_after_which_another_tool_may_be_asked(kind: FailureKind) -> None:
    assert permits(kind) is (kind.value in YES)


def test_three_candidates_that_use_all_their_time_share_it_40_30_30() -> None:
    shares, left = [], 10_000
    for nth in range(3):
        shares.append(share_ms(left, nth=nth, count=3))
        left -= shares[-1]
    assert (shares, left) == ([4_000, 3_000, 3_000], 0)


@given(left=some.integers(0, 10**9), count=some.integers(2, 4))
def test_first_candidate_has_40_percent_and_none_has_more_than_is_left(left: int, count: int) -> None:
    total, first = left, share_ms(left, nth=0, count=count)
    assert abs(first - 0.4 * total) <= 1
    left -= first
    for nth in range(1, count):
        share = share_ms(left, nth=nth, count=count)
        assert 0 <= share <= left
        left -= share
    assert left == 0


def test_time_that_one_does_not_use_is_for_those_after_it() -> None:
    assert share_ms(10_000, nth=1, count=2) == 10_000
    assert share_ms(10_000, nth=0, count=1) == 10_000
