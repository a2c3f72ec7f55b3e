"""What was left behind of writes whose time was up, for whoever has to know whether it may yet act."""

import asyncio
from collections import deque
from typing import Any

ENDED_MAX = 1000
"""So many answers of attempts that were left behind are kept."""


class Leftovers:
    """Attempts of writes that were left behind, by the key under which they were sent.

    Those that still run may yet act. Those that have ended are kept for a while, because what they answered may be
    asked for before it has found its way through the inbox.
    """

    def __init__(self) -> None:
        self._left: dict[str, set[asyncio.Future[Any]]] = {}
        self._ended: deque[tuple[str, asyncio.Future[Any]]] = deque()

    def add(self, key: str, left: "asyncio.Future[Any]") -> None:
        """Keep one."""
        self._left.setdefault(key, set()).add(left)
        left.add_done_callback(lambda done: self._end(key, done))

    def of(self, key: str) -> "set[asyncio.Future[Any]]":
        """Return those that were sent under a key."""
        return set(self._left.get(key, ()))

    def _end(self, key: str, left: "asyncio.Future[Any]") -> None:
        self._ended.append((key, left))
        if len(self._ended) > ENDED_MAX:
            old, first = self._ended.popleft()
            self._left[old].discard(first)
            if not self._left[old]:
                del self._left[old]
