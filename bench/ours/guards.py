"""Calls through Podium's guards alone: no engine, no workflow, no disk."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from podium.engine.clock import SystemClock
from podium.graph.guards import Breaker, Bulkhead, CallPolicy, Rate
from podium.graph.policies import Retry
from podium.guard.flight import GuardedCall, Miss
from podium.guard.guards import Guards

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from podium.guard.ring import Ring

    Backend = Callable[[], Awaitable[object]]

TIMEOUT_MS, DEADLINE_MS = 30_000, 120_000
PLENTY = 10**12


def ring_of(policy: CallPolicy) -> Ring:
    """Return the guards of a tool."""
    guards = Guards(SystemClock(), random.random, threads=ThreadPoolExecutor(1))
    return guards.ring("backend", policy)


def podium_guard(backend: Backend, *, open_s: float) -> Backend:
    """Return calls of `backend` through a breaker that opens after five failures; what it refuses is raised."""
    ring = ring_of(CallPolicy(retry=Retry(attempts=1), breaker=Breaker("backend", open_for=open_s)))

    async def call() -> object:
        ended = await ring.call(GuardedCall(backend))
        if type(ended) is Miss:
            raise ended.error
        return ended

    return call


def everything() -> Ring:
    """Return all guards: retry and its budget, both deadlines, breaker, bulkhead, rate of requests and tokens."""
    return ring_of(
        CallPolicy(
            retry=Retry(attempts=3),
            timeout_ms=TIMEOUT_MS,
            deadline_ms=DEADLINE_MS,
            breaker=Breaker("backend"),
            bulkhead=Bulkhead(64, name="backend"),
            rate=Rate("backend", requests=PLENTY, tokens=PLENTY, estimate=_estimate, usage=_usage),
        )
    )


def _estimate(arguments: dict[str, Any]) -> int:
    del arguments
    return 100


def _usage(result: object) -> int:
    del result
    return 50
