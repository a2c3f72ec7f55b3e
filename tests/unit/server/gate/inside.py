"""A gate with a small application behind it, asked without a socket."""

import json
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from podium.asgi.wire import Receive, Scope, Send
from podium.server.gate import GateSettings, Limits, gate, who_of
from podium.server.gate.tokens import TokenFile
from podium.server.gate.who import Scope as Needed
from podium.testing.clock import FakeClock

DAY_MS = 24 * 3600 * 1000
HOST = "http://127.0.0.1:8800"


@dataclass
class Inside:
    """The application: it says who was let in and what they sent."""

    bodies: list[bytes] = field(default_factory=list)
    looks: Callable[[], object] = lambda: None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.looks()
        body = b""
        while scope["method"] == "POST":
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        self.bodies.append(body)
        who = who_of(scope)
        said = json.dumps({"who": who and who.name, "scope": who and who.scope, "path": scope["path"]}).encode()
        headers = [(b"content-type", b"application/json"), (b"server", b"secret/1.0"), (b"cache-control", b"public")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": said})


class Gated:
    """A gate, and clients of it."""

    def __init__(self, folder: Path, **said: Any) -> None:
        limits = Limits(**said.pop("limits", {}))
        self.clock = FakeClock()
        self.inside = Inside()
        self.settings = GateSettings(tokens=folder / "tokens.json", audit=folder / "audit.jsonl", limits=limits, **said)
        self.tokens = TokenFile(self.settings.tokens)
        self.app = gate(self.inside, self.settings, clock=self.clock)

    def token(self, scope: Needed = Needed.ADMIN, *, name: str = "ada", days: int = 1) -> str:
        return self.tokens.add(name, scope, now_ms=self.clock.now_ms(), lives_ms=days * DAY_MS)

    def client(self, *, token: str = "", base_url: str = HOST, address: str = "127.0.0.1") -> httpx.AsyncClient:
        headers = {"authorization": f"Bearer {token}"} if token else {}
        transport = httpx.ASGITransport(self.app, client=(address, 5))
        return httpx.AsyncClient(transport=transport, base_url=base_url, headers=headers)

    async def ask(self, method: str, path: str, *, token: str = "", **said: Any) -> httpx.Response:
        async with self.client(token=token) as client:
            return await client.request(method, path, **said)


async def in_parts(parts: list[bytes]) -> AsyncIterator[bytes]:
    for part in parts:
        yield part


def code(reply: httpx.Response) -> str:
    """Return the code of a refusal."""
    said: Mapping[str, str] = reply.json()
    assert reply.headers["content-type"] == "application/problem+json"
    return said["type"].removeprefix("/problems/")
