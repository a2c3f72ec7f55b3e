"""What a store does to forget runs that are over."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from podium.engine.status import Status

ENDED = (Status.COMPLETED, Status.FAILED, Status.CANCELLED, Status.COMPENSATED)

REFUSED_MS = 400 * 86_400_000
"""How long a pruned run's id is refused: longer than receivers are known to remember an idempotency key."""

Mark: TypeAlias = tuple[int, int]
"""Where pruning goes on; each store has its own meaning for it."""

BEGINNING: Mark = (0, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Expired:
    """Which runs are pruned: those that are over, and nobody's, and were last changed before a time.

    Attributes:
        before_ms: The time.
        statuses: How they ended; only those of `ENDED` count.
        workflow: Only of this one; None for all.
    """

    before_ms: int
    statuses: Collection[Status] = ENDED
    workflow: str | None = None


@dataclass(frozen=True, slots=True)
class Pruned:
    """What one transaction took away, or would.

    Attributes:
        runs: How many runs.
        events: How many events of these and earlier ones.
        mark: Where to go on; None once nothing is left to do.
    """

    runs: int
    events: int
    mark: Mark | None = None


class RetentionStore(Protocol):
    """The part of a store that forgets."""

    async def prune(self, which: Expired, *, mark: Mark = BEGINNING) -> Pruned:
        """Take away some of the expired runs, in one short transaction; again with the `mark` it gave for the rest.

        A run with an undecided stimulus stays. A run's id stays refused (`REFUSED_MS`); from the transaction on that
        takes it away, asking for it raises RunPrunedError. To stop between two calls leaves nothing half-done: what
        is left of a long journal is taken away by the next one who prunes.
        """

    async def expired(self, which: Expired) -> Pruned:
        """Count what `prune` would take away; nothing changes."""
