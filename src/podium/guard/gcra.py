"""One dimension of a rate: so many units in so much time, and a tenth of that at once.

Two laws. The generic cell rate algorithm spreads what is admitted: each unit takes its share of time, and no more than
the burst may be ahead. What is larger than the burst goes when the burst is whole, and its time is then taken after it.
And within no window of the whole time is more admitted than limit and burst together; the window is counted in slots,
so that a unit is forgotten up to a slot late, never early.

Source: ITU-T I.371, "generic cell rate algorithm".
"""

_SLOTS = 60
_COUNT = _SLOTS + 1
"""The slots of a window, and the one that is being filled."""

_BURST = 0.1

NONE = -1
"""The slot of what was not admitted."""


class Cells:
    """One dimension.

    Attributes:
        limit: Units in each `per_ms`, as it is now; `slow_down` and `recover` change it.
        burst: So many units at once.
        admitted: Within the last `per_ms`.
    """

    __slots__ = (
        "_at", "_burst_ms", "_busy_until_ms", "_limit_full", "_slot_ends_ms", "_slots", "_unit_ms", "_width_ms",
        "admitted", "burst", "limit", "per_ms",
    )  # fmt: skip

    def __init__(self, limit: int, per_ms: int) -> None:
        self._limit_full, self.per_ms = float(limit), per_ms
        self.burst = max(1.0, limit * _BURST)
        self._width_ms = per_ms / _SLOTS
        self._slots = [0.0] * _COUNT
        self._at, self._slot_ends_ms = 0, self._width_ms
        self._busy_until_ms = 0.0
        self.admitted = 0.0
        self._set(float(limit))

    def _set(self, limit: float) -> None:
        self.limit = limit
        self._unit_ms = self.per_ms / limit
        self._burst_ms = self.burst * self._unit_ms

    @property
    def is_slow(self) -> bool:
        """Claims that less is admitted than was meant."""
        return self.limit < self._limit_full

    @property
    def most(self) -> float:
        """What can ever be admitted at once."""
        return self.limit + self.burst

    def is_idle(self, now_ms: float) -> bool:
        """Claim that nothing was admitted for as long as the burst takes to come back."""
        return now_ms - self._busy_until_ms >= self._burst_ms

    def take(self, units: float, now_ms: float) -> int:
        """Count `units` as used now, if they need not wait, and return the slot they are in; NONE where they do."""
        unit_ms, burst_ms, busy_until_ms = self._unit_ms, self._burst_ms, self._busy_until_ms
        needed_ms = units * unit_ms
        begins_ms = busy_until_ms if busy_until_ms > now_ms else now_ms  # noqa: FURB136  # max() is half of the cost
        if begins_ms - now_ms + (needed_ms if needed_ms < burst_ms else burst_ms) > burst_ms:  # noqa: FURB136  # so is min()
            return NONE
        if now_ms >= self._slot_ends_ms:
            self._roll(now_ms)
        if self.admitted + units > self.limit + self.burst:
            return NONE
        self._busy_until_ms = begins_ms + needed_ms
        self.admitted += units
        self._slots[self._at % _COUNT] += units
        return self._at

    def wait_ms(self, units: float, now_ms: float) -> float:
        """Return how long from now `units` have to wait; 0 for not at all. Not to be asked for more than `most`."""
        ahead_ms = self._busy_until_ms - now_ms + min(units * self._unit_ms, self._burst_ms) - self._burst_ms
        self._roll(now_ms)
        if self.admitted + units <= self.most:
            return max(0.0, ahead_ms)
        return max(ahead_ms, self._until_room_ms(units, now_ms))

    def settle(self, slot: int, units: float) -> None:
        """Count `units` more than was admitted in `slot`, or fewer where it is negative; never fewer than none."""
        self._busy_until_ms += units * self._unit_ms
        if self._at - slot >= _COUNT:
            return
        there = self._slots[slot % _COUNT]
        units = max(units, -there)
        self._slots[slot % _COUNT] = there + units
        self.admitted += units

    def slow_down(self, factor: float) -> None:
        """Admit less from now on."""
        self._set(max(1.0, self.limit * factor))

    def recover(self, share: float) -> None:
        """Admit more again, by a share of what was meant, which is not exceeded."""
        self._set(min(self._limit_full, self.limit + self._limit_full * share))

    def _until_room_ms(self, units: float, now_ms: float) -> float:
        """Return how long until enough slots have gone for `units` to fit."""
        left = self.admitted
        for at in range(self._at - _COUNT + 1, self._at + 1):
            left -= self._slots[at % _COUNT]
            if left + units <= self.most:
                return (at + _COUNT) * self._width_ms - now_ms
        return float(self.per_ms)

    def _roll(self, now_ms: float) -> None:
        """Forget the slots that are out of the window by now."""
        at = int(now_ms // self._width_ms)
        for gone in range(self._at + 1, min(at, self._at + _COUNT) + 1):
            self.admitted -= self._slots[gone % _COUNT]
            self._slots[gone % _COUNT] = 0.0
        self._at, self._slot_ends_ms = at, (at + 1) * self._width_ms
