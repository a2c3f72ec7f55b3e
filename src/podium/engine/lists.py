"""The part of the engine that lists: runs, how many stand how, what waits for people."""

from podium.engine.backend import Backend
from podium.engine.list_store import TOP, ListPlace, Moves, RunFilter, Tally, Waiting
from podium.engine.ports import HumanTask, ParkedStep, RunInfo


class Lists:
    """What an engine lists, of the runs of every process.

    Attributes:
        backend: What keeps its runs going; there once it is open.
    """

    backend: Backend

    async def runs(self, which: RunFilter | None = None) -> list[RunInfo]:
        """List runs, newest first."""
        return list(await self.backend.runs(which or RunFilter()))

    async def counts(self, which: RunFilter | None = None) -> Tally:
        """Count runs by status: of those that `which` lets through whatever statuses and page it asks for."""
        return await self.backend.counts(which or RunFilter())

    def moves(self) -> Moves:
        """Begin to look for runs that move, in any process."""
        return self.backend.moves()

    async def tasks(
        self, *, run_id: str | None = None, after: ListPlace = TOP, limit: int | None = None
    ) -> list[HumanTask]:
        """List open questions to people, oldest first: those that stand after a place (`HumanTask.place`)."""
        return list(await self.backend.tasks(run_id=run_id, after=after, limit=limit))

    async def parked(
        self, *, run_id: str | None = None, after: ListPlace = TOP, limit: int | None = None
    ) -> list[ParkedStep]:
        """List parked steps, oldest first: those that stand after a place (`ParkedStep.place`)."""
        return list(await self.backend.parked(run_id=run_id, after=after, limit=limit))

    async def waiting(self) -> Waiting:
        """Count open questions to people, and parked steps."""
        return await self.backend.waiting()
