"""What an application sends, held back until it is known what the client may be told."""

from collections.abc import Collection
from typing import Final

from podium.asgi.answer import Answer
from podium.asgi.wire import Message, Send

_START: Final = "http.response.start"


class Reply:
    """The answer of one request on its way out.

    Up to `bytes_max` nothing goes out before the whole is there. A longer one goes out as it comes, but for its last
    message: who has not seen that has not seen the answer.

    Args:
        send: The way to the client.
        bytes_max: How long a body is held back, and kept.
    """

    def __init__(self, send: Send, *, bytes_max: int) -> None:
        self._send = send
        self._bytes_max = bytes_max
        self._held: list[Message] = []
        self._body = bytearray()
        self._headers: list[tuple[bytes, bytes]] = []
        self.status = 0
        self.is_long = False

    async def take(self, message: Message) -> bool:
        """Take a message of the application; return whether the answer is whole."""
        self._held.append(message)
        if message["type"] == _START:
            self.status = message["status"]
            self._headers = list(message.get("headers", ()))
            return False
        self._body += message.get("body", b"")
        if not message.get("more_body", False):
            return True
        if self.is_long or len(self._body) > self._bytes_max:
            await self._let_go()
        return False

    def answer(self, kept: Collection[str]) -> Answer | None:
        """Return what is to be kept of it, with the headers of these names; None where it is too long."""
        if self.is_long or len(self._body) > self._bytes_max:
            return None
        headers = ((name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in self._headers)
        return Answer(self.status, bytes(self._body), tuple(header for header in headers if header[0] in kept))

    async def deliver(self, *more: tuple[str, str]) -> None:
        """Send what is held back, with more headers where they can still be sent."""
        held, self._held = self._held, []
        for message in held:
            if message["type"] == _START:
                extra = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in more]
                message["headers"] = [*self._headers, *extra]
            await self._send(message)

    async def _let_go(self) -> None:
        """Send all but the last message."""
        *going, last = self._held
        self._held, self.is_long = [last], True
        self._body.clear()
        for message in going:
            await self._send(message)
