"""A connection that says nothing, or letter by letter, is not kept: the head of a request has to be there in time.

uvicorn waits for it without end. What comes after the head is bounded by the gate (`gate.body`).
"""

import asyncio
from typing import Any, cast

from uvicorn.protocols.http.h11_impl import H11Protocol

HEAD_S = 20.0


class PromptConnection(H11Protocol):
    """uvicorn's connection, which is closed where a request's head takes longer than `head_s` seconds."""

    head_s = HEAD_S
    _due: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as in uvicorn
        """Begin to wait for a head."""
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Stop waiting once a head is there; begin anew with the next one."""
        before = cast("Any", self.cycle)
        super().data_received(data)
        if cast("Any", self.cycle) is not before:
            self._stop()
        elif before is None or before.response_complete:
            self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop waiting."""
        self._stop()
        super().connection_lost(exc)

    def _wait(self) -> None:
        if self._due is None:
            self._due = self.loop.call_later(self.head_s, self._give_up)

    def _stop(self) -> None:
        if self._due is not None:
            self._due.cancel()
            self._due = None

    def _give_up(self) -> None:
        self._due = None
        self.transport.close()
