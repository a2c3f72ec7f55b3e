"""What every implementation of a seam must do, as functions that any test runner can call.

    for exercise in STORE_EXERCISES:
        await exercise(floor())

Each exercise gets a floor of its own and fails with an AssertionError, or with what the implementation raised.
"""

from podium.testing.conformance import guards, inbox, journal, lifetime, lists, ownership, retention, turns
from podium.testing.conformance.floor import Exercise, Floor

__all__ = ["STORE_EXERCISES", "Exercise", "Floor"]

STORE_EXERCISES: tuple[Exercise, ...] = (
    *lifetime.EXERCISES,
    *journal.EXERCISES,
    *ownership.EXERCISES,
    *turns.EXERCISES,
    *inbox.EXERCISES,
    *lists.EXERCISES,
    *guards.EXERCISES,
    *retention.EXERCISES,
)
