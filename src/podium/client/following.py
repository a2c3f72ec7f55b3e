"""A server's streams of events, gone on with where they broke off."""

import json
from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx

from podium.client.connection import Connection
from podium.server_errors import DrainingError

_BY_ITSELF = (httpx.TransportError, DrainingError)
"""What breaks a stream off and passes."""


@dataclass(frozen=True, slots=True)
class Said:
    """An event of a stream: its name, its data, and its id (0 where it has none)."""

    name: str
    data: Any
    id: int = 0


async def follow(connection: Connection, path: str, *, after: int = 0) -> AsyncGenerator[Said, None]:
    """Yield the events of a stream, over as many connections as it takes, until it says `end`.

    Raises:
        PodiumError: The server refused it.
    """
    attempt = 0
    while True:
        try:
            async with connection.stream(path, last_seen=after) as answer:
                async for said in _events(answer):
                    attempt, after = 0, said.id or after
                    yield said
                    if said.name == "end":
                        return
        except _BY_ITSELF:
            pass
        attempt += 1
        await connection.pause(attempt)


async def _events(answer: httpx.Response) -> AsyncIterator[Said]:
    """Yield events as they are whole; source: the HTML standard, "Parsing an event stream"."""
    fields: dict[str, str] = {}
    async for line in answer.aiter_lines():
        if line:
            name, _, value = line.partition(":")
            fields[name] = value.removeprefix(" ")
        elif "data" in fields:
            number = fields.get("id", "")
            yield Said(fields.get("event", "message"), json.loads(fields["data"]), int(number) if number else 0)
            fields = {}
