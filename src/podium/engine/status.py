"""How a run stands, as people see it."""

from enum import StrEnum


class Status(StrEnum):
    """A run as people see it; the store keeps it beside the journal, in the same transaction."""

    RUNNING = "running"
    WAITING = "waiting"
    """Nothing to do before a time, a signal or an answer comes."""
    PARKED = "parked"
    """Nothing else in it can move before a person decides."""
    COMPENSATING = "compensating"
    """Ended without success; what it has written is being undone, or waits a while to be tried again."""
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"
    COMPENSATED = "compensated"

    @property
    def is_terminal(self) -> bool:
        """Claims that the run is over (it may still be retried, which makes it RUNNING again)."""
        return self in _TERMINAL


_TERMINAL = frozenset({Status.COMPLETED, Status.FAILED, Status.CANCELLED, Status.COMPENSATED})
