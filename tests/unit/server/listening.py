"""A client of a stream, without a network: it takes what it is sent for as long as it likes."""

import asyncio
import json
from collections.abc import Callable, MutableMapping
from dataclasses import dataclass, field
from typing import Any

from podium.server.live.sse import EventStream


@dataclass(frozen=True)
class Heard:
    """One event."""

    event: str
    id: int | None
    data: dict[str, Any]

    @property
    def counts(self) -> dict[str, int]:
        """How many runs stand how, where there are any."""
        return {status: count for status, count in self.data["counts"]["by_status"].items() if count}


@dataclass(eq=False)
class Client:
    """Listens to a stream.

    Attributes:
        texts: What it was sent, piece by piece.
        takes: It takes what it is sent; else whoever sends waits.
    """

    stream: EventStream
    texts: list[str] = field(default_factory=list)
    takes: asyncio.Event = field(default_factory=asyncio.Event)
    _told: asyncio.Event = field(default_factory=asyncio.Event)
    _gone: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.takes.set()
        self.task = asyncio.ensure_future(self.stream({"type": "http"}, self._receive, self._send))

    async def _receive(self) -> MutableMapping[str, Any]:
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: MutableMapping[str, Any]) -> None:
        await self.takes.wait()
        if message.get("body"):
            self.texts.append(message["body"].decode())
            self._told.set()

    @property
    def heard(self) -> list[Heard]:
        """What it was sent, as events."""
        return [_read(text) for text in self.texts if "data: " in text]

    async def until(self, holds: Callable[[list[Heard]], bool]) -> list[Heard]:
        """Wait until what was heard is as it should be, and return it."""
        while not holds(self.heard):
            self._told.clear()
            await self._told.wait()
        return self.heard

    async def over(self) -> list[Heard]:
        """Wait for the end of the stream, and return what was heard."""
        await self.task
        return self.heard

    async def go(self) -> None:
        """Close the connection."""
        self._gone.set()
        await self.task


def _read(text: str) -> Heard:
    lines = dict(line.split(": ", 1) for line in text.strip().splitlines())
    seq = lines.get("id")
    return Heard(lines["event"], None if seq is None else int(seq), json.loads(lines["data"]))
