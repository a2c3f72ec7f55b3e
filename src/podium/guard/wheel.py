"""Many deadlines, one timer: a wheel whose ticks are 10 ms wide.

Most deadlines are met, so they are set and taken back again without anything having happened. A timer of the event loop
for each costs more than all other guards together; here both are an entry in a set.
"""

import heapq
from typing import Protocol

from podium.guard.clock import Cancellable, GuardClock

TICK_MS = 10
_NEAR_MS = 60_000
_COARSE_MS = 1_000
"""What is further away than a minute is looked at again half a minute before: no tick of its own is kept so long."""


class Expiring(Protocol):
    """What is told when its time is up.

    Attributes:
        at_ms: When, on the monotonic clock; not changed while it is on the wheel.
        tick: Where it is on the wheel; the wheel's own.
    """

    at_ms: int
    tick: int

    def expire(self) -> None:
        """Its time is up; called once, at most a tick late, on the event loop's thread."""


class Wheel:
    """All deadlines of an engine.

    Attributes:
        clock: Time.
    """

    __slots__ = ("_due", "_slots", "_timer", "_timer_tick", "clock")

    def __init__(self, clock: GuardClock) -> None:
        self.clock = clock
        self._slots: dict[int, set[Expiring]] = {}
        self._due: list[int] = []
        self._timer: Cancellable | None = None
        self._timer_tick = 0

    def __len__(self) -> int:
        """How many are waited for."""
        return sum(map(len, self._slots.values()))

    def add(self, entry: Expiring, now_ms: int) -> None:
        """Tell `entry` when its time is up."""
        at_ms = entry.at_ms
        if at_ms - now_ms > _NEAR_MS:
            at_ms = (at_ms - _NEAR_MS // 2) // _COARSE_MS * _COARSE_MS
        tick = entry.tick = -(-at_ms // TICK_MS)
        slot = self._slots.get(tick)
        if slot is None:
            slot = self._slots[tick] = set()
            heapq.heappush(self._due, tick)
            if self._timer is None or tick < self._timer_tick:
                self._wind(tick, now_ms)
        slot.add(entry)

    def discard(self, entry: Expiring) -> None:
        """Do not tell it any more; nothing happens where it has been told."""
        slot = self._slots.get(entry.tick)
        if slot is not None:
            slot.discard(entry)

    def _wind(self, tick: int, now_ms: int) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer_tick = tick
        left_ms = max(0, tick * TICK_MS - now_ms)
        self._timer = self.clock.call_at(self.clock.now_ms() + left_ms, self._turn)

    def _turn(self) -> None:
        """Tell those whose tick has come, then wait for the next tick that anybody is on."""
        self._timer = None
        now_ms = self.clock.mono_ms()
        while self._due and self._due[0] * TICK_MS <= now_ms:
            for entry in self._slots.pop(heapq.heappop(self._due)):
                if entry.at_ms <= now_ms:
                    entry.expire()
                else:
                    self.add(entry, now_ms)
        while self._due and not self._slots[self._due[0]]:
            del self._slots[heapq.heappop(self._due)]
        self._wind_first(now_ms)

    def _wind_first(self, now_ms: int) -> None:
        if self._due and (self._timer is None or self._due[0] < self._timer_tick):
            self._wind(self._due[0], now_ms)
