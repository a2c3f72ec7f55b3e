"""How much was used within the last while, counted in slots: things are forgotten up to a slot late, never early."""

from collections import deque

_SLOTS = 60


class Window:
    """One allowance.

    Args:
        limit: So much within any `per_ms`.
        per_ms: The while.
    """

    __slots__ = ("_limit", "_per_ms", "_slots", "_used", "_width_ms")

    def __init__(self, limit: int, per_ms: int) -> None:
        self._limit, self._per_ms = limit, per_ms
        self._width_ms = max(1, per_ms // _SLOTS)
        self._slots: deque[list[int]] = deque()
        self._used = 0

    def has_room(self, amount: int, now_ms: int) -> bool:
        """Claim that so much more may be used now."""
        self._forget(now_ms)
        return self._used + amount <= self._limit

    def add(self, amount: int, now_ms: int) -> None:
        """Count what is used now."""
        slot = now_ms // self._width_ms
        if not self._slots or self._slots[-1][0] < slot:
            self._slots.append([slot, 0])
        self._slots[-1][1] += amount
        self._used += amount

    def settle(self, amount: int, at_ms: int) -> None:
        """Count so much more, or less, for a time that was counted before; nothing if that is forgotten."""
        slot = at_ms // self._width_ms
        for each in self._slots:
            if each[0] == slot:
                each[1] += amount
                self._used += amount

    def _forget(self, now_ms: int) -> None:
        gone = (now_ms - self._per_ms) // self._width_ms
        while self._slots and self._slots[0][0] < gone:
            self._used -= self._slots.popleft()[1]
