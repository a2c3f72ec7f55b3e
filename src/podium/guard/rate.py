"""The rate limiter: so many requests, so many tokens within a time; first come, first served, whatever the size.

Tokens are reserved as estimated, and settled by what a call used. A refusal by the other side (429) slows everybody
down, once for all calls that were on their way, and what it asks to be left alone for is waited for by all.
"""

import asyncio
import math
from collections import deque
from dataclasses import dataclass, field
from typing import TypeAlias

from podium.graph.guards import Rate
from podium.graph.policies import to_ms
from podium.guard.deadline import Deadline
from podium.guard.gcra import NONE, Cells
from podium.guard.retry import LEAVES_MS
from podium.guard.wheel import Wheel
from podium.outcomes import RateExceeded

_SLOWER = 0.7
_FASTER, _FASTER_EVERY_MS = 0.05, 10_000


Ticket: TypeAlias = tuple[int, int, int, int]
"""What was reserved: how many tokens, when it was admitted, and the slots where requests and tokens are counted."""


@dataclass(frozen=True, slots=True)
class RateView:
    """A rate limiter as people see it.

    Attributes:
        name: What is limited.
        requests, tokens: What is admitted in each `per_ms` now; None for no limit.
        per_ms: The time.
        waiting: So many calls wait.
        rejected: So many were told to come back.
        paused_ms: Nothing is admitted for so long yet, because the other side asked for it.
    """

    name: str
    requests: float | None
    tokens: float | None
    per_ms: int
    waiting: int
    rejected: int
    paused_ms: int


