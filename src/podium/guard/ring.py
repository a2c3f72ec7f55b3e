"""All guards of one tool, put together once: what a call passes on its way out, and what becomes of it.

From the outside in:

    total deadline → retry, with its budget → breaker, asked → hedge → money → rate → bulkhead → breaker's permit
    → deadline of the attempt → attempt

The permit comes last, so that none is held in a queue and queueing is never taken for slowness. What a guard of ours
refuses never counts in the breaker. Retrying is outside of the breaker, so that each attempt is counted.
"""

from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from podium.graph.guards import CallPolicy, Rate
from podium.graph.policies import Retry
from podium.guard.attempt import Attempts, Shared
from podium.guard.body import GRACE_MS
from podium.guard.breaker import BreakerState, CircuitBreaker
from podium.guard.budget import Spender
from podium.guard.bulkhead import FairQueue
from podium.guard.deadline import deadline_ms
from podium.guard.flight import Flight, GuardedCall, Leave, Miss
from podium.guard.hedge import Hedging
from podium.guard.latency import SLOW_MS
from podium.guard.layers import Layer, around_breaker, around_budget, around_bulkhead, around_rate, missed
from podium.guard.rate import RateLimiter
from podium.guard.retry import LEAVES_MS, Pause, Retrying, Tries, gives_way, meaning_of_end
from podium.guard.retry_budget import CAPACITY, RetryBudget
from podium.outcomes import GaveUp, OutOfTime, Refused

DEFAULT, ONCE = Retry(), Retry(attempts=1)
CLOSED = BreakerState.CLOSED


@dataclass(slots=True)
class Named:
    """The guards of a tool that others may share; None for those it does not have."""

    budget: RetryBudget
    breaker: CircuitBreaker | None = None
    bulkhead: FairQueue | None = None
    limiter: RateLimiter | None = None
    spender: Spender | None = None


