"""Waits between attempts stay inside the cap and are spread over all of it."""

import random
from datetime import timedelta

import pytest

from podium.graph.policies import Retry
from podium.guard.retry import delay_ms

PATIENT = Retry(attempts=10_000, base=0.05, cap=20.0)


def longest_ms(retry: Retry, attempt: int) -> int | None:
    return delay_ms(retry, attempt=attempt, share=lambda: 1.0)


def test_longest_wait_doubles_up_to_the_cap() -> None:
    assert [longest_ms(PATIENT, attempt) for attempt in (1, 2, 3, 9, 10, 11)] == [50, 100, 200, 12_800, 20_000, 20_000]


def test_last_attempt_is_followed_by_none() -> None:
    assert longest_ms(Retry(attempts=3), 2) is not None
    assert longest_ms(Retry(attempts=3), 3) is None
    assert longest_ms(Retry(attempts=1), 1) is None


def test_attempt_5000_does_not_overflow() -> None:
    assert longest_ms(PATIENT, 5_000) == 20_000


def test_waits_at_the_cap_are_spread_over_all_of_it() -> None:
    draw = random.Random(7).random
    waits = [delay_ms(PATIENT, attempt=50, share=draw) or 0 for _ in range(2_000)]
    assert 0 <= min(waits) < 100
    assert 19_900 < max(waits) <= 20_000
    in_each_quarter = [sum(low <= wait < low + 5_000 for wait in waits) for low in range(0, 20_000, 5_000)]
    assert all(400 < count < 600 for count in in_each_quarter)


def test_no_share_no_wait() -> None:
    assert delay_ms(PATIENT, attempt=4, share=lambda: 0.0) == 0


def test_durations_may_be_timedeltas() -> None:
    retry = Retry(attempts=3, base=timedelta(seconds=1), cap=timedelta(minutes=1))
    assert longest_ms(retry, 1) == 1_000


def test_attempts_count_from_one() -> None:
    with pytest.raises(AssertionError):
        longest_ms(PATIENT, 0)
