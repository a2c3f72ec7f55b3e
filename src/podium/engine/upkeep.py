"""A store without an engine around it, for what is done to the store as a whole."""

from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager

from podium.engine.ports import Clock, Store
from podium.engine.url import store_of


class _Nobody:
    """Listens to commits, and has appended nothing that could be lost."""

    def committed(self, ticket: int, lost: Collection[str]) -> None:
        """See `Commits.committed`."""

    def store_failed(self, error: Exception) -> None:
        """See `Commits.store_failed`: whoever awaits something is told by it."""

    def store_stalled(self, reason: str | None) -> None:
        """See `Commits.store_stalled`."""


@asynccontextmanager
async def opened_store(url: str, clock: Clock) -> AsyncIterator[Store]:
    """Give the store that `url` names, open. Raises as `Store.open` and `store_of`."""
    store = store_of(url, clock)
    await store.open(_Nobody())
    try:
        yield store
    finally:
        await store.close()
