"""Each guard as a layer around an attempt: what it does before it, and what it makes of its end.

A layer takes the next one in and gives a coroutine function back; what a tool does not have is not there. All ends are
values: a result, or a Miss. Only a cancellation goes through as an exception, and takes no permit with it.
"""

from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

from podium.failure import FailureKind
from podium.graph.guards import Rate
from podium.guard.breaker import CircuitBreaker
from podium.guard.budget import Spender
from podium.guard.bulkhead import FairQueue
from podium.guard.caught import Raised, caught, caught_now, text_of
from podium.guard.classify import meaning_of
from podium.guard.clock import GuardClock
from podium.guard.flight import Flight, GuardedCall, Miss
from podium.guard.latency import Latency
from podium.guard.meaning import BUG, Health
from podium.guard.rate import RateLimiter, Ticket
from podium.guard.retry import QUEUE
from podium.outcomes import Refused

Layer: TypeAlias = Callable[[Flight], Awaitable[Any]]

NOT_SENT_BUG = BUG._replace(is_sure=True)
"""The author's function that was to say something about a call failed before the call."""


def around_breaker(inner: Layer, *, breaker: CircuitBreaker, lease_ms: int, latency: Latency) -> Layer:
    """Take the permit last, so that it is not held while something else is waited for."""

    async def guarded(flight: Flight) -> Any:
        now_ms = flight.now_ms
        try:
            permit = breaker.acquire(now_ms, lease_ms=lease_ms)
        except Refused as refused:
            return missed(refused)
        try:
            ended = await inner(flight)
        except BaseException:
            breaker.returned(permit)
            raise
        if type(ended) is not Miss:
            breaker.succeeded(permit, flight.ended_ms, is_slow=flight.ended_ms - now_ms > latency.slow_ms)
        elif ended.meaning.health is Health.UNWELL:
            breaker.failed(permit, flight.ended_ms, text_of(ended.error, form=repr))
        elif ended.meaning.health is Health.ALIVE:
            breaker.succeeded(permit, flight.ended_ms)
        else:
            breaker.returned(permit)
        return ended

    return guarded


def around_bulkhead(inner: Layer, *, bulkhead: FairQueue, clock: GuardClock) -> Layer:
    """Hold a permit for as long as anything of the attempt runs, be it left behind."""

    async def guarded(flight: Flight) -> Any:
        if not bulkhead.take():
            try:
                await bulkhead.acquire(flight.call.run, left_ms=flight.left_ms)
            except Refused as refused:
                return missed(refused)
            flight.now_ms = clock.mono_ms()
        began_ms = flight.now_ms
        try:
            return await inner(flight)
        finally:
            if flight.left is None:
                bulkhead.release(flight.ended_ms - began_ms)
            else:
                flight.left.add_done_callback(lambda _: bulkhead.release(clock.mono_ms() - began_ms))

    return guarded


def around_rate(inner: Layer, *, limiter: RateLimiter, policy: Rate, clock: GuardClock) -> Layer:
    """Reserve before, settle after; what was not sent is given back."""
    estimate, usage = policy.estimate, policy.usage

    async def guarded(flight: Flight) -> Any:
        tokens = 0 if estimate is None else caught_now(_estimated, estimate, flight.call)
        if isinstance(tokens, Raised):
            return Miss(tokens.error, NOT_SENT_BUG)
        ticket = limiter.take(tokens, flight.now_ms)
        if ticket is None:
            came_back = flight.call.why == QUEUE
            try:
                ticket = await limiter.acquire(tokens, left_ms=flight.left_ms, came_back=came_back)
            except Refused as refused:
                return missed(refused)
            flight.now_ms = clock.mono_ms()
        try:
            ended = await inner(flight)
        finally:
            if not flight.is_sent:
                limiter.refund(ticket)
        if type(ended) is Miss:
            _told(limiter, ticket, ended)
        elif usage is not None:
            used = caught_now(usage, ended)
            if isinstance(used, int):
                limiter.settle(ticket, used)
        return ended

    return guarded


def _estimated(estimate: Callable[[dict[str, Any]], int], call: GuardedCall) -> int:
    return estimate(call.arguments())


def _told(limiter: RateLimiter, ticket: Ticket, miss: Miss) -> None:
    if miss.meaning.kind is FailureKind.RATE_LIMITED:
        limiter.throttled(ticket, miss.meaning.retry_after_ms)


def around_budget(inner: Layer, *, spender: Spender, clock: GuardClock) -> Layer:
    """Have the cost on disk before anything is sent."""

    async def guarded(flight: Flight) -> Any:
        reserved = await caught(spender.reserve(flight.call.arguments))
        if isinstance(reserved, Raised):
            return missed(reserved.error) if isinstance(reserved.error, Refused) else Miss(reserved.error, NOT_SENT_BUG)
        flight.now_ms = clock.mono_ms()
        try:
            ended = await inner(flight)
        except BaseException:
            (spender.keep if flight.is_sent else spender.void)(reserved)
            raise
        if type(ended) is not Miss:
            spender.settle(reserved, ended)
        else:
            (spender.keep if flight.is_sent and not ended.meaning.is_sure else spender.void)(reserved)
        return ended

    return guarded


def missed(error: Exception) -> Miss:
    """Return what came of an attempt that was not made."""
    return Miss(error, meaning_of(error))
