"""Whether and when to try again: the tries of one call, and all that may end them."""

from dataclasses import dataclass
from typing import NamedTuple

from podium.failure import FailureKind
from podium.graph.policies import Retry, to_ms
from podium.guard.clock import GuardClock, Share
from podium.guard.flight import GuardedCall, Miss
from podium.guard.meaning import RETRYABLE, Meaning, of_kind
from podium.guard.retry_budget import RetryBudget
from podium.outcomes import BreakerOpen, BudgetExhausted, GaveUp, OutOfTime, RateExceeded, Refused

LEAVES_MS = 30_000
"""Who would wait longer than this lets go of the worker, and comes back."""

BASE_LIMITED_MS = 1_000
"""The longest first wait after a refusal for now, and after one of our own guards."""

_DOUBLINGS_MAX = 40
_MORE_SHARE, _MORE_MS_MIN = 0.1, 250
"""Who is asked to wait waits up to so much longer, so that not all come back in the same moment."""

_CAUSES_MAX = 8


def delay_ms(retry: Retry, *, attempt: int, share: Share) -> int | None:
    """Return how long to wait after a failed attempt, or None to give up.

    Args:
        retry: The policy.
        attempt: The attempt that failed, from 1.
        share: Chance.
    """
    assert attempt >= 1, attempt
    if attempt >= retry.attempts:
        return None
    return backoff_ms(to_ms(retry.base), to_ms(retry.cap), attempt=attempt, share=share)


def backoff_ms(base_ms: int, cap_ms: int, *, attempt: int, share: Share) -> int:
    """Return a share of the longest wait. The cap comes before the jitter, so that waits at the cap are spread too.

    Source: "full jitter" in Brooker, Exponential Backoff And Jitter, 2015.
    """
    longest_ms = min(base_ms << min(attempt - 1, _DOUBLINGS_MAX), cap_ms)
    return round(longest_ms * share())


def after_asked_ms(retry_after_ms: int, share: Share) -> int:
    """Return how long to wait where the other side said how long: never less."""
    return retry_after_ms + round(max(_MORE_SHARE * retry_after_ms, _MORE_MS_MIN) * share())


class Pause(NamedTuple):
    """How long to wait before the next attempt, and why: a word that is recorded where the worker is let go."""

    ms: int
    why: str


BACKOFF, ASKED, BREAKER, QUEUE = "backoff", "retry_after", "breaker", "queue"


@dataclass(slots=True)
class Retrying:
    """What the tries of a call share.

    Attributes:
        retry: The policy.
        budget: Of the dependency.
        clock, share: Time and chance.
    """

    retry: Retry
    budget: RetryBudget
    clock: GuardClock
    share: Share


