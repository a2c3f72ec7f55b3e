"""The circuit breaker: leaves a dependency alone that fails, and tries it again with one call at a time.

    CLOSED ── too many failed, were slow, or failed in a row ──▶ OPEN
    OPEN ──── its time is up, and somebody asks ───────────────▶ HALF_OPEN
    HALF_OPEN ── a probe failed, was slow, or is overdue ──────▶ OPEN, for longer
    HALF_OPEN ── enough probes, one at a time, went well ──────▶ CLOSED

Every permit carries the epoch in which it was given, and each transition begins a new one: a call that ends in another
epoch than its own changes nothing, whatever it says. There are no timers: who asks next sees what time has brought.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from podium.graph.guards import Breaker
from podium.graph.policies import to_ms
from podium.guard.clock import Share
from podium.guard.window import Window
from podium.outcomes import BreakerOpen

_DOUBLINGS_MAX = 30
_CAUSE_CHARS_MAX = 300
OFFER_MS = 1_000
"""So long a turn to try the dependency waits to be taken."""
_NOT_COUNTED = -1
"""The permit of a call that nobody looks at: the breaker is switched off."""


class BreakerState(StrEnum):
    """What a breaker does."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"
    FORCED_OPEN = "forced_open"
    DISABLED = "disabled"


@dataclass(frozen=True, slots=True)
class BreakerView:
    """A breaker as people see it.

    Attributes:
        name: The dependency.
        state: What it does.
        until_ms: When that ends on its own, on the clock that it was asked with; None where it does not.
        epoch: Which state this is, counted from 1.
        calls, failures, slow: Within its window.
        trips: How often it opened.
        stale: How many calls ended in another epoch than their own.
        cause: The last failure, in one line.
    """

    name: str
    state: BreakerState
    until_ms: int | None
    epoch: int
    calls: int
    failures: int
    slow: int
    trips: int
    stale: int
    cause: str


OnChange = Callable[["CircuitBreaker"], None]


