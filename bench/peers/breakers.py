"""Circuit breakers and retries of other libraries, each the way its documentation says, behind one face."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

import aiobreaker
import circuitbreaker
import stamina
import tenacity
from hyx.circuitbreaker import consecutive_breaker
from purgatory import AsyncCircuitBreakerFactory

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    Backend = Callable[[], Awaitable[object]]

FAILURES, TIMEOUT_S = 5, 30
"""When each of them opens; and how long an attempt may take."""


def aiobreaker_guard(backend: Backend, *, open_s: float) -> Backend:
    """Return calls of `backend` through aiobreaker."""
    breaker = aiobreaker.CircuitBreaker(fail_max=FAILURES, timeout_duration=timedelta(seconds=open_s))
    return lambda: breaker.call_async(backend)


def purgatory_guard(backend: Backend, *, open_s: float) -> Backend:
    """Return calls of `backend` through purgatory."""
    factory = AsyncCircuitBreakerFactory(default_threshold=FAILURES, default_ttl=open_s)

    async def call() -> object:
        async with await factory.get_breaker("backend"):
            return await backend()

    return call


def hyx_guard(backend: Backend, *, open_s: float) -> Backend:
    """Return calls of `backend` through hyx."""
    breaker = consecutive_breaker(
        exceptions=Exception, failure_threshold=FAILURES, recovery_time_secs=open_s, recovery_threshold=3
    )

    async def call() -> object:
        async with breaker:
            return await backend()

    return call


def circuitbreaker_guard(backend: Backend, *, open_s: float) -> Backend:
    """Return calls of `backend` through circuitbreaker."""
    breaker = circuitbreaker.CircuitBreaker(failure_threshold=FAILURES, recovery_timeout=open_s)

    async def call() -> object:
        return await backend()

    guarded: Backend = breaker(call)
    return guarded


GUARDS: dict[str, Callable[..., Backend]] = {
    "aiobreaker": aiobreaker_guard,
    "circuitbreaker": circuitbreaker_guard,
    "hyx": hyx_guard,
    "purgatory": purgatory_guard,
}


def tenacity_retry(backend: Backend) -> Backend:
    """Return `backend` with three attempts by tenacity."""
    retried: Backend = tenacity.retry(
        stop=tenacity.stop_after_attempt(3), wait=tenacity.wait_random_exponential(multiplier=0.05, max=20)
    )(backend)
    return retried


def stamina_retry(backend: Backend) -> Backend:
    """Return `backend` with three attempts by stamina."""
    retried: Backend = stamina.retry(on=Exception, attempts=3)(backend)
    return retried


def composed(backend: Backend) -> Backend:
    """Return `backend` with what most write by hand: tenacity around aiobreaker around asyncio.timeout."""

    async def timed() -> object:
        async with asyncio.timeout(TIMEOUT_S):
            return await backend()

    guarded = aiobreaker_guard(timed, open_s=5)

    async def call() -> object:  # tenacity retries what is an `async def`, and calls everything else as if it were sync
        return await guarded()

    return tenacity_retry(call)


COSTS: dict[str, Callable[[Backend], Backend]] = {
    "tenacity": tenacity_retry,
    "stamina": stamina_retry,
    "tenacity + aiobreaker + asyncio.timeout": composed,
}
