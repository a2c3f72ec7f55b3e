"""ASGI's types, and what is read from a request. Nothing here needs a framework."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, TypeAlias

Scope: TypeAlias = MutableMapping[str, Any]
Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
ASGIApp: TypeAlias = Callable[[Scope, Receive, Send], Awaitable[None]]


class BodyTooLongError(Exception):
    """The request's body has more bytes than allowed; the rest was not read."""


class ClientGoneError(Exception):
    """The client went away before its request was there."""


def header_values(scope: Scope, name: bytes) -> list[bytes]:
    """Return every value of a header; `name` in lower case, as ASGI has them."""
    return [value for key, value in scope["headers"] if key.lower() == name]


async def read_body(receive: Receive, *, bytes_max: int) -> bytes:
    """Return the whole body.

    Raises:
        BodyTooLongError: It has more than `bytes_max`.
        ClientGoneError: It never came to its end.
    """
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientGoneError
        body += message.get("body", b"")
        if len(body) > bytes_max:
            raise BodyTooLongError
        if not message.get("more_body", False):
            return bytes(body)
