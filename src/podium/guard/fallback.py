"""`fallback=`: which failures of a call permit to ask another tool instead, and how the candidates share time."""

from podium.failure import FailureKind

PERMITTING = frozenset(
    {
        FailureKind.NOT_SENT,
        FailureKind.TRANSIENT,
        FailureKind.RATE_LIMITED,
        FailureKind.MALFORMED_OUTPUT,
        FailureKind.DEADLINE,
    }
)
"""Failures that say something of this tool, and nothing of another one that is asked for the same."""

FIRST_SHARE = 0.4


def permits(kind: FailureKind) -> bool:
    """Claim that after a definite failure of this kind, its own retries spent, another tool may be asked.

    What is wrong with the request (PERMANENT) is wrong for the other tool too; an author who knows better says so with
    `classify=`. What is still under way (IN_PROGRESS) or in doubt (AMBIGUOUS) might happen twice, and what was called
    off (CANCELLED) is wanted from nobody.
    """
    return kind in PERMITTING


def share_ms(left_ms: int, *, nth: int, count: int) -> int:
    """Return how much of the time that is left a candidate may take.

    The first one gets 40 %, the others the rest in equal parts; what one does not use, those after it have.

    Args:
        left_ms: The time that is left to all.
        nth: Which candidate; 0 for the tool itself.
        count: How many there are.
    """
    if nth == 0 and count > 1:
        return round(left_ms * FIRST_SHARE)
    return left_ms // max(count - nth, 1)
