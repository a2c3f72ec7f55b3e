"""The guards of an engine, in step with those of other processes over the same store.

What a breaker does is published when it changes, and other processes take over only that it opened: how many calls
failed is each one's own to see. What a person orders holds in all of them.
"""

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from podium.engine.guard_store import BreakerRow, BreakerSwitch, GuardStore, Override
from podium.engine.ports import Clock
from podium.engine.spawn import Spawn
from podium.errors import StoreError
from podium.graph.guards import Breaker
from podium.guard.breaker import BreakerState, BreakerView
from podium.guard.guards import BreakerChange, Guards
from podium.guard_errors import UnknownBreakerError
from podium.workflow.binding import Compiled

_LOG = logging.getLogger("podium")


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakerInfo:
    """A breaker as people see it.

    Attributes:
        name: The dependency.
        state: What it does here, if calls were made through it in this process; otherwise what was last told of it.
        until: When that ends by itself, in ms since 1970 UTC; None where it does not.
        calls, failures, slow: Within its window, in this process; None where it made no calls.
        trips: How often it opened in this process; None where that made no calls.
        why: What opened it.
        override: The order of a person that holds now; None where it decides by itself.
    """

    name: str
    state: BreakerState
    until: int | None = None
    calls: int | None = None
    failures: int | None = None
    slow: int | None = None
    trips: int | None = None
    why: str = ""
    override: Override | None = None


class SharedGuards:
    """Between the guards of one engine and the store.

    Args:
        guards, store: What is kept in step.
        clock: Time.
        spawn: Makes the tasks that publish.
    """

    def __init__(self, guards: Guards, store: GuardStore, *, clock: Clock, spawn: Spawn) -> None:
        self._guards, self._store, self._clock, self._spawn = guards, store, clock, spawn
        self._known: set[str] = set()
        self._seen: dict[str, BreakerRow] = {}
        self._guards.on_change = self._changed

    async def add(self, workflows: Iterable[Compiled]) -> None:
        """Make the breakers of workflows known to people, before they have anything to tell."""
        new = [workflow for workflow in workflows if workflow.hash not in self._known]
        said = [one for workflow in new for one in workflow.said]
        names = {one.name_of(guard) for one in said for guard in one.guards if isinstance(guard, Breaker)}
        if names:
            await self._store.add_breakers(names)
        self._known.update(workflow.hash for workflow in new)

    async def adopt(self) -> None:
        """Take over what other processes and people have told since the last time."""
        now_ms = self._clock.now_ms()
        for row in await self._store.breakers():
            seen = self._seen.get(row.name)
            self._seen[row.name] = row
            if seen is None or seen.override != row.override:
                self._obey(row.override, now_ms, is_news=seen is not None)
            is_new = seen is None or seen.version != row.version
            if is_new and row.state == BreakerState.OPEN and row.until > now_ms and in_force(row, now_ms) is None:
                self._guards.adopt_open(row.name, row.until)

    def _obey(self, order: Override | None, now_ms: int, *, is_news: bool) -> None:
        if order is None or not _holds(order, now_ms):
            return
        if order.switch is BreakerSwitch.OPEN:
            self._guards.force_open(order.name, until_ms=order.until)
        elif order.switch is BreakerSwitch.DISABLED:
            self._guards.disable(order.name, until_ms=order.until)
        elif is_news:
            self._guards.automatic(order.name)

    async def order(self, order: Override) -> None:
        """Record an order and obey it here; other processes do within their next look.

        Raises:
            UnknownBreakerError: No process has ever made such a breaker known; nothing was recorded.
        """
        if not await self._store.override(order):
            raise UnknownBreakerError(order.name, [row.name for row in await self._store.breakers()])
        await self.adopt()

    async def breakers(self) -> list[BreakerInfo]:
        """Return all breakers, by name. What is shown holds here: news and orders on record are taken over first."""
        await self.adopt()
        here: Mapping[str, BreakerView] = {view.name: view for view in self._guards.breakers()}
        now_ms = self._clock.now_ms()
        return [_info(row, here.get(row.name), now_ms) for row in await self._store.breakers()]

    def _changed(self, change: BreakerChange) -> None:
        views = (view for view in self._guards.breakers() if view.name == change.name)
        why = next((view.cause for view in views), "") if change.state is BreakerState.OPEN else ""
        row = BreakerRow(
            name=change.name, state=change.state, until=change.until_ms or 0, why=why, at=self._clock.now_ms()
        )
        self._spawn(self._publish(row))

    async def _publish(self, row: BreakerRow) -> None:
        try:
            await self._store.put_breaker(row)
        except StoreError as error:  # whoever writes runs hears of it too; the breaker itself has changed
            _LOG.warning("the breaker %s is %s, and other processes are not told: %s", row.name, row.state, error)


def in_force(row: BreakerRow, now_ms: int) -> Override | None:
    """Return the order that a breaker obeys now."""
    order = row.override
    is_order = order is not None and order.switch is not BreakerSwitch.AUTO and _holds(order, now_ms)
    return order if is_order else None


def _holds(order: Override, now_ms: int) -> bool:
    return order.until is None or order.until > now_ms


_FORCED: Mapping[BreakerSwitch, BreakerState] = {
    BreakerSwitch.OPEN: BreakerState.FORCED_OPEN,
    BreakerSwitch.DISABLED: BreakerState.DISABLED,
}


def _info(row: BreakerRow, here: BreakerView | None, now_ms: int) -> BreakerInfo:
    order = in_force(row, now_ms)
    told = _told(row, now_ms)
    if here is not None:
        counts: dict[str, Any] = {
            "calls": here.calls,
            "failures": here.failures,
            "slow": here.slow,
            "trips": here.trips,
        }
        told = replace(told, state=here.state, until=here.until_ms, why=here.cause or row.why, **counts)
    if order is not None:
        told = replace(told, state=_FORCED[order.switch], until=order.until, override=order)
    return told


def _told(row: BreakerRow, now_ms: int) -> BreakerInfo:
    """Return what was told of a breaker; one whose time is up is tried again by whoever calls next."""
    state = BreakerState(row.state)
    if state is BreakerState.OPEN and row.until <= now_ms:
        state = BreakerState.HALF_OPEN
    until = row.until if state is BreakerState.OPEN else None
    return BreakerInfo(name=row.name, state=state, until=until, why=row.why)
