"""How the calls of the last while went: a sliding window of ten slots of time."""

_SLOTS = 10


class Window:
    """Counts calls, failures and slow calls within `span_ms`, give or take a slot.

    Attributes:
        calls, failures, slow: The counts.
    """

    __slots__ = ("_at", "_ends_ms", "_slot", "_slots", "_width_ms", "calls", "failures", "slow")

    def __init__(self, span_ms: int) -> None:
        self._width_ms = max(1, span_ms // _SLOTS)
        self.clear()

    def clear(self) -> None:
        """Forget everything."""
        self._slots = [[0, 0, 0] for _ in range(_SLOTS)]
        self._slot = self._slots[0]
        self._at = self._ends_ms = 0
        self.calls = self.failures = self.slow = 0

    def note(self, now_ms: int, *, failed: bool, slow: bool) -> None:
        """Count a call that ended."""
        if now_ms >= self._ends_ms:
            self._roll(now_ms)
        slot = self._slot
        slot[0] += 1
        self.calls += 1
        if failed:
            slot[1] += 1
            self.failures += 1
        if slow:
            slot[2] += 1
            self.slow += 1

    def look(self, now_ms: int) -> None:
        """Drop what is too old by now."""
        if now_ms >= self._ends_ms:
            self._roll(now_ms)

    def _roll(self, now_ms: int) -> None:
        at = now_ms // self._width_ms
        for gone in range(self._at + 1, min(at, self._at + _SLOTS) + 1):
            slot = self._slots[gone % _SLOTS]
            self.calls -= slot[0]
            self.failures -= slot[1]
            self.slow -= slot[2]
            slot[:] = (0, 0, 0)
        self._at, self._ends_ms = at, (at + 1) * self._width_ms
        self._slot = self._slots[at % _SLOTS]
