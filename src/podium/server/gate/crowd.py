"""How many requests, live streams and journals to look at there are at a time, in all and of one client."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum

from podium.server.gate.refusal import Refusal
from podium.server.gate.scopes import READS_BY_POST, is_api
from podium.server.gate.settings import Limits

_AGAIN_S = 1.0


class Kind(StrEnum):
    """What a place is held for."""

    REQUEST = "request"
    STREAM = "stream"
    """It goes on until somebody ends it."""
    JOURNAL = "journal"
    """An exported journal is given to be looked at, and held in memory meanwhile."""


def kind_of(path: str) -> Kind:
    """Return what a request holds a place for."""
    if path in READS_BY_POST:
        return Kind.JOURNAL
    return Kind.STREAM if is_api(path) and path.endswith(("/stream", "/tokens")) else Kind.REQUEST


class Crowd:
    """Those who are inside."""

    def __init__(self, limits: Limits) -> None:
        self._most = {
            Kind.REQUEST: (limits.requests, limits.requests_per_client),
            Kind.STREAM: (limits.streams, limits.streams_per_client),
            Kind.JOURNAL: (limits.journals, limits.journals),
        }
        self._inside: dict[Kind, Counter[str]] = {kind: Counter() for kind in Kind}

    @contextmanager
    def place(self, client: str, kind: Kind) -> Iterator[None]:
        """Hold a place; raise Refusal where there is none."""
        inside, (in_all, each) = self._inside[kind], self._most[kind]
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
