"""A server in the test's own event loop: the real engine, uvicorn and httpx, on loopback."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from podium import Client, Engine
from podium.server.app import Application, application
from podium.server.gate import GateSettings
from podium.server.serving import Listening, serve
from podium.server.settings import Settings
from podium.telemetry import Observer
from podium.workflow.binding import Compiled

ACT_S = 60
"""Requests wait so long for a verdict, unless a test says otherwise: a machine with much to do answers no other way."""


@dataclass(frozen=True)
class Served:
    """A server.

    Attributes:
        url: Where it is.
        engine: What it serves.
        app: It.
        http: A plain client of `/api/v1`.
        client: Podium's own.
        stop: Asks it to stop.
        serving: Its task; done when it has stopped.
    """

    url: str
    engine: Engine
    app: Application
    http: httpx.AsyncClient
    client: Client
    stop: asyncio.Event
    serving: "asyncio.Task[None]"

    async def get(self, path: str, **query: Any) -> Any:
        """Return the JSON at a path."""
        answer = await self.http.get(path, params=query)
        assert answer.is_success, answer.text
        return answer.json()

    async def post(self, path: str, body: Any = None, *, key: str | None = None) -> httpx.Response:
        """Return the answer to a POST."""
        return await self.http.post(path, json=body or {}, headers={} if key is None else {"idempotency-key": key})


@asynccontextmanager
async def served(url: str, folder: Path, workflows: Iterable[Compiled], **settings: Any) -> AsyncIterator[Served]:
    """Serve an engine for the length of the block; `gate=`: more of the gate's settings, by name."""
    engine = Engine(url, workflows=workflows, resources=settings.pop("resources", None))
    engine.observe(Observer())
    said = settings.pop("gate", {})
    settings.setdefault("act_s", ACT_S)
    gate = GateSettings(tokens=folder / "tokens.json", audit=folder / "audit.jsonl", **said)
    at, stop, ready = Listening("127.0.0.1", 0), asyncio.Event(), asyncio.Event()
    async with engine, httpx.AsyncClient(base_url=f"{at.url}/api/v1", timeout=60) as http, Client(at.url) as client:
        app = application(engine, Settings(gate=gate, keys=folder / "keys.db", grace_s=5, **settings))
        serving = asyncio.create_task(serve(app, at, stop=stop, told=ready.set))
        waiting = asyncio.create_task(ready.wait())
        await asyncio.wait({serving, waiting}, return_when=asyncio.FIRST_COMPLETED)
        try:
            yield Served(at.url, engine, app, http, client, stop, serving)
        finally:
            waiting.cancel()
            stop.set()
            await serving
