"""One dimension of a rate: so many units in so much time, and a tenth of that at once.

Two laws. The generic cell rate algorithm spreads what is admitted: each unit takes its share of time, and no more than
the burst may be ahead. What is larger than the burst goes when the burst is whole, and its time is then taken after it.
And within no window of the whole time is more admitted than limit and burst together; the window is counted in slots,
so that a unit is forgotten up to a slot late, never early.

Source: ITU-T I.371, "generic cell rate algorithm".
"""

_SLOTS = 60
_BURST = 0.1


class Cells:
    """One dimension.

    Attributes:
        limit: Units in each `per_ms`, as it is now; `slow_down` and `recover` change it.
        burst: So many units at once.
        admitted: Within the last `per_ms`.
    """

    __slots__ = (
        "_at", "_burst_ms", "_busy_until_ms", "_limit_full", "_slots", "_unit_ms", "_width_ms", "admitted", "burst",
        "limit", "per_ms",
    )  # fmt: skip

    def __init__(self, limit: int, per_ms: int) -> None:
        self._limit_full, self.per_ms = float(limit), per_ms
        self.burst = max(1.0, limit * _BURST)
        self._width_ms = per_ms / _SLOTS
        self._slots = [0.0] * (_SLOTS + 1)
        self._at = 0
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

    def fits(self, units: float, now_ms: float) -> bool:
        """Claim that `units` need not wait."""
        needed_ms = units * self._unit_ms
        if needed_ms > self._burst_ms:  # noqa: PLR1730  # min() costs as much as all the rest
            needed_ms = self._burst_ms
        if self._busy_until_ms - now_ms + needed_ms > self._burst_ms:
            return False
        if now_ms // self._width_ms != self._at:
            self._roll(now_ms)
        return self.admitted + units <= self.limit + self.burst

    def wait_ms(self, units: float, now_ms: float) -> float:
        """Return how long from now `units` have to wait; 0 for not at all. Not to be asked for more than `most`."""
        ahead_ms = self._busy_until_ms - now_ms + min(units * self._unit_ms, self._burst_ms) - self._burst_ms
        self._roll(now_ms)
        if self.admitted + units <= self.most:
            return max(0.0, ahead_ms)
        return max(ahead_ms, self._until_room_ms(units, now_ms))

    def admit(self, units: float, now_ms: float) -> int:
        """Count `units` as used now, and return the slot they are in; they are known to fit."""
        busy_until_ms = self._busy_until_ms
        begins_ms = busy_until_ms if busy_until_ms > now_ms else now_ms  # noqa: FURB136  # as above
        self._busy_until_ms = begins_ms + units * self._unit_ms
        at = self._at
        self._slots[at % (_SLOTS + 1)] += units
        self.admitted += units
        return at

    def settle(self, slot: int, units: float) -> None:
        """Count `units` more than was admitted in `slot`, or fewer where it is negative; never fewer than none."""
        self._busy_until_ms += units * self._unit_ms
        if self._at - slot >= len(self._slots):
            return
        place = slot % len(self._slots)
        counted = max(-self._slots[place], units)
        self._slots[place] += counted
        self.admitted += counted

    def slow_down(self, factor: float) -> None:
        """Admit less from now on."""
        self._set(max(1.0, self.limit * factor))

    def recover(self, share: float) -> None:
        """Admit more again, by a share of what was meant, which is not exceeded."""
        self._set(min(self._limit_full, self.limit + self._limit_full * share))

    def _until_room_ms(self, units: float, now_ms: float) -> float:
        """Return how long until enough slots have gone for `units` to fit."""
        left = self.admitted
        count = len(self._slots)
        for at in range(self._at - count + 1, self._at + 1):
            left -= self._slots[at % count]
            if left + units <= self.most:
                return (at + count) * self._width_ms - now_ms
        return float(self.per_ms)

    def _roll(self, now_ms: float) -> None:
        """Forget the slots that are out of the window by now."""
        at = int(now_ms // self._width_ms)
        if at == self._at:
            return
        count = len(self._slots)
        for gone in range(self._at + 1, min(at, self._at + count) + 1):
            self.admitted -= self._slots[gone % count]
            self._slots[gone % count] = 0.0
        self._at = at
