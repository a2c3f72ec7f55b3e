"""How much waits for people, on a server that does not count it: runs are asked, and not too often."""

from podium.engine.list_store import Waiting
from podium.engine.ports import Clock, Status
from podium.temporal.listing import Listing
from podium.temporal.records import Records

OLD_MS = 5_000
"""A count is told again for so long."""

ASKED_MAX = 500
"""So many runs are asked."""


class WaitingCount:
    """Counts what runs that wait or are parked ask of people.

    One that asks while another branch of it runs counts once that has come to its end.
    """

    def __init__(self, listing: Listing, records: Records, clock: Clock) -> None:
        self._listing, self._records, self._clock = listing, records, clock
        self._counted = Waiting(tasks=0, parked=0)
        self._counted_at: int | None = None

    async def count(self) -> Waiting:
        """Return the last count, or a new one where it is old."""
        now_ms = self._clock.mono_ms()
        if self._counted_at is None or now_ms - self._counted_at >= OLD_MS:
            self._counted_at = now_ms
            runs = await self._listing.open((Status.WAITING, Status.PARKED))
            asked = [info.id for info in runs[:ASKED_MAX]]
            tasks, parked = await self._records.tasks(asked), await self._records.parked(asked)
            self._counted = Waiting(tasks=len(tasks), parked=len(parked))
        return self._counted