class Ring:
    """The guards of one tool.

    Attributes:
        tool: Its name.
        policy: What was said about it.
        retrying: What the tries of its calls share.
    """

    def __init__(self, tool: str, policy: CallPolicy, named: Named, shared: Shared) -> None:
        self.tool, self.policy = tool, policy
        self._named, self._clock, self._budget = named, shared.clock, named.budget
        self._breaker, self._mono_ms = named.breaker, shared.clock.mono_ms
        self._deadline_ms = policy.deadline_ms
        self._attempts = Attempts(tool, policy, shared)
        self.retrying = Retrying(policy.retry or DEFAULT, named.budget, shared.clock, shared.share)
        free = None if policy.rate is None else replace(policy.rate, estimate=None, usage=None)
        self._free = self._layers(free)
        self._whole = self._paid(self._layers(policy.rate), shared)

    # ----- calls

    async def call(self, call: GuardedCall) -> Any:
        """Make the attempts of a call that may be made again.

        Returns:
            The tool's result; a Miss once it failed for good; a Leave where the wait for the next attempt is long.
        """
        now_ms = self._mono_ms()
        deadline = self.deadline_of(call, now_ms)
        tries: Tries | None = None
        while True:
            if self._breaker is None or self._breaker.state is CLOSED:  # as `attempt`, at the price of one await less
                ended = await self._whole(Flight(call, deadline, now_ms))
            else:
                ended = await self.attempt(call, deadline)
            if type(ended) is not Miss:
                if tries is not None or self._budget.left < CAPACITY:
                    self._budget.succeeded(0 if tries is None else tries.paid)
                return ended
            tries = tries or self.tries_of(call, deadline)
            pause = self.after(tries, ended)
            if isinstance(pause, Miss):
                return pause
            if gives_way(call, pause):
                return ended
            if pause.ms > LEAVES_MS:
                return Leave(pause.ms, tries.count, pause.why, self.own_deadline_at(call))
            await self._clock.sleep(pause.ms)
            now_ms = self._mono_ms()

    async def attempt(self, call: GuardedCall, deadline: int | None) -> Any:
        """Make one attempt.

        Args:
            call: Of what.
            deadline: When the call has to be over, on the monotonic clock.

        Returns:
            The tool's result, or a Miss.
        """
        now_ms = self._mono_ms()
        if self._breaker is not None:
            try:
                self._breaker.check(now_ms)
            except Refused as refused:
                return missed(refused)
        return await self._whole(Flight(call, deadline, now_ms))

    async def ask(self, call: GuardedCall, deadline: int | None) -> Any:
        """Make one attempt of what is no use of the tool itself, as asking whether a write happened; see `attempt`."""
        return await self._free(Flight(call, deadline, self._mono_ms()))

    def tries_of(self, call: GuardedCall, deadline: int | None) -> Tries:
        """Return the tries of a call, with those of its earlier entries."""
        retrying = replace(self.retrying, retry=ONCE) if call.is_once else self.retrying
        return Tries(retrying, deadline_ms=deadline, count=call.tries, why=call.why)

    def after(self, tries: Tries, miss: Miss) -> Pause | Miss:
        """Return how long to wait before the next attempt, or how the call ends."""
        said: Pause | GaveUp | None
        if isinstance(miss.error, OutOfTime):
            said = tries.out_of_time()
        else:
            said = tries.after(miss.error, miss.meaning, worth_ms=self._attempts.latency.worth_ms)
        if said is None:
            return miss
        if isinstance(said, GaveUp):
            return Miss(said, meaning_of_end(said, miss.meaning), miss.left, miss.other)
        return said

    def succeeded(self, tries: Tries) -> None:
        """Take note that a call, whose attempts were made one by one, went well."""
        self._budget.succeeded(tries.paid)

    # ----- time

    def deadline_of(self, call: GuardedCall, now_ms: int | None = None) -> int | None:
        """Return when a call has to be over, on the monotonic clock: the earliest of all that bound it.

        The tool's own policy counts from when this is first asked, at the first entry of the step.
        """
        if now_ms is None:
            now_ms = self._mono_ms()
        first, own_ms = deadline_ms(), call.own_deadline_ms
        if own_ms is None:
            if call.own_deadline_at is not None:
                own_ms = call.own_deadline_at - self._clock.now_ms() + now_ms
            elif self._deadline_ms is not None:
                own_ms = now_ms + self._deadline_ms
            call.own_deadline_ms = own_ms
        if own_ms is not None and (first is None or own_ms < first):
            first = own_ms
        if call.deadline_at is None:
            return first
        end_ms = call.deadline_at - self._clock.now_ms() + now_ms
        return end_ms if first is None or end_ms < first else first

    def own_deadline_at(self, call: GuardedCall) -> int | None:
        """Return when the tool's own policy ends a call, in ms since 1970 UTC; None where it does not."""
        if call.own_deadline_at is not None or call.own_deadline_ms is None:
            return call.own_deadline_at
        return call.own_deadline_ms - self._mono_ms() + self._clock.now_ms()

    # ----- the pipeline

    def _layers(self, rate: Rate | None) -> Layer:
        """Return what everything goes through that concerns the dependency."""
        named, clock = self._named, self._clock
        layer: Layer = self._attempts.make
        if named.breaker is not None:
            lease_ms = (self.policy.timeout_ms or SLOW_MS) + GRACE_MS
            layer = around_breaker(layer, breaker=named.breaker, lease_ms=lease_ms, latency=self._attempts.latency)
        if named.bulkhead is not None:
            layer = around_bulkhead(layer, bulkhead=named.bulkhead, clock=clock)
        if named.limiter is not None and rate is not None:
            layer = around_rate(layer, limiter=named.limiter, policy=rate, clock=clock)
        return layer

    def _paid(self, layer: Layer, shared: Shared) -> Layer:
        """Return what an attempt of the tool itself goes through besides."""
        if self._named.spender is not None:
            layer = around_budget(layer, spender=self._named.spender, clock=self._clock)
        if self.policy.hedge is not None:
            latency = self._attempts.latency
            hedging = Hedging(self.policy.hedge, wheel=shared.wheel, latency=latency, may=self._is_well)
            layer = partial(hedging.around, inner=layer)
        return layer

    def _is_well(self) -> bool:
        """Claims that the dependency may be called twice for one answer."""
        is_closed = self._breaker is None or self._breaker.state is CLOSED
        return is_closed and 2 * self._budget.left > CAPACITY
