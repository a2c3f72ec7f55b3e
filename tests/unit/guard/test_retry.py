"""Waits between attempts stay inside the cap and are spread over all of it."""

import random
from collections import Counter
from datetime import timedelta

import pytest

from podium.graph.policies import Retry
from podium.guard.classify import meaning_of
from podium.guard.clock import Share
from podium.guard.flight import Miss
from podium.guard.meaning import CANCELLED, IN_PROGRESS, LIMITED, NOT_SENT, REFUSED, UNWELL, Meaning
from podium.guard.retry import (
    ASKED,
    BACKOFF,
    BREAKER,
    QUEUE,
    Pause,
    Retrying,
    Tries,
    after_asked_ms,
    delay_ms,
    is_given_up,
)
from podium.guard.retry_budget import CAPACITY, RetryBudget
from podium.outcomes import BreakerOpen, BudgetExhausted, BulkheadFull, GaveUp, OutOfTime, RateExceeded
from podium.testing.clock import FakeClock
from tests.unit.guard.dependency import dice

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
    waits = [delay_ms(PATIENT, attempt=50, share=draw) or 0 for _ in range(10_000)]
    assert max(Counter(waits).values()) <= 10, "no wait is drawn by more than one in a thousand"
    assert sum(waits) / len(waits) == pytest.approx(10_000, rel=0.02)
    assert min(waits) < 100
    assert 19_900 < max(waits) <= 20_000


def test_no_share_no_wait() -> None:
    assert delay_ms(PATIENT, attempt=4, share=lambda: 0.0) == 0


def test_durations_may_be_timedeltas() -> None:
    retry = Retry(attempts=3, base=timedelta(seconds=1), cap=timedelta(minutes=1))
    assert longest_ms(retry, 1) == 1_000


def test_attempts_count_from_one() -> None:
    with pytest.raises(AssertionError):
        longest_ms(PATIENT, 0)


# ----- the tries of one call


class Told:
    """The tries of a call, and what follows each failure."""

    def __init__(
        self, clock: FakeClock, retry: Retry | None = None, *, share: Share | None = None, **said: int
    ) -> None:
        self.budget = RetryBudget("model")
        self.clock = clock
        retrying = Retrying(retry or Retry(), self.budget, clock, share or dice())
        left_ms = said.get("left_ms")
        deadline = None if left_ms is None else clock.mono_ms() + left_ms
        self.tries = Tries(retrying, deadline_ms=deadline, count=said.get("count", 0))

    def after(self, meaning: Meaning, error: Exception | None = None, *, worth_ms: int = 100) -> Pause | GaveUp | None:
        return self.tries.after(error or ValueError("it failed"), meaning, worth_ms=worth_ms)

    def pause(self, meaning: Meaning, error: Exception | None = None) -> Pause:
        said = self.after(meaning, error)
        assert isinstance(said, Pause)
        return said


def limited(ms: int) -> Meaning:
    return LIMITED._replace(retry_after_ms=ms)


def test_it_is_tried_so_often_in_all(clock: FakeClock) -> None:
    told = Told(clock)
    assert [told.pause(UNWELL).why for _ in range(2)] == [BACKOFF, BACKOFF]
    assert told.after(UNWELL) is None
    assert told.tries.count == 3


def test_tries_of_an_earlier_entry_count(clock: FakeClock) -> None:
    told = Told(clock, count=2)
    assert told.after(UNWELL) is None


@pytest.mark.parametrize("meaning", [REFUSED, CANCELLED])
def test_what_will_fail_again_is_not_tried_again(meaning: Meaning, clock: FakeClock) -> None:
    assert Told(clock).after(meaning) is None


def test_refusal_for_now_is_waited_for_longer(clock: FakeClock) -> None:
    longest = [Told(clock, share=lambda: 1.0).pause(meaning).ms for meaning in (UNWELL, NOT_SENT, IN_PROGRESS, LIMITED)]
    assert longest == [50, 50, 50, 1_000]
    impatient = Retry(attempts=3, base=0.01, cap=0.1)
    assert Told(clock, impatient, share=lambda: 1.0).pause(LIMITED).ms == 1_000


@pytest.mark.parametrize("asked_ms", [0, 100, 7_000, 600_000])
def test_who_is_asked_to_wait_waits_no_less_and_a_little_more(asked_ms: int) -> None:
    waits = [after_asked_ms(asked_ms, dice(seed)) for seed in range(500)]
    assert asked_ms <= min(waits)
    assert max(waits) <= asked_ms + max(asked_ms * 0.1, 250)
    assert max(waits) - min(waits) > max(asked_ms * 0.09, 200), "they do not all come back at once"


def test_asked_seven_seconds_it_waits_at_most_seven_tenths_more(clock: FakeClock) -> None:
    pause = Told(clock, share=lambda: 1.0).pause(UNWELL._replace(retry_after_ms=7_000))
    assert pause == Pause(7_700, ASKED)


