"""A server's streams of events, gone on with where they broke off."""

import json
from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress
from dataclasses import dataclass
from typing import Any

import httpx

from podium.client.connection import Connection, not_ours
from podium.server_errors import ServerUnavailableError

_BY_ITSELF = (httpx.RequestError, ServerUnavailableError)
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
    attempt, is_over = 0, False
    while not is_over:
        if attempt:
            await connection.pause(attempt)
        attempt += 1
        async with aclosing(_once(connection, path, after)) as events:
            async for said in events:
                attempt, after, is_over = 1, said.id or after, said.name == "end"
                yield said


async def _once(connection: Connection, path: str, after: int) -> AsyncGenerator[Said, None]:
    """Yield events for as long as one connection holds."""
    with suppress(*_BY_ITSELF):
        async with connection.stream(path, last_seen=after) as answer, aclosing(_events(answer)) as events:
            async for said in events:
                yield said


async def _events(answer: httpx.Response) -> AsyncGenerator[Said, None]:
    """Yield events as they are whole; source: the HTML standard, "Parsing an event stream".

    Raises:
        ServerAnswerError: They are none of Podium's.
    """
    fields: dict[str, str] = {}
    async for line in answer.aiter_lines():
        if line:
            name, _, value = line.partition(":")
            fields[name] = value.removeprefix(" ")
        elif "data" in fields:
            try:
                said = Said(fields.get("event", "message"), json.loads(fields["data"]), int(fields.get("id") or 0))
            except (ValueError, RecursionError) as error:
                raise not_ours(answer) from error
            yield said
            fields = {}
