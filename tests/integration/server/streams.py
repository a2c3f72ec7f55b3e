"""Clients of streams, over HTTP and over a bare socket."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from tests.integration.server.serving import Served


@dataclass(frozen=True)
class Heard:
    """One event of a stream."""

    event: str
    id: int | None
    data: Any


class Stream:
    """An open stream, read event by event."""

    def __init__(self, answer: httpx.Response) -> None:
        self.answer = answer
        self._lines = answer.aiter_lines()

    async def next(self) -> Heard | None:
        """Return the next event; None where the stream has ended."""
        said: dict[str, str] = {}
        async for line in self._lines:
            if line:
                name, _, value = line.partition(": ")
                said[name] = value
            elif "data" in said:
                return Heard(said["event"], int(said["id"]) if "id" in said else None, json.loads(said["data"]))
        return None

    async def rest(self) -> list[Heard]:
        """Return all events until the stream ends."""
        found = []
        while (heard := await self.next()) is not None:
            found.append(heard)
        return found


@asynccontextmanager
async def listening(server: Served, path: str, *, last: int | None = None, **query: Any) -> AsyncIterator[Stream]:
    """Open a stream for the length of the block."""
    headers = {} if last is None else {"Last-Event-ID": str(last)}
    async with server.http.stream("GET", path, params=query, headers=headers) as answer:
        assert answer.status_code == httpx.codes.OK, await answer.aread()
        yield Stream(answer)


async def connected(server: str) -> socket.socket:
    """Connect to a server with as little room for what it says as there may be."""
    url = httpx.URL(server)
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    client.setblocking(False)  # noqa: FBT003  # that is its signature
    await asyncio.get_running_loop().sock_connect(client, (url.host, url.port))
    return client


async def deaf(server: Served, path: str) -> socket.socket:
    """Ask for a stream and read nothing of it."""
    client, host = await connected(server.url), httpx.URL(server.url).netloc.decode()
    request = f"GET /api/v1{path} HTTP/1.1\r\nHost: {host}\r\n\r\n"
    await asyncio.get_running_loop().sock_sendall(client, request.encode())
    return client
