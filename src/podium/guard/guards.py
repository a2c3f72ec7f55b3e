"""All guards of one engine, by name. Who names the same one shares it; people and other processes may change it."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from podium.graph.guards import Breaker, CallPolicy
from podium.guard.breaker import BreakerState, BreakerView, CircuitBreaker
from podium.guard.clock import GuardClock, Share
from podium.guard.ring import Ring
from podium.guard_errors import GuardConflictError, HedgedWriteError

ADOPTED_MS_MAX = 75_000
"""A breaker that another process opened stays open at most this long here, whatever the wall clocks say."""


@dataclass(frozen=True, slots=True)
class BreakerChange:
    """A transition that a breaker of this process made on its own, for other processes to know.

    Attributes:
        name: The dependency.
        state: OPEN, HALF_OPEN or CLOSED.
        until_ms: OPEN: when it may be tried again, in ms since 1970 UTC.
        epoch: Counts the transitions of this process's breaker.
    """

    name: str
    state: BreakerState
    until_ms: int | None
    epoch: int


@dataclass(slots=True)
class _Said:
    """What was said about a breaker from outside, for those of its name that are yet to come. Wall time."""

    state: BreakerState
    until_ms: int | None


class Guards:
    """The guards of one engine.

    Attributes:
        on_change: Called after each transition that a breaker made on its own, from the event loop; it must not raise.

    Args:
        clock: Time.
        share: Chance.
    """

    def __init__(self, clock: GuardClock, share: Share) -> None:
        self.on_change: Callable[[BreakerChange], None] = lambda _: None
        self._clock, self._share = clock, share
        self._rings: dict[tuple[str, int], Ring] = {}
        self._breakers: dict[tuple[str, Breaker], CircuitBreaker] = {}
        self._shared: dict[tuple[str, str], tuple[object, str]] = {}
        self._said: dict[str, _Said] = {}

    def ring(self, tool: str, policy: CallPolicy, *, writes: bool = False) -> Ring:
        """Return the guards of a tool, made when they are first asked for.

        Raises:
            GuardConflictError: Another tool gave a guard of the same name another policy.
            HedgedWriteError: A write is to be called twice.
        """
        known = self._rings.get((tool, id(policy)))
        if known is not None:
            return known
        if writes and policy.hedge is not None:
            raise HedgedWriteError(tool)
        for guard in (policy.breaker, policy.bulkhead, policy.rate, policy.budget):
            self._check_shared(guard, tool)
        breaker = None if policy.breaker is None else self._breaker(tool, policy.breaker)
        made = self._rings[tool, id(policy)] = Ring(tool, policy, breaker=breaker)
        return made

    # ----- breakers, for people and other processes; `name` is the breaker's, or the tool's where it has none

    def breakers(self) -> list[BreakerView]:
        """Return how the breakers stand, by name; `until_ms` is wall time."""
        now_ms, wall_ms = self._clock.mono_ms(), self._clock.now_ms()
        views = (breaker.view(now_ms) for breaker in self._breakers.values())
        told = (replace(v, until_ms=None if v.until_ms is None else v.until_ms - now_ms + wall_ms) for v in views)
        return sorted(told, key=lambda view: view.name)

    def force_open(self, name: str, *, until_ms: int | None = None) -> None:
        """Refuse every call, until then (ms since 1970 UTC) or until `automatic`."""
        self._say(name, _Said(BreakerState.FORCED_OPEN, until_ms))

    def disable(self, name: str, *, until_ms: int | None = None) -> None:
        """Let every call through, until then (ms since 1970 UTC) or until `automatic`."""
        self._say(name, _Said(BreakerState.DISABLED, until_ms))

    def automatic(self, name: str) -> None:
        """End what a person said about a breaker; it begins anew, closed."""
        self._say(name, _Said(BreakerState.CLOSED, None))

    def adopt_open(self, name: str, until_ms: int) -> None:
        """Be open until then (ms since 1970 UTC), as another process is; a process need not be told its own."""
        self._say(name, _Said(BreakerState.OPEN, until_ms))

    def _say(self, name: str, said: _Said) -> None:
        self._said[name] = said
        for (known, _), breaker in self._breakers.items():
            if known == name:
                self._tell(breaker, said)

    def _tell(self, breaker: CircuitBreaker, said: _Said) -> None:
        now_ms = self._clock.mono_ms()
        left_ms = None if said.until_ms is None else said.until_ms - self._clock.now_ms()
        until_ms = None if left_ms is None else now_ms + left_ms
        if said.state is BreakerState.CLOSED:
            breaker.automatic()
        elif left_ms is not None and left_ms <= 0:
            return
        elif said.state is BreakerState.FORCED_OPEN:
            breaker.force_open(until_ms)
        elif said.state is BreakerState.DISABLED:
            breaker.disable(until_ms)
        elif left_ms is not None:
            breaker.adopt_open(now_ms + min(left_ms, ADOPTED_MS_MAX))

    # ----- making

    def _check_shared(self, guard: object, tool: str) -> None:
        name = getattr(guard, "name", "")
        if not name:
            return
        kind = type(guard).__name__
        there, other = self._shared.setdefault((kind, name), (guard, tool))
        if there != guard:
            raise GuardConflictError(kind, name, tool=tool, other=other)

    def _breaker(self, tool: str, policy: Breaker) -> CircuitBreaker:
        """Return the breaker that is meant; one without a name is the tool's own."""
        key = (policy.name or tool, policy)
        if key not in self._breakers:
            made = CircuitBreaker(key[0], policy, share=self._share, on_change=self._changed)
            self._breakers[key] = made
            if key[0] in self._said:
                self._tell(made, self._said[key[0]])
        return self._breakers[key]

    def _changed(self, breaker: CircuitBreaker) -> None:
        until_ms = breaker.until_ms
        if until_ms is not None:
            until_ms += self._clock.now_ms() - self._clock.mono_ms()
        self.on_change(BreakerChange(breaker.name, breaker.state, until_ms, breaker.epoch))
