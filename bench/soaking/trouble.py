"""What goes wrong between a client and the service: drawn for each request, counted by kind."""

from __future__ import annotations

import asyncio
from collections import Counter
from random import Random
from typing import TYPE_CHECKING, Any

from starlette.responses import Response

from podium.demo.desk.wire import NoReply

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

SLOW_S = 0.2
HANG_S = 2.0
"""Longer than any client of the soak waits."""

SHARES = {
    "error before": 0.04,
    "429": 0.04,
    "slow": 0.04,
    "late": 0.01,
    "error after": 0.04,
    "reply lost": 0.04,
}
"""`late`: carried out when its client has long given up."""


class Trouble:
    """Stands before everything else of the service.

    Attributes:
        counts: How often each kind came about.
        is_on: False lets everything through.
    """

    def __init__(self, app: ASGIApp, seed: int) -> None:
        self._app = app
        self._random = Random(seed)
        self.counts: Counter[str] = Counter()
        self.is_on = True

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, not at all, late, or without its answer."""
        kind = self._drawn() if scope["type"] == "http" and scope["path"].startswith("/acts") else ""
        if kind:
            self.counts[kind] += 1
        if kind in ("error before", "429"):
            await Response(status_code=503 if kind == "error before" else 429)(scope, receive, send)
            return
        if kind in ("slow", "late"):
            await asyncio.sleep(SLOW_S if kind == "slow" else HANG_S)
        if kind not in ("error after", "reply lost"):
            await self._app(scope, receive, send)
            return
        await self._app(scope, receive, _nowhere)
        instead = Response(status_code=500) if kind == "error after" else NoReply()
        await instead(scope, receive, send)

    def _drawn(self) -> str:
        if not self.is_on:
            return ""
        kinds = [*SHARES, ""]
        return self._random.choices(kinds, [*SHARES.values(), 1 - sum(SHARES.values())])[0]


async def _nowhere(message: Message | dict[str, Any]) -> None:
    """Take an answer that nobody gets."""
