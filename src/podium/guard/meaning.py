"""What a failure means for the retry, the breaker, the retry budget, and for a write that may have happened."""

from enum import StrEnum
from typing import NamedTuple

from podium.failure import FailureKind


class Health(StrEnum):
    """What a failure says about the dependency."""

    UNWELL = "unwell"
    ALIVE = "alive"
    """It answered, if not as wanted."""
    UNKNOWN = "unknown"


class Meaning(NamedTuple):
    """What an exception means.

    Attributes:
        kind: The class of failure.
        is_sure: It certainly had no effect on the other side. Where this is False, a write is in doubt.
        health: What it says about the dependency.
        cost: What trying again takes from the retry budget.
        retry_after_ms: The other side asked to be left alone this long; None where it did not.
    """

    kind: FailureKind
    is_sure: bool
    health: Health
    cost: int
    retry_after_ms: int | None = None


COST, COST_LIMITED = 14, 5
"""What a retry takes from the budget; after a refusal for now it is less."""

_OF_KIND = {
    kind: Meaning(kind, is_sure, health, cost)
    for kind, is_sure, health, cost in (
        (FailureKind.NOT_SENT, True, Health.UNWELL, COST),
        (FailureKind.TRANSIENT, False, Health.UNWELL, COST),
        (FailureKind.IN_PROGRESS, False, Health.UNKNOWN, 0),
        (FailureKind.RATE_LIMITED, True, Health.UNKNOWN, COST_LIMITED),
        (FailureKind.PERMANENT, True, Health.ALIVE, 0),
        (FailureKind.MALFORMED_OUTPUT, False, Health.ALIVE, COST_LIMITED),
        (FailureKind.CANCELLED, False, Health.UNKNOWN, 0),
        (FailureKind.DEADLINE, False, Health.UNKNOWN, 0),
        (FailureKind.AMBIGUOUS, False, Health.UNWELL, 0),
    )
}

RETRYABLE = frozenset({FailureKind.NOT_SENT, FailureKind.TRANSIENT, FailureKind.IN_PROGRESS, FailureKind.RATE_LIMITED})
"""Failures after which the same request may succeed."""


def of_kind(kind: FailureKind) -> Meaning:
    """Return what is meant by a kind that somebody names without saying more."""
    return _OF_KIND[kind]


UNWELL = of_kind(FailureKind.TRANSIENT)
NOT_SENT = of_kind(FailureKind.NOT_SENT)
NOT_SENT_BY_US = NOT_SENT._replace(health=Health.UNKNOWN)
"""It failed on our side, as a pool of connections that is full."""
REFUSED_BY_US = NOT_SENT_BY_US._replace(cost=0)
"""A guard of ours refused it; trying again loads nobody."""
LIMITED = of_kind(FailureKind.RATE_LIMITED)
IN_PROGRESS = of_kind(FailureKind.IN_PROGRESS)
REFUSED = of_kind(FailureKind.PERMANENT)
BUG = Meaning(FailureKind.PERMANENT, is_sure=False, health=Health.UNKNOWN, cost=0)
"""The author's code, or what it was given, is wrong; it may have acted before that showed."""
MALFORMED = of_kind(FailureKind.MALFORMED_OUTPUT)
CANCELLED = of_kind(FailureKind.CANCELLED)