class Tries:
    """The tries of one call. A refusal by a guard of ours is none of them: nothing was tried.

    Attributes:
        count: How many were made.
        paid: What the last retry took from the budget.
    """

    __slots__ = ("_causes", "_deadline_ms", "_refusals", "_retrying", "_waited_for_breaker", "count", "paid")

    def __init__(self, retrying: Retrying, *, deadline_ms: int | None, count: int = 0, why: str = "") -> None:
        """Begin, or go on with a call that was left to wait.

        Args:
            retrying: What is shared.
            deadline_ms: When the call has to be over, on the monotonic clock.
            count: How many tries were made before the wait.
            why: What it waited for.
        """
        self._retrying, self._deadline_ms = retrying, deadline_ms
        self.count, self.paid = count, 0
        self._refusals = 0
        self._waited_for_breaker = why == BREAKER
        self._causes: list[BaseException] = []

    def after(self, error: BaseException, meaning: Meaning, *, worth_ms: int) -> Pause | GaveUp | None:
        """Say what follows a failure.

        Args:
            error: What was raised.
            meaning: What it means.
            worth_ms: There is no attempt where less time than this is left.

        Returns:
            How long to wait; None to give up with this failure; or what ended the tries in its place.
        """
        self._causes = [*self._causes, error][-_CAUSES_MAX:]
        self.count += not isinstance(error, Refused)
        if meaning.kind not in RETRYABLE:
            return None
        pause = self._refused(error) if isinstance(error, Refused) else self._failed(meaning)
        if pause is None:
            return None
        late = self._is_late(pause, meaning, worth_ms)
        if late is not None:
            return late
        if not isinstance(error, Refused) and not self._retrying.budget.take(meaning.cost):
            message = f"too many retries of {self._retrying.budget.name} failed; this call is not tried again"
            return BudgetExhausted(message, self._causes)
        self.paid = meaning.cost
        return pause

    @property
    def has_more(self) -> bool:
        """Claims that the policy allows another try."""
        return self.count < self._retrying.retry.attempts

    def out_of_time(self) -> OutOfTime:
        """Return what a call ends with that has no time left for another attempt."""
        return OutOfTime("no time is left for another attempt", self._causes)

    def _refused(self, refused: Refused) -> Pause | None:
        """An open breaker is waited for once. A full queue is waited for as long as there is time."""
        if self._retrying.retry.attempts == 1:
            return None
        share = self._retrying.share
        if isinstance(refused, BreakerOpen):
            if self._waited_for_breaker or refused.retry_after_ms is None:
                return None
            self._waited_for_breaker = True
            return Pause(after_asked_ms(refused.retry_after_ms, share), BREAKER)
        self._refusals += 1
        cap_ms = to_ms(self._retrying.retry.cap)
        wait_ms = backoff_ms(BASE_LIMITED_MS, max(cap_ms, BASE_LIMITED_MS), attempt=self._refusals, share=share)
        if isinstance(refused, RateExceeded):
            return None if refused.retry_after_ms is None else Pause(refused.retry_after_ms, QUEUE)
        return Pause((refused.retry_after_ms or 0) + wait_ms, QUEUE)

    def _failed(self, meaning: Meaning) -> Pause | None:
        retrying = self._retrying
        if not self.has_more:
            return None
        if meaning.retry_after_ms is not None:
            return Pause(after_asked_ms(meaning.retry_after_ms, retrying.share), ASKED)
        base_ms, cap_ms = to_ms(retrying.retry.base), to_ms(retrying.retry.cap)
        if meaning.kind is FailureKind.RATE_LIMITED:
            base_ms = max(base_ms, BASE_LIMITED_MS)
            cap_ms = max(base_ms, cap_ms)
        return Pause(backoff_ms(base_ms, cap_ms, attempt=self.count, share=retrying.share), BACKOFF)

    def _is_late(self, pause: Pause, meaning: Meaning, worth_ms: int) -> OutOfTime | None:
        if self._deadline_ms is None:
            return None
        clock = self._retrying.clock
        left_ms = self._deadline_ms - clock.mono_ms() - pause.ms
        if left_ms >= worth_ms:
            return None
        retry_at = None if meaning.retry_after_ms is None else clock.now_ms() + meaning.retry_after_ms
        return OutOfTime("the next attempt would come too late", self._causes, retry_at=retry_at)


def gives_way(call: GuardedCall, pause: Pause) -> bool:
    """Claim that another tool is asked rather than that this one is waited for."""
    return call.is_brief and (pause.ms > LEAVES_MS or pause.why == BREAKER)


def is_given_up(ended: object) -> bool:
    """Claim that a guard ended the tries of a call."""
    return isinstance(ended, Miss) and isinstance(ended.error, GaveUp)


def meaning_of_end(ended: GaveUp, last: Meaning) -> Meaning:
    """Return what it means that a guard ended the tries: of the last failure, whatever is not about trying again."""
    kind = FailureKind.DEADLINE if isinstance(ended, OutOfTime) else last.kind
    return of_kind(kind)._replace(is_sure=last.is_sure)