def test_asked_to_wait_beyond_the_deadline_it_fails_now_and_says_when(clock: FakeClock) -> None:
    told = Told(clock, left_ms=60_000)
    ended = told.after(limited(600_000))
    assert isinstance(ended, OutOfTime)
    assert ended.retry_at == clock.now_ms() + 600_000
    assert [str(cause) for cause in ended.causes] == ["it failed"]


def test_no_wait_that_leaves_too_little_for_an_attempt(clock: FakeClock) -> None:
    slow = Retry(attempts=5, base=10, cap=10)
    assert isinstance(Told(clock, slow, share=lambda: 0.99, left_ms=9_999).after(UNWELL), OutOfTime)
    assert isinstance(Told(clock, slow, share=lambda: 0.99, left_ms=10_000).after(UNWELL), Pause)
    assert isinstance(Told(clock, slow, share=lambda: 0.0, left_ms=700).after(UNWELL, worth_ms=701), OutOfTime)
    ended = Told(clock, slow, share=lambda: 0.99, left_ms=9_999).after(UNWELL)
    assert isinstance(ended, OutOfTime)
    assert ended.retry_at is None


# ----- refusals of our own guards


def test_refusal_by_a_guard_is_no_try_and_costs_nothing(clock: FakeClock) -> None:
    told = Told(clock, share=lambda: 0.5)
    full = BulkheadFull("desk", "full", retry_after_ms=200)
    pauses = [told.pause(meaning_of(full), full) for _ in range(8)]
    assert [pause.ms for pause in pauses] == [700, 1_200, 2_200, 4_200, 8_200, 10_200, 10_200, 10_200]
    assert {pause.why for pause in pauses} == {QUEUE}
    assert (told.tries.count, told.tries.paid, told.budget.left) == (0, 0, CAPACITY)


def test_who_is_told_when_to_come_back_comes_back_then(clock: FakeClock) -> None:
    away = RateExceeded("model", "later", retry_after_ms=45_000)
    assert Told(clock).pause(meaning_of(away), away) == Pause(45_000, QUEUE)
    never = RateExceeded("model", "too large")
    assert Told(clock).after(meaning_of(never), never) is None


def test_open_breaker_is_waited_for_once(clock: FakeClock) -> None:
    told = Told(clock, share=lambda: 0.5)
    refused = BreakerOpen("desk", "open", retry_after_ms=4_000)
    assert told.pause(meaning_of(refused), refused) == Pause(4_200, BREAKER)
    assert told.after(meaning_of(refused), refused) is None
    assert told.tries.count == 0


def test_open_breaker_is_not_waited_for_again_at_the_next_entry(clock: FakeClock) -> None:
    retrying = Retrying(Retry(), RetryBudget("desk"), clock, dice())
    refused = BreakerOpen("desk", "open", retry_after_ms=4_000)
    for why, waits in ((BREAKER, False), (ASKED, True)):
        said = Tries(retrying, deadline_ms=None, why=why).after(refused, meaning_of(refused), worth_ms=0)
        assert isinstance(said, Pause) is waits


def test_breaker_that_a_person_opened_is_not_waited_for(clock: FakeClock) -> None:
    refused = BreakerOpen("desk", "open")
    assert Told(clock).after(meaning_of(refused), refused) is None


@pytest.mark.parametrize("refused", [BreakerOpen("desk", "open", retry_after_ms=10), BulkheadFull("desk", "full")])
def test_who_may_try_once_waits_for_no_guard(refused: Exception, clock: FakeClock) -> None:
    assert Told(clock, Retry(attempts=1)).after(meaning_of(refused), refused) is None


# ----- the budget of a dependency


def test_retries_are_paid_for_and_end_when_the_budget_does(clock: FakeClock) -> None:
    told = Told(clock, Retry(attempts=1_000))
    paid = 0
    while isinstance(said := told.after(UNWELL), Pause):
        paid += 1
    assert paid == CAPACITY // 14 == 35
    assert isinstance(said, BudgetExhausted)
    assert "model" in str(said)
    assert str(said.causes[-1]) == "it failed"
    assert len(said.causes) == 8, "the last few"


def test_retry_after_a_refusal_for_now_costs_less_and_waiting_for_oneself_nothing(clock: FakeClock) -> None:
    told = Told(clock, Retry(attempts=10))
    told.pause(LIMITED)
    assert told.budget.left == CAPACITY - 5
    told.pause(IN_PROGRESS)
    assert (told.budget.left, told.tries.paid) == (CAPACITY - 5, 0)


def test_success_pays_back() -> None:
    budget = RetryBudget("model")
    for _ in range(35):
        assert budget.take(14)
    assert not budget.take(14)
    assert budget.left == 10
    budget.succeeded(0)
    assert budget.left == 11, "one for a success without a retry"
    budget.succeeded(14)
    assert budget.left == 25, "what the retry cost, for one after it"
    for _ in range(1_000):
        budget.succeeded(14)
    assert budget.view().left == CAPACITY


def test_what_a_guard_ended_is_told_from_what_failed() -> None:
    given_up = Miss(OutOfTime("late", [ValueError()]), UNWELL)
    assert is_given_up(given_up)
    assert not is_given_up(Miss(ValueError(), UNWELL))
    assert not is_given_up(Pause(1, BACKOFF))
