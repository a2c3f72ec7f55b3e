"""What a store does to forget runs that are over."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol, TypeAlias

from podium.engine.status import Status
from podium.graph.policies import to_ms

ENDED = (Status.COMPLETED, Status.FAILED, Status.CANCELLED, Status.COMPENSATED)

REFUSED = timedelta(days=400)
"""How long a pruned run's id is refused: longer than receivers are known to remember an idempotency key."""

REFUSED_MS = to_ms(REFUSED)

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
        refused_ms: How long their ids are refused from then on.
    """

    before_ms: int
    statuses: Collection[Status] = ENDED
    workflow: str | None = None
    refused_ms: int = REFUSED_MS


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """What an engine keeps.

    Attributes:
        ended_ms: Runs that are over, for so long.
        ids_ms: The ids of pruned runs, for so long.
    """

    ended_ms: int
    ids_ms: int = REFUSED_MS


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
