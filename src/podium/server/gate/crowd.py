"""How many requests and live streams there are at a time, in all and of one client."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from podium.server.gate.refusal import Refusal
from podium.server.gate.settings import Limits

_AGAIN_S = 1.0


class Crowd:
    """Those who are inside."""

    def __init__(self, limits: Limits) -> None:
        self._most = {False: (limits.requests, limits.requests_per_client)}
        self._most[True] = (limits.streams, limits.streams_per_client)
        self._inside: dict[bool, Counter[str]] = {False: Counter(), True: Counter()}

    @contextmanager
    def place(self, client: str, *, is_stream: bool) -> Iterator[None]:
        """Hold a place; raise Refusal where there is none."""
        inside, (in_all, each) = self._inside[is_stream], self._most[is_stream]
        if inside.total() >= in_all:
            raise Refusal("server-busy", retry_after_s=_AGAIN_S)
        if inside[client] >= each:
            raise Refusal("too-many-at-once", retry_after_s=_AGAIN_S)
        inside[client] += 1
        try:
            yield
        finally:
            inside[client] -= 1
            if not inside[client]:
                del inside[client]


def is_stream(path: str) -> bool:
    """Claim that what is asked for goes on until somebody ends it."""
    return path.startswith("/api/") and path.endswith(("/stream", "/tokens"))
