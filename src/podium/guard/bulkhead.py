"""The bulkhead: a dependency gets so many calls at once, and what waits for it waits in a short, fair queue.

Runs take turns, so that a run with a thousand calls does not keep one waiting that has one. Of one run, first come,
first served.
"""

import asyncio
from collections import OrderedDict, deque
from dataclasses import dataclass

from podium.graph.guards import Bulkhead
from podium.guard.deadline import Deadline
from podium.guard.wheel import Wheel
from podium.outcomes import BulkheadFull

_WEIGHT = 0.1
"""How much the last call counts in the mean duration."""


@dataclass(frozen=True, slots=True)
class BulkheadView:
    """A bulkhead as people see it.

    Attributes:
        name: What is shared.
        limit: So many calls at once.
        busy: So many are under way.
        waiting: So many wait.
        rejected: So many were refused.
    """

    name: str
    limit: int
    busy: int
    waiting: int
    rejected: int


class FairQueue:
    """One bulkhead. A permit is given back once, with `release`.

    Args:
        name: What is shared.
        policy: Its sizes.
        wheel: For those who can not wait for ever.
    """

    __slots__ = ("_limit", "_mean_ms", "_turns", "_waiting", "_wheel", "busy", "name", "policy", "rejected")

    def __init__(self, name: str, policy: Bulkhead, *, wheel: Wheel) -> None:
        self.name, self.policy = name, policy
        self._wheel, self._limit = wheel, policy.limit
        self._turns: OrderedDict[str, deque[asyncio.Future[None]]] = OrderedDict()
        self._waiting = 0
        self._mean_ms = 0.0
        self.busy = self.rejected = 0

    def take(self) -> bool:
        """Take a permit if one is free and nobody waits for it."""
        if self._waiting or self.busy >= self._limit:
            return False
        self.busy += 1
        return True

    async def acquire(self, run: str, *, left_ms: int | None) -> None:
        """Wait for a permit.

        Args:
            run: Whose call it is; runs take turns.
            left_ms: How long it may wait; None for ever.

        Raises:
            BulkheadFull: The queue is full, the wait would be too long or was. No permit was taken.
        """
        if self.take():
            return
        wait_ms = self._estimate_ms()
        if self._waiting >= self.policy.queue or (left_ms is not None and wait_ms > left_ms):
            raise self._full(wait_ms)
        granted: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._turns.setdefault(run, deque()).append(granted)
        self._waiting += 1
        try:
            await self._granted(granted, left_ms)
        except BaseException as error:
            self._leave(run, granted)
            if isinstance(error, TimeoutError):
                raise self._full(self._estimate_ms()) from None
            raise

    def release(self, held_ms: int) -> None:
        """Give a permit back after so long; it goes to who waits."""
        self._mean_ms += _WEIGHT * (held_ms - self._mean_ms)
        if self._waiting:
            self._pass_on()
        else:
            self.busy -= 1

    def view(self) -> BulkheadView:
        """Return how it stands."""
        return BulkheadView(self.name, self.policy.limit, self.busy, self._waiting, self.rejected)

    async def _granted(self, granted: "asyncio.Future[None]", left_ms: int | None) -> None:
        if left_ms is None:
            await granted
        else:
            with Deadline(self._wheel, left_ms):
                await granted

    def _estimate_ms(self) -> int:
        """Return how long who comes now would wait, as calls go."""
        return round((self._waiting + 1) * self._mean_ms / self.policy.limit)

    def _full(self, wait_ms: int) -> BulkheadFull:
        self.rejected += 1
        message = f"{self.name}: {self.busy} calls are under way and {self._waiting} wait"
        return BulkheadFull(self.name, message, retry_after_ms=wait_ms)

    def _leave(self, run: str, granted: "asyncio.Future[None]") -> None:
        """Stop waiting; a permit that was granted in the same moment goes to the next."""
        if granted.done() and not granted.cancelled():
            self._pass_on()
            return
        turn = self._turns.get(run)
        if turn is None or granted not in turn:
            return  # it was passed over already
        turn.remove(granted)
        self._waiting -= 1
        if not turn:
            del self._turns[run]

    def _pass_on(self) -> None:
        """Hand a permit to whoever's turn it is, or keep it."""
        while self._waiting:
            run, turn = self._turns.popitem(last=False)
            granted = turn.popleft()
            self._waiting -= 1
            if turn:
                self._turns[run] = turn
            if not granted.done():  # it is when its caller was called off a moment ago
                granted.set_result(None)
                return
        self.busy -= 1
