"""`fallback=`: which failures of a call permit to ask another tool instead."""

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


def permits(kind: FailureKind) -> bool:
    """Claim that after a definite failure of this kind, its own retries spent, another tool may be asked.

    What is wrong with the request (PERMANENT) is wrong for the other tool too; an author who knows better says so with
    `classify=`. What is still under way (IN_PROGRESS) or in doubt (AMBIGUOUS) might happen twice, and what was called
    off (CANCELLED) is wanted from nobody.
    """
    return kind in PERMITTING
