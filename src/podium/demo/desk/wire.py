"""HTTP below the handlers: bodies with a limit, clients that go away, and answers that never arrive."""

import asyncio
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from podium.demo.desk.problem import ProblemError

BODY_BYTES_MAX: Final = 16_384
_TRANSPORT: Final = "podium.desk.transport"


class NoReply(Response):
    """Closes the connection without a byte of an answer, as a crashed proxy would."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        """Cut the connection, and wait until the server has noticed."""
        scope["extensions"][_TRANSPORT].abort()
        await _until_gone(receive)


class CuttableProtocol(H11Protocol):
    """uvicorn's HTTP/1.1, which also hands the handler its transport; ASGI has no other way to cut a connection."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as in the parent
        """Give every request of this connection the transport, as an ASGI extension."""
        super().connection_made(transport)
        inner = self.app

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            extensions = {**scope.get("extensions", {}), _TRANSPORT: transport}
            await inner({**scope, "extensions": extensions}, receive, send)

        self.app = app


async def read_body(request: Request) -> bytes:
    """Return the body.

    Raises:
        ProblemError: It is longer than `BODY_BYTES_MAX`; the rest was not read.
    """
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > BODY_BYTES_MAX:
            raise ProblemError(413, "body-too-long", f"a body has at most {BODY_BYTES_MAX} bytes")
    return bytes(body)


async def hang(request: Request) -> NoReply:
    """Wait, without an answer, until the client goes. The body must have been read."""
    await _until_gone(request.receive)
    return NoReply()


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
