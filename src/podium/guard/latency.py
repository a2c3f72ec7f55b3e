"""How long calls took lately: what is quick for a tool, and what is slow, is learned from its own."""

from collections import deque

from podium.guard.deadline import ATTEMPT_MS_MIN

KEPT = 128
"""The figures are of so many calls, and worked out anew after so many; more often at the beginning."""

ENOUGH = 10
"""With fewer calls than this nothing is known."""

SLOW_MS, _SLOW_TIMES = 60_000, 3
"""Where nobody says what is slow: what takes longer than this, and than three times what nearly all calls take."""


class Latency:
    """The durations of the last calls that went well.

    Attributes:
        slow_ms: Slower than this is slow.
        worth_ms: An attempt that has less time than this is not worth beginning.
        p50_ms, p95_ms: So long one half, and all but a twentieth, took at most; None while too little is known.

    Args:
        slow_ms: What is slow, where somebody says so.
    """

    __slots__ = ("_kept", "_left", "_slow_ms", "p50_ms", "p95_ms", "slow_ms", "worth_ms")

    def __init__(self, slow_ms: int | None = None) -> None:
        self._kept: deque[int] = deque(maxlen=KEPT)
        self._left = ENOUGH
        self._slow_ms = slow_ms
        self.slow_ms = SLOW_MS if slow_ms is None else slow_ms
        self.worth_ms = ATTEMPT_MS_MIN
        self.p50_ms: int | None = None
        self.p95_ms: int | None = None

    def note(self, took_ms: int) -> None:
        """Take a call into account."""
        self._kept.append(took_ms)
        self._left -= 1
        if not self._left:
            self._renew()

    def _renew(self) -> None:
        self._left = len(self._kept)
        ordered = sorted(self._kept)
        self.p50_ms = ordered[len(ordered) // 2]
        self.p95_ms = ordered[len(ordered) * 95 // 100]
        self.worth_ms = max(ATTEMPT_MS_MIN, self.p50_ms)
        if self._slow_ms is None:
            self.slow_ms = max(SLOW_MS, _SLOW_TIMES * self.p95_ms)
