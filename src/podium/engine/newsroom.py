"""News of some runs among many: one look at the store for all that are followed, after each commit of anybody."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from podium.engine.host import Host
from podium.engine.list_store import ListStore, Moved
from podium.errors import StoreUnavailableError


class Newsroom:
    """Wakes those who follow single runs.

    Args:
        host: Tells of commits, but not whose they were.
    """

    def __init__(self, host: Host) -> None:
        self._host, self._watchers = host, host.watchers
        self._known: dict[str, object] = {}
        self._looking: asyncio.Task[None] | None = None

    @contextmanager
    def news(self, run_id: str) -> Iterator[asyncio.Event]:
        """Give an event that is set whenever something of the run was committed, or said by a step of it."""
        event = self._watchers.news(run_id)
        if self._looking is None:
            self._looking = self._host.spawn(self._look())
        try:
            yield event
        finally:
            self._watchers.unwatch(event, run_id)
            if not self._watchers.followed():
                self.close()

    def close(self) -> None:
        """Tell nothing more."""
        if self._looking is not None:
            self._looking.cancel()
            self._looking = None

    async def _look(self) -> None:
        committed = self._watchers.news()
        try:
            while True:
                await committed.wait()
                committed.clear()
                await self._tell()
        finally:
            self._watchers.unwatch(committed)

    async def _tell(self) -> None:
        """Wake the followers of runs that are another version than at the look before."""
        asked = self._watchers.followed()
        try:
            found = await self._host.store.versions(asked)
        except StoreUnavailableError:
            self._watchers.tell_of(asked)  # who reads is told what is wrong
            return
        known, self._known = self._known, {run_id: found.get(run_id) for run_id in asked}
        self._watchers.tell_of(run_id for run_id in asked if self._known[run_id] != known.get(run_id, ...))


class StoreMoves:
    """Looks for runs of a store that moved. It implements `list_store.Moves`."""

    def __init__(self, store: ListStore) -> None:
        self._store = store
        self._mark: int | None = None

    async def look(self) -> Moved:
        """See `Moves.look`."""
        moved = await self._store.moved(self._mark)
        self._mark = moved.mark
        return moved
