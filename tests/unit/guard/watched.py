"""A breaker that writes down what it does."""

import pytest

from podium.graph.guards import Breaker
from podium.guard.breaker import BreakerState, CircuitBreaker
from podium.outcomes import BreakerOpen
from tests.unit.guard.dependency import dice

LEASE_MS = 31_000
T0 = 1_000_000

CLOSED, OPEN, HALF_OPEN = BreakerState.CLOSED, BreakerState.OPEN, BreakerState.HALF_OPEN


class Watched(CircuitBreaker):
    """A breaker that writes down what it does."""

    def __init__(self, policy: Breaker | None = None, seed: int = 1) -> None:
        self.changes: list[BreakerState] = []
        super().__init__(
            "airline",
            policy or Breaker(),
            share=dice(seed),
            on_change=lambda breaker: self.changes.append(breaker.state),
        )

    def permit(self, now_ms: int = T0) -> int:
        return self.acquire(now_ms, lease_ms=LEASE_MS)

    def fail(self, times: int, now_ms: int = T0) -> None:
        for _ in range(times):
            self.failed(self.permit(now_ms), now_ms, "down")

    def succeed(self, times: int, now_ms: int = T0) -> None:
        for _ in range(times):
            self.succeeded(self.permit(now_ms), now_ms)

    def refusal(self, now_ms: int) -> BreakerOpen:
        with pytest.raises(BreakerOpen) as caught:
            self.permit(now_ms)
        return caught.value

    @property
    def opens_at(self) -> int:
        assert self.until_ms is not None
        return self.until_ms
