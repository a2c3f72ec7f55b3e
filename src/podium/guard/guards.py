"""All guards of one engine, by name. Who names the same one shares it; people and other processes may change it."""

from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass, replace

from podium.graph.guards import Breaker, Bulkhead, CallPolicy, Rate
from podium.guard.attempt import Shared
from podium.guard.breaker import BreakerState, BreakerView, CircuitBreaker
from podium.guard.budget import Spender, Spending
from podium.guard.bulkhead import BulkheadView, FairQueue
from podium.guard.classify import Says
from podium.guard.clock import GuardClock, Share
from podium.guard.rate import RateLimiter, RateView
from podium.guard.retry_budget import RetryBudget, RetryBudgetView
from podium.guard.ring import Named, Ring
from podium.guard.wheel import Wheel
from podium.guard_errors import GuardConflictError, HedgedWriteError
from podium.outcomes import BreakerOpen
from podium.workflow.current import Health

ADOPTED_MS_MAX = 75_000
"""A breaker that another process opened stays open at most this long here, whatever the wall clocks say."""


_WELL = Health()


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


@dataclass(frozen=True, slots=True)
class GuardsView:
    """All guards of an engine as people see them, each kind by name.

    Attributes:
        breakers, bulkheads, rates, retry_budgets: See there.
        left_behind: How many attempts still run although nobody waits for them any more.
    """

    breakers: tuple[BreakerView, ...]
    bulkheads: tuple[BulkheadView, ...]
    rates: tuple[RateView, ...]
    retry_budgets: tuple[RetryBudgetView, ...]
    left_behind: int


class Guards:
    """The guards of one engine.

    Attributes:
        on_change: Called after each transition that a breaker made on its own, from the event loop; it must not raise.
        wheel: The deadlines.
        says: What authors know about exceptions of all tools, beside what each tool's `classify=` says.
        spending: The accounts of money and tokens; to be set before a tool that has a budget is called.

    Args:
        clock, share: Time and chance.
        threads: Where sync tools run.
    """

    def __init__(self, clock: GuardClock, share: Share, *, threads: Executor) -> None:
        self.on_change: Callable[[BreakerChange], None] = lambda _: None
        self.wheel = Wheel(clock)
        self.says: list[Says] = []
        self.spending: Spending | None = None
        self._clock, self._share = clock, share
        self._of_all = Shared(clock, share, self.wheel, threads, self.says)
        self._rings: dict[tuple[str, int], Ring] = {}
        self._shared: dict[tuple[str, str], tuple[object, str]] = {}
        self._breakers: dict[tuple[str, Breaker], CircuitBreaker] = {}
        self._bulkheads: dict[tuple[str, Bulkhead], FairQueue] = {}
        self._limiters: dict[tuple[str, Rate], RateLimiter] = {}
        self._budgets: dict[str, RetryBudget] = {}
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
        made = self._rings[tool, id(policy)] = Ring(tool, policy, self._named(tool, policy), self._of_all)
        return made

    def view(self) -> GuardsView:
        """Return how all of them stand; times are wall time."""
        now_ms = self._clock.mono_ms()
        return GuardsView(
            tuple(self.breakers()),
            tuple(bulkhead.view() for _, bulkhead in sorted(self._bulkheads.items(), key=_by_name)),
            tuple(limiter.view(now_ms) for _, limiter in sorted(self._limiters.items(), key=_by_name)),
            tuple(budget.view() for _, budget in sorted(self._budgets.items())),
            len(self._of_all.left),
        )

    # ----- breakers, for people and other processes; `name` is the breaker's, or the tool's where it has none

    def breakers(self) -> list[BreakerView]:
        """Return how the breakers stand, by name; `until_ms` is wall time."""
        now_ms, wall_ms = self._clock.mono_ms(), self._clock.now_ms()
        views = (breaker.view(now_ms) for breaker in self._breakers.values())
        told = (replace(v, until_ms=None if v.until_ms is None else v.until_ms - now_ms + wall_ms) for v in views)
        return sorted(told, key=lambda view: view.name)

    def health(self, tool: str, policy: CallPolicy) -> Health:
        """Return whether a tool can be called now; whoever gets the turn to try it is expected to."""
        if policy.breaker is None:
            return _WELL
        breaker, now_ms = self._breaker(policy.breaker.name or tool, policy.breaker), self._clock.mono_ms()
        try:
            breaker.check(now_ms)
        except BreakerOpen as refused:
            return Health(is_open=True, why=str(refused))
        if breaker.state in (BreakerState.CLOSED, BreakerState.DISABLED):
            return _WELL
        why = f"{breaker.name} is tried again, one call at a time"
        return Health(on_trial=True, has_turn=breaker.offer(now_ms), why=why)

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
        else:
            assert left_ms is not None, "a breaker that opened by itself closes by itself"
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

    def _named(self, tool: str, policy: CallPolicy) -> Named:
        """Return the guards that are meant; one without a name is the tool's own, a step's where that says its own."""
        said = (policy.breaker, policy.rate, policy.bulkhead)
        dependency = next((guard.name for guard in said if guard is not None and guard.name), tool)
        named = Named(self._budgets.setdefault(dependency, RetryBudget(dependency)))
        if policy.breaker is not None:
            named.breaker = self._breaker(policy.breaker.name or tool, policy.breaker)
        if policy.bulkhead is not None:
            name = policy.bulkhead.name or tool
            fresh = FairQueue(name, policy.bulkhead, wheel=self.wheel)
            named.bulkhead = self._bulkheads.setdefault((name, policy.bulkhead), fresh)
        if policy.rate is not None:
            name = policy.rate.name or tool
            named.limiter = self._limiters.setdefault(
                (name, policy.rate), RateLimiter(name, policy.rate, wheel=self.wheel)
            )
        if policy.budget is not None:
            assert self.spending is not None, "an engine whose tools have budgets has accounts"
            named.spender = Spender(policy.budget, self.spending)
        return named

    def _breaker(self, name: str, policy: Breaker) -> CircuitBreaker:
        known = self._breakers.get((name, policy))
        if known is not None:
            return known
        made = CircuitBreaker(name, policy, share=self._share, on_change=self._changed)
        self._breakers[name, policy] = made
        if name in self._said:
            self._tell(made, self._said[name])
        return made

    def _changed(self, breaker: CircuitBreaker) -> None:
        until_ms = breaker.until_ms
        if until_ms is not None:
            until_ms += self._clock.now_ms() - self._clock.mono_ms()
        self.on_change(BreakerChange(breaker.name, breaker.state, until_ms, breaker.epoch))


def _by_name(item: tuple[tuple[str, object], object]) -> str:
    return item[0][0]
