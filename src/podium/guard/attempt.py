"""The innermost of the guards: one attempt, within its time, and what it means that it failed."""

import asyncio
from concurrent.futures import Executor
from dataclasses import dataclass, field
from typing import Any

from podium.graph.guards import CallPolicy
from podium.graph.policies import to_ms
from podium.guard.body import InTask, InThread
from podium.guard.caught import Raised, caught, is_called_off
from podium.guard.classify import Says, meaning_of
from podium.guard.clock import GuardClock, Share
from podium.guard.deadline import RESERVE_MS, Deadline
from podium.guard.flight import Flight, GuardedCall, Miss
from podium.guard.latency import Latency
from podium.guard.wheel import Wheel
from podium.outcomes import OutOfTime


@dataclass(frozen=True, slots=True)
class Shared:
    """What all tools of an engine have in common.

    Attributes:
        clock, share: Time and chance.
        wheel: The deadlines.
        threads: Where sync tools run.
        says: What authors know about exceptions of all tools, the first that is asked first.
        left: What was left behind and still runs.
    """

    clock: GuardClock
    share: Share
    wheel: Wheel
    threads: Executor
    says: list[Says] = field(default_factory=list)
    left: "set[asyncio.Future[Any]]" = field(default_factory=set)


class Attempts:
    """The attempts of one tool.

    Attributes:
        latency: How long those took that went well.
    """

    __slots__ = ("_is_hard", "_mono_ms", "_own", "_shared", "_timeout_ms", "_tool", "latency")

    def __init__(self, tool: str, policy: CallPolicy, shared: Shared) -> None:
        self._tool, self._shared = tool, shared
        self._mono_ms = shared.clock.mono_ms
        self._timeout_ms, self._is_hard = policy.timeout_ms, policy.is_hard
        self._own = () if policy.classify is None else (policy.classify,)
        slow = None if policy.breaker is None else policy.breaker.slow
        self.latency = Latency(None if slow is None else to_ms(slow))

    async def make(self, flight: Flight) -> Any:
        """Make the attempt; there is none where too little time is left."""
        timeout_ms, call, ends_ms = self._timeout_ms, flight.call, flight.deadline_ms
        if ends_ms is not None:
            if ends_ms - flight.now_ms < self.latency.worth_ms:
                return _late(ends_ms - flight.now_ms)
            if call.settles:
                ends_ms = call.own_deadline_ms
            if ends_ms is not None:
                left_ms = ends_ms - flight.now_ms - RESERVE_MS
                timeout_ms = left_ms if timeout_ms is None or left_ms < timeout_ms else timeout_ms
        flight.is_sent = True
        try:
            body = call.make() if call.is_async and not self._is_hard else self._apart(call, flight)
            if timeout_ms is None:
                ended = await caught(body)
            else:
                with Deadline(self._shared.wheel, timeout_ms, shrinks=not call.settles, now_ms=flight.now_ms):
                    ended = await caught(body)
        except TimeoutError as late:
            ended = Raised(late)  # by the deadline: what the tool itself raises is a value by now
        except asyncio.CancelledError as cancelled:
            if is_called_off():
                raise
            ended = Raised(cancelled)  # by the tool's own code
        finally:
            flight.ended_ms = self._mono_ms()
        if type(ended) is Raised:
            return self._missed(ended.error, flight)
        self.latency.note(flight.ended_ms - flight.now_ms)
        return ended

    async def _apart(self, call: GuardedCall, flight: Flight) -> Any:
        """Make it where it can be left behind."""
        shared = self._shared
        body: InTask | InThread
        if call.is_async:
            body = InTask(call.make, name=self._tool, wheel=shared.wheel)
        else:
            body = InThread(call.make, threads=shared.threads)
        try:
            return await body.run()
        finally:
            if body.left is not None:
                flight.left = body.left
                shared.left.add(body.left)
                body.left.add_done_callback(shared.left.discard)

    def _missed(self, error: BaseException, flight: Flight) -> Miss:
        meaning = meaning_of(error, now_ms=self._shared.clock.now_ms(), says=(*self._own, *self._shared.says))
        return Miss(error, meaning, flight.left)


def _late(left_ms: int) -> Miss:
    error = OutOfTime(f"{left_ms} ms are left, which is too little for an attempt", ())
    return Miss(error, meaning_of(error)._replace(is_sure=True))
