"""Server-Sent Events: a follower's news as one long answer.

Of each client at most one piece is on its way: the next one is made when that is gone, so what a slow client costs does
not grow. One that takes nothing for `SEND_MS_MAX` is let go; it comes back after `RETRY_MS` with the last id it saw.
"""

import asyncio
import logging

from starlette.responses import Response

from podium.asgi.wire import Message, Receive, Scope, Send
from podium.engine.ports import Clock
from podium.server.live.follower import Follower
from podium.views.view import View

BEAT_MS = 15_000
"""A line is sent at least so often, so that whoever is between does not take the connection for dead."""

SEND_MS_MAX = 20_000
"""A client that takes nothing for so long is let go."""

RETRY_MS = 2_000

EVENTS = "text/event-stream"

_BEAT = b": beat\n\n"
_FIRST = b"retry: %d\n\n" % RETRY_MS

_LOG = logging.getLogger("podium.server")


def frame(event: str, view: View, *, id: int | None = None) -> bytes:
    """Return an event as it is sent; JSON text has no line breaks of its own."""
    named = f"id: {id}\n" if id is not None else ""
    return f"{named}event: {event}\ndata: {view.model_dump_json()}\n\n".encode()


class EventStream(Response):
    """An answer that goes on until its follower is told that it is over, the client goes, or the server drains."""

    def __init__(self, follower: Follower, clock: Clock, *, send_ms_max: int | None = None) -> None:
        super().__init__(media_type=EVENTS, headers={"cache-control": "no-store", "x-accel-buffering": "no"})
        del self.headers["content-length"]
        self._follower, self._clock = follower, clock
        self._send_ms_max = SEND_MS_MAX if send_ms_max is None else send_ms_max
        self._is_gone = False
        self._sent_at_ms = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send what comes for as long as there is anybody who takes it."""
        if scope.get("method") == "HEAD":
            self._follower.leave()
            await Response(headers=dict(self.headers))(scope, receive, send)
            return
        watching = asyncio.ensure_future(self._watch(receive))
        try:
            begin = {"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers}
            await self._send(send, begin)
            await self._send(send, _body(_FIRST))
            await self._go_on(send)
            await self._send(send, _body(b"", is_last=True))
        except TimeoutError:
            _LOG.info("a client that takes nothing was let go")
        finally:
            watching.cancel()
            self._follower.leave()

    async def _go_on(self, send: Send) -> None:
        follower = self._follower
        while not self._is_gone:
            follower.woken.clear()
            piece = follower.take()
            if piece is None and follower.is_over:
                return
            if piece is None and self._clock.mono_ms() - self._sent_at_ms >= BEAT_MS:
                piece = _BEAT
            if piece is not None:
                await self._send(send, _body(piece))
                continue
            beat = self._clock.call_at(self._clock.now_ms() + BEAT_MS, follower.woken.set)
            try:
                await follower.woken.wait()
            finally:
                beat.cancel()

    async def _send(self, send: Send, message: Message) -> None:
        """Send something; raise TimeoutError where the client does not make room for it."""
        if self._is_gone:
            return
        async with asyncio.timeout(self._send_ms_max / 1000):
            await send(message)
        self._sent_at_ms = self._clock.mono_ms()

    async def _watch(self, receive: Receive) -> None:
        """Notice that the client has gone."""
        while (await receive())["type"] != "http.disconnect":
            pass
        self._is_gone = True
        self._follower.woken.set()


def _body(piece: bytes, *, is_last: bool = False) -> Message:
    return {"type": "http.response.body", "body": piece, "more_body": not is_last}
