"""How often one client may ask: a bucket of tokens each, kept as the one moment at which it is full again.

Source: ITU-T I.371, "generic cell rate algorithm".
"""

from collections import OrderedDict

_CLIENTS_MAX = 10_000
_MINUTE_MS = 60_000


class Rate:
    """A rate for each of many clients; of those, the ones seen last are remembered.

    Args:
        per_minute: Of each.
        burst: So many at once.
    """

    def __init__(self, per_minute: int, *, burst: int) -> None:
        self._each_ms = _MINUTE_MS / per_minute
        self._burst_ms = self._each_ms * burst
        self._full_at: OrderedDict[str, float] = OrderedDict()

    def take(self, client: str, now_ms: int) -> float:
        """Count one, and return 0; or count nothing, and return how many seconds it has to wait."""
        full_at = max(self._full_at.get(client, 0.0), now_ms) + self._each_ms
        ahead_ms = full_at - now_ms - self._burst_ms
        if ahead_ms > 0:
            return ahead_ms / 1000
        self._full_at[client] = full_at
        self._full_at.move_to_end(client)
        if len(self._full_at) > _CLIENTS_MAX:
            self._full_at.popitem(last=False)
        return 0.0
