"""Forgetting runs that are over: in short transactions, with pauses between them in which others get to the disk."""

from collections.abc import AsyncIterator
from contextlib import suppress

from podium.engine.ports import Clock, Store
from podium.engine.retention_store import BEGINNING, Expired, Mark, Pruned, Retention
from podium.errors import StoreUnavailableError

PAUSE_MS = 50
"""Between two transactions: more than one of them takes, so that pruning is never half of what the disk does."""

PERIOD_MS_MAX = 3_600_000
PERIOD_MS_MIN = 1_000
"""How often an engine looks for what has expired: each tenth of the retention, within these."""


async def prune(store: Store, clock: Clock, which: Expired) -> AsyncIterator[Pruned]:
    """Take away all that has expired; yield what each transaction took.

    To stop in between leaves nothing half-done.
    """
    mark: Mark | None = BEGINNING
    while mark is not None:
        done = await store.prune(which, mark=mark)
        mark = done.mark
        yield done
        if mark is not None:
            await clock.sleep(PAUSE_MS)


async def prune_for_ever(store: Store, clock: Clock, keeps: Retention) -> None:
    """Prune runs that ended longer ago than is kept, again and again; the work of an engine's own task."""
    period_ms = min(max(keeps.ended_ms // 10, PERIOD_MS_MIN), PERIOD_MS_MAX)
    while True:
        await clock.sleep(period_ms)
        which = Expired(before_ms=clock.now_ms() - keeps.ended_ms, refused_ms=keeps.ids_ms)
        with suppress(StoreUnavailableError):  # the engine says so and opens it again; the next turn goes on
            async for _ in prune(store, clock, which):
                pass
