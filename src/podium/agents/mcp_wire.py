"""Transports to MCP servers that say what became of each request, and notice when a server is gone.

The SDK's HTTP transport ends with all of its requests when one connection breaks, and does not say whether that one was
sent. Here a request that fails is answered in the server's place with an error that says so, and the others go on.
"""

import json
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from types import TracebackType
from typing import Any, Final, Self

import httpx2
from anyio import EndOfStream
from mcp.client.stdio import StdioServerParameters, stdio_client
from mcp.client.streamable_http import streamable_http_client

NOT_SENT: Final = -32970
"""Our own code: the request did not leave."""

BROKEN: Final = -32971
"""Our own code: it left, and what became of it is not known."""

ANSWERED: Final = -32972
"""Our own code: an HTTP status came in place of an answer."""

_NEVER_LEFT = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout, httpx2.UnsupportedProtocol)
_SESSION_IS_OVER = 404
_ERRORS = 400
_TELLING = ("retry-after", "retry-after-ms")
_CONNECT_S = 10.0
_READ_S = 300.0


class AnsweringTransport(httpx2.AsyncHTTPTransport):
    """Answers a request that fails with an error of its own."""

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send a request; what prevents its answer is the answer."""
        try:
            response = await super().handle_async_request(request)
            if _is_json(response):
                await response.aread()
        except _NEVER_LEFT as error:
            return _in_place(request, NOT_SENT, f"{type(error).__name__}: {error}", {})
        except httpx2.TransportError as error:
            return _in_place(request, BROKEN, f"{type(error).__name__}: {error}", {})
        if response.status_code < _ERRORS or response.status_code == _SESSION_IS_OVER or _is_json(response):
            return response
        await response.aclose()
        headers = {name: response.headers[name] for name in _TELLING if name in response.headers}
        said = {"status": response.status_code, "headers": headers}
        return _in_place(request, ANSWERED, f"HTTP {response.status_code}", said)


def _is_json(response: httpx2.Response) -> bool:
    return str(response.headers.get("content-type", "")).lower().startswith("application/json")


def _in_place(request: httpx2.Request, code: int, message: str, data: Mapping[str, Any]) -> httpx2.Response:
    """Return an error in JSON-RPC, which the SDK gives to the request that it answers."""
    error = {"code": code, "message": message, "data": data}
    return httpx2.Response(
        502,
        headers={"content-type": "application/json"},
        content=json.dumps({"jsonrpc": "2.0", "id": 0, "error": error}).encode(),
        request=request,
    )


class EndingStream:
    """A stream of messages that says when it is over.

    Attributes:
        is_over: The other side is gone.
    """

    def __init__(self, inner: Any) -> None:
        self._inner, self.is_over = inner, False

    async def receive(self) -> Any:
        """Return the next message."""
        try:
            return await self._inner.receive()
        except EndOfStream:
            self.is_over = True
            raise

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Any:
        try:
            return await self.receive()
        except EndOfStream:
            raise StopAsyncIteration from None

    async def aclose(self) -> None:
        """Close it."""
        self.is_over = True
        await self._inner.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


@asynccontextmanager
async def process(command: Sequence[str], env: Mapping[str, str]) -> AsyncGenerator[tuple[Any, Any]]:
    """Start a server and talk to it over its stdin and stdout."""
    asked = StdioServerParameters(command=command[0], args=list(command[1:]), env=dict(env))
    async with stdio_client(asked) as (read, write):
        yield EndingStream(read), write


@asynccontextmanager
async def place(url: str, headers: Mapping[str, str]) -> AsyncGenerator[tuple[Any, Any]]:
    """Talk to a server over HTTP."""
    timeout = httpx2.Timeout(_CONNECT_S, read=_READ_S)
    client = httpx2.AsyncClient(headers=dict(headers), transport=AnsweringTransport(), timeout=timeout)
    async with client, streamable_http_client(url, http_client=client) as (read, write):
        yield EndingStream(read), write
