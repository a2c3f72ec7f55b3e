"""How long calls took lately: what is quick for a tool, and what is slow, is learned from its own."""

KEPT = 128
"""The figures are of so many calls, and worked out anew after so many; more often at the beginning."""

ENOUGH = 10
"""With fewer calls than this nothing is known."""


class Latency:
    """The durations of the last calls that went well.

    Attributes:
        p50_ms, p95_ms: So long one half, and all but a twentieth, took at most; None while too little is known.
    """

    __slots__ = ("_count", "_kept", "_renews_at", "p50_ms", "p95_ms")

    def __init__(self) -> None:
        self._kept: list[int] = []
        self._count, self._renews_at = 0, ENOUGH
        self.p50_ms: int | None = None
        self.p95_ms: int | None = None

    def note(self, took_ms: int) -> None:
        """Take a call into account."""
        count = self._count
        self._count = count + 1
        if count < KEPT:
            self._kept.append(took_ms)
        else:
            self._kept[count % KEPT] = took_ms
        if count + 1 == self._renews_at:
            self._renew()

    def _renew(self) -> None:
        self._renews_at += min(self._renews_at, KEPT)
        ordered = sorted(self._kept)
        self.p50_ms = ordered[len(ordered) // 2]
        self.p95_ms = ordered[len(ordered) * 95 // 100]