@dataclass(slots=True, eq=False)
class _Waiter:
    tokens: int
    granted: "asyncio.Future[Ticket]" = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class RateLimiter:
    """One rate limit.

    Args:
        name: What is limited.
        policy: How much.
        wheel: Wakes those who wait.
    """

    def __init__(self, name: str, policy: Rate, *, wheel: Wheel) -> None:
        self.name, self.policy = name, policy
        self._wheel, self._clock = wheel, wheel.clock
        self._per_ms = to_ms(policy.per)
        self._requests = None if policy.requests is None else Cells(policy.requests, self._per_ms)
        self._tokens = None if policy.tokens is None else Cells(policy.tokens, self._per_ms)
        self._cells = [cells for cells in (self._requests, self._tokens) if cells is not None]
        self._queue: deque[_Waiter] = deque()
        self._queued = self._queued_tokens = 0
        self._paused_until_ms = self._booked_until_ms = 0
        self._slowed_at_ms = self._changed_at_ms = 0
        self._is_slow = False
        self.rejected = 0
        self.at_ms = self.tick = 0

    # ----- reserve, settle, refund

    def take(self, tokens: int, now_ms: int) -> Ticket | None:
        """Reserve at once, where that is possible and nobody came before."""
        if self._is_slow:
            self._tend(now_ms)
        if (
            self._queue
            or now_ms < self._paused_until_ms
            or (now_ms < self._booked_until_ms and self._is_booked(now_ms))
        ):
            return None
        return self._admit(tokens, now_ms)

    async def acquire(self, tokens: int, *, left_ms: int | None, came_back: bool = False) -> Ticket:
        """Wait for one's turn and reserve.

        Args:
            tokens: How many the call may use.
            left_ms: How long it may wait; None for as long as it takes.
            came_back: It was told before to come back now, and a place was kept.

        Raises:
            RateExceeded: The wait would be too long; it says how long. Nothing was reserved.
        """
        now_ms = self._clock.mono_ms()
        if self._cannot(tokens):
            message = f"{self.name}: a call of {tokens} tokens is more than {self.policy.tokens} allows at any time"
            raise RateExceeded(self.name, message)
        wait_ms = self._estimate_ms(tokens, now_ms, came_back=came_back)
        if wait_ms > LEAVES_MS or (left_ms is not None and wait_ms > left_ms):
            raise self._come_back(tokens, wait_ms, now_ms, is_late=left_ms is not None and wait_ms > left_ms)
        waiter = _Waiter(tokens)
        self._queue.append(waiter)
        self._queued_tokens += tokens
        self._queued += 1
        self._serve(now_ms)
        try:
            return await self._granted(waiter, left_ms)
        except BaseException as error:
            self._leave(waiter)
            if isinstance(error, TimeoutError):
                raise self._come_back(tokens, wait_ms, now_ms, is_late=True) from None
            raise

    def settle(self, ticket: Ticket, tokens: int) -> None:
        """Count what the call used in place of what was reserved."""
        reserved, _, _, slot = ticket
        if self._tokens is not None and tokens != reserved:
            self._tokens.settle(slot, tokens - reserved)
            if self._queue:
                self._serve(self._clock.mono_ms())

    def refund(self, ticket: Ticket) -> None:
        """Give all of it back: nothing was sent."""
        if self._requests is not None:
            self._requests.settle(ticket[2], -1)
        self.settle(ticket, 0)
        if self._queue:
            self._serve(self._clock.mono_ms())

    def throttled(self, ticket: Ticket, retry_after_ms: int | None) -> None:
        """The other side refused a call for now: be slower, and leave it alone for as long as it asks."""
        now_ms = self._clock.mono_ms()
        if retry_after_ms is not None:
            self._paused_until_ms = max(self._paused_until_ms, now_ms + retry_after_ms)
        if self._is_slow and ticket[1] <= self._slowed_at_ms:
            return  # it was on its way when we slowed down
        self._tend(now_ms)
        for cells in self._cells:
            cells.slow_down(_SLOWER)
        self._is_slow = True
        self._slowed_at_ms = self._changed_at_ms = now_ms

    def view(self, now_ms: int) -> RateView:
        """Return how it stands."""
        self._tend(now_ms)
        return RateView(
            self.name,
            None if self._requests is None else self._requests.limit,
            None if self._tokens is None else self._tokens.limit,
            self._per_ms,
            self._queued,
            self.rejected,
            max(0, self._paused_until_ms - now_ms),
        )

    def expire(self) -> None:
        """The first in the queue may go on now."""
        self._serve(self._clock.mono_ms())

    # ----- the queue

    async def _granted(self, waiter: _Waiter, left_ms: int | None) -> Ticket:
        if left_ms is None:
            return await waiter.granted
        with Deadline(self._wheel, left_ms):
            return await waiter.granted

    def _serve(self, now_ms: int) -> None:
        """Let go whoever may, in order, and wait for when the next may."""
        self._wheel.discard(self)
        while self._queue:
            first = self._queue[0]
            if not first.granted.done():
                ticket = None if now_ms < self._paused_until_ms else self._admit(first.tokens, now_ms)
                if ticket is None:
                    self.at_ms = now_ms + max(1, math.ceil(self._wait_ms(first.tokens, now_ms)))
                    self._wheel.add(self, now_ms)
                    return
                self._uncount(first)
                first.granted.set_result(ticket)
            self._queue.popleft()

    def _leave(self, waiter: _Waiter) -> None:
        """Stop waiting; what was granted in the same moment is given back."""
        if waiter.granted.done() and not waiter.granted.cancelled():
            self.refund(waiter.granted.result())
        else:
            self._uncount(waiter)
        self._serve(self._clock.mono_ms())

    def _uncount(self, waiter: _Waiter) -> None:
        self._queued -= 1
        self._queued_tokens -= waiter.tokens

    def _come_back(self, tokens: int, wait_ms: int, now_ms: int, *, is_late: bool) -> RateExceeded:
        """Refuse, and keep a place free for who can wait, so that not all come back in the same moment."""
        self.rejected += 1
        if not is_late:
            self._booked_until_ms = now_ms + wait_ms + math.ceil(self._share_ms(1, tokens))
        message = f"{self.name}: as much was asked as may be; the wait is {wait_ms} ms"
        return RateExceeded(self.name, message, retry_after_ms=wait_ms)

    # ----- the two dimensions

    def _cannot(self, tokens: int) -> bool:
        return self.policy.tokens is not None and tokens > self.policy.tokens + max(1, self.policy.tokens // 10)

    def _wait_ms(self, tokens: int, now_ms: int) -> float:
        self._tend(now_ms)
        wait_ms = float(self._paused_until_ms - now_ms)
        if self._requests is not None:
            wait_ms = max(wait_ms, self._requests.wait_ms(1, now_ms))
        if self._tokens is not None:
            wait_ms = max(wait_ms, self._tokens.wait_ms(tokens, now_ms))
        return wait_ms

    def _admit(self, tokens: int, now_ms: int) -> Ticket | None:
        """Take both, or none."""
        requests_slot = tokens_slot = NONE
        if self._requests is not None and (requests_slot := self._requests.take(1, now_ms)) == NONE:
            return None
        if self._tokens is not None and (tokens_slot := self._tokens.take(tokens, now_ms)) == NONE:
            if self._requests is not None:
                self._requests.settle(requests_slot, -1)
            return None
        return tokens, now_ms, requests_slot, tokens_slot

    def _estimate_ms(self, tokens: int, now_ms: int, *, came_back: bool) -> int:
        """Return how long who comes now would wait."""
        first = self._queue[0].tokens if self._queue else tokens
        wait_ms = self._wait_ms(first, now_ms) + self._share_ms(self._queued, self._queued_tokens)
        booked_ms = self._booked_until_ms - now_ms if not came_back and self._is_booked(now_ms) else 0
        return math.ceil(max(wait_ms, booked_ms))

    def _is_booked(self, now_ms: int) -> bool:
        """Claim that places are kept for those who were told to come back; not if they do not come."""
        if all(cells.is_idle(now_ms) for cells in self._cells):
            self._booked_until_ms = now_ms
        return now_ms < self._booked_until_ms

    def _share_ms(self, requests: int, tokens: int) -> float:
        """Return how much of the time so much takes for itself."""
        of_requests = 0.0 if self._requests is None else requests * self._per_ms / self._requests.limit
        of_tokens = 0.0 if self._tokens is None else tokens * self._per_ms / self._tokens.limit
        return max(of_requests, of_tokens)

    def _tend(self, now_ms: int) -> None:
        """Be a little faster again for each while without a refusal."""
        if not self._is_slow:
            return
        whiles = (now_ms - self._changed_at_ms) // _FASTER_EVERY_MS
        if whiles:
            self._changed_at_ms += whiles * _FASTER_EVERY_MS
            for cells in self._cells:
                cells.recover(_FASTER * whiles)
            self._is_slow = any(cells.is_slow for cells in self._cells)
