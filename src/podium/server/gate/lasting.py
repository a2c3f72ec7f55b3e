"""An answer that goes on for long is given up when whoever asked for it may no longer have it.

That is looked at before each piece, so at the latest with the next heartbeat.
"""

import asyncio
from collections.abc import Callable

from podium.asgi.wire import Message, Receive, Send


class LastingAnswer:
    """The way between an application that streams and a client.

    Args:
        receive, send: To the client.
        may: Claims that the client may still have it.
    """

    def __init__(self, receive: Receive, send: Send, *, may: Callable[[], bool]) -> None:
        self._receive, self._send, self._may = receive, send, may
        self._over = asyncio.Event()

    async def send(self, message: Message) -> None:
        """Pass a piece on, or end the answer; what comes after the end goes nowhere."""
        if self._over.is_set():
            return
        if message["type"] == "http.response.body" and not self._may():
            self._over.set()
            message = {"type": "http.response.body", "body": b"", "more_body": False}
        await self._send(message)

    async def receive(self) -> Message:
        """Return what the client sends, or that it is gone, once the answer was ended."""
        theirs = asyncio.ensure_future(self._receive())
        ours = asyncio.ensure_future(self._over.wait())
        try:
            await asyncio.wait({theirs, ours}, return_when=asyncio.FIRST_COMPLETED)
            return await theirs if theirs.done() else {"type": "http.disconnect"}
        finally:
            theirs.cancel()
            ours.cancel()