class CircuitBreaker:
    """One breaker. All times are of one monotonic clock, in ms.

    Args:
        name: The dependency.
        policy: When it opens and closes.
        share: Chance, for how long it stays open.
        on_change: Called after each transition of its own; not when a person or another process changes it.
    """

    __slots__ = (
        "_in_a_row", "_lease_ms", "_offered_ms", "_on_change", "_open_ms", "_open_ms_max", "_opened", "_passed",
        "_share", "_window", "cause", "epoch", "name", "policy", "stale", "state", "trips", "until_ms",
    )  # fmt: skip

    def __init__(self, name: str, policy: Breaker, *, share: Share, on_change: OnChange) -> None:
        self.name, self.policy = name, policy
        self._share, self._on_change = share, on_change
        self._open_ms, self._open_ms_max = to_ms(policy.open_for), to_ms(policy.open_for_max)
        self._window = Window(to_ms(policy.window))
        self.state = BreakerState.CLOSED
        self.until_ms: int | None = None
        self.epoch, self.cause = 1, ""
        self.trips = self.stale = 0
        self._in_a_row = self._opened = self._passed = 0
        self._lease_ms: int | None = None
        self._offered_ms: int | None = None

    # ----- calls

    def check(self, now_ms: int) -> None:
        """Raise BreakerOpen where `acquire` would now; for those who are about to wait for something else first."""
        if self.state is not BreakerState.CLOSED:
            self._look(now_ms)

    def acquire(self, now_ms: int, *, lease_ms: int) -> int:
        """Take a permit; it is given back by exactly one of `succeeded`, `failed` and `returned`.

        Args:
            now_ms: The time.
            lease_ms: How long a probe may take before it counts as failed.

        Raises:
            BreakerOpen: Nothing may be sent now; a new exception each time.
        """
        if self.state is BreakerState.CLOSED:
            return self.epoch
        self._look(now_ms)
        if self.state is BreakerState.DISABLED:
            return _NOT_COUNTED
        if self.state is BreakerState.OPEN:
            self._passed = 0
            self._enter(BreakerState.HALF_OPEN, None)
        if self.state is BreakerState.HALF_OPEN:
            self._lease_ms = now_ms + lease_ms
        return self.epoch

    def succeeded(self, permit: int, now_ms: int, *, is_slow: bool = False) -> None:
        """The call came back; slow means slower than the policy takes for well."""
        if permit != self.epoch:
            self.stale += 1
        elif self.state is BreakerState.CLOSED:
            self._in_a_row = 0
            window = self._window
            window.note(now_ms, failed=False, slow=is_slow)
            if (window.failures or window.slow) and self._is_unwell():
                self._trip(now_ms)
        elif is_slow:
            self._trip(now_ms)
        else:
            self._probe_passed()

    def failed(self, permit: int, now_ms: int, cause: str) -> None:
        """The dependency failed the call."""
        if permit != self.epoch:
            self.stale += 1
            return
        self.cause = cause[:_CAUSE_CHARS_MAX]
        if self.state is BreakerState.HALF_OPEN:
            self._trip(now_ms)
            return
        self._in_a_row += 1
        self._window.note(now_ms, failed=True, slow=False)
        if self._in_a_row == self.policy.consecutive or self._is_unwell():
            self._trip(now_ms)

    def returned(self, permit: int) -> None:
        """The call says nothing about the dependency: it was called off, or never sent."""
        if permit != self.epoch:
            self.stale += 1
        else:
            self._lease_ms = self._offered_ms = None

    def offer(self, now_ms: int) -> bool:
        """Give the turn to try the dependency to one of those who could call it or something else; claim that it is.

        Nobody has to take it: after a second without a call it is given to the next who asks.
        """
        if self._offered_ms is not None and now_ms < self._offered_ms + OFFER_MS:
            return False
        self._offered_ms = now_ms
        return True

    # ----- what people and other processes say

    def force_open(self, until_ms: int | None) -> None:
        """Refuse every call, until then or until told otherwise."""
        self._enter(BreakerState.FORCED_OPEN, until_ms, is_own=False)

    def disable(self, until_ms: int | None) -> None:
        """Let every call through and look at none, until then or until told otherwise."""
        self._enter(BreakerState.DISABLED, until_ms, is_own=False)

    def automatic(self) -> None:
        """End what a person said and begin anew, closed."""
        self._opened = 0
        self._enter(BreakerState.CLOSED, None, is_own=False)

    def adopt_open(self, until_ms: int) -> None:
        """Another process found the dependency unwell: be open until then, if not for longer already."""
        if self.state is BreakerState.OPEN:
            self.until_ms = max(self.until_ms or 0, until_ms)
        elif self.state in (BreakerState.CLOSED, BreakerState.HALF_OPEN):
            self._enter(BreakerState.OPEN, until_ms, is_own=False)

    def view(self, now_ms: int) -> BreakerView:
        """Return how it stands."""
        self._roll(now_ms)
        window = self._window
        window.look(now_ms)
        return BreakerView(
            self.name, self.state, self.until_ms, self.epoch, window.calls, window.failures, window.slow,
            self.trips, self.stale, self.cause,
        )  # fmt: skip

    # ----- transitions

    def _roll(self, now_ms: int) -> None:
        """See what time has brought: a probe that is overdue has failed when its lease ended; an override may end."""
        if self._lease_ms is not None and now_ms >= self._lease_ms:
            self.cause = "a probe did not come back in time"
            self._trip(self._lease_ms)
        overridden = self.state in (BreakerState.FORCED_OPEN, BreakerState.DISABLED)
        if overridden and self.until_ms is not None and now_ms >= self.until_ms:
            self.automatic()

    def _look(self, now_ms: int) -> None:
        """Raise BreakerOpen unless a call may go through."""
        self._roll(now_ms)
        left_ms: int | None = None
        if self.state in (BreakerState.OPEN, BreakerState.FORCED_OPEN):
            left_ms = None if self.until_ms is None else self.until_ms - now_ms
            if left_ms is not None and left_ms <= 0:
                return
        elif self._lease_ms is not None:
            left_ms = self._lease_ms - now_ms
        else:
            return
        raise BreakerOpen(self.name, self._why(left_ms), retry_after_ms=left_ms)

    def _why(self, left_ms: int | None) -> str:
        when = "until a person says otherwise" if left_ms is None else f"for another {left_ms} ms"
        cause = f"; last failure: {self.cause}" if self.cause else ""
        return f"{self.name} is left alone {when} (breaker {self.state}){cause}"

    def _is_unwell(self) -> bool:
        window, policy = self._window, self.policy
        if window.calls < policy.calls_min:
            return False
        return window.failures >= policy.failure_rate * window.calls or window.slow >= policy.slow_rate * window.calls

    def _trip(self, at_ms: int) -> None:
        longest_ms = min(self._open_ms << min(self._opened, _DOUBLINGS_MAX), self._open_ms_max)
        self._opened += 1
        self.trips += 1
        self._enter(BreakerState.OPEN, at_ms + round(longest_ms * (1 + self._share() / 4)))

    def _probe_passed(self) -> None:
        self._lease_ms = self._offered_ms = None
        self._passed += 1
        if self._passed >= self.policy.probes:
            self._opened = 0
            self._enter(BreakerState.CLOSED, None)

    def _enter(self, state: BreakerState, until_ms: int | None, *, is_own: bool = True) -> None:
        self.state, self.until_ms = state, until_ms
        self.epoch += 1
        self._lease_ms = self._offered_ms = None
        self._in_a_row = 0
        self._window.clear()
        if is_own:
            self._on_change(self)
