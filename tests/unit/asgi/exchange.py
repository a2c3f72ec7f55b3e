"""An ASGI server for tests, of one request at a time: what a client sends is given, what it would see is kept."""

import asyncio
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from podium.asgi import IdempotencyMiddleware, IdempotencyPolicy, IdempotencyStore
from podium.asgi.wire import ASGIApp, Message, Receive, Scope, Send


@dataclass
class Exchange:
    """One request to an application, and what came back."""

    scope: Scope
    chunks: Sequence[bytes] = (b"{}",)
    sent: list[Message] = field(default_factory=list)
    gone: asyncio.Event = field(default_factory=asyncio.Event)
    task: "asyncio.Task[None] | None" = None

    async def receive(self) -> Message:
        if self.chunks:
            body, *self.chunks = self.chunks
            return {"type": "http.request", "body": body, "more_body": bool(self.chunks)}
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        self.sent.append(message)

    @property
    def status(self) -> int:
        return int(self.sent[0]["status"])

    @property
    def headers(self) -> dict[str, str]:
        return {name.decode(): value.decode() for name, value in self.sent[0]["headers"]}

    @property
    def body(self) -> bytes:
        return b"".join(message.get("body", b"") for message in self.sent[1:])

    @property
    def is_whole(self) -> bool:
        return len(self.sent) > 1 and not self.sent[-1].get("more_body", False)


def request(
    key: str | None = "k", *, method: str = "POST", path: str = "/charges", body: bytes = b"{}", **more: Any
) -> Exchange:
    headers = [(b"content-type", b"application/json")]
    if key is not None:
        headers.append((b"idempotency-key", key.encode()))
    scope = {"type": "http", "method": method, "path": path, "query_string": b"", "headers": headers, **more}
    return Exchange(scope, (body,))


async def ask(app: ASGIApp, exchange: Exchange | None = None) -> Exchange:
    """Let an application answer; raise what it raises."""
    exchange = exchange or request()
    await app(exchange.scope, exchange.receive, exchange.send)
    return exchange


def begin(app: ASGIApp, exchange: Exchange | None = None) -> Exchange:
    """Let an application begin to answer; `task` ends when it does."""
    exchange = exchange or request()
    exchange.task = asyncio.create_task(ask(app, exchange))  # type: ignore[arg-type]  # what it returns is not used
    return exchange


async def until(holds: Callable[[], Any]) -> None:
    """Wait for something to hold; threads and other tasks go on meanwhile."""
    async with asyncio.timeout(20):
        while not holds():
            await asyncio.sleep(0)


@dataclass
class Shop:
    """An application that counts how often it acts, and does to the answer what a test asks for.

    Attributes:
        acts: What each execution saw of the request.
        before: Awaited after it has acted and before it answers, with the scope.
    """

    status: int = 201
    headers: Iterable[tuple[bytes, bytes]] = ((b"content-type", b"text/plain"), (b"set-cookie", b"s=1"))
    acts: list[bytes] = field(default_factory=list)
    before: Callable[[Scope], Any] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await _live(receive, send)
            return
        body = await receive()
        self.acts.append(body["body"])
        if self.before is not None:
            waited = self.before(scope)
            if waited is not None:
                await waited
        await send({"type": "http.response.start", "status": self.status, "headers": list(self.headers)})
        await send({"type": "http.response.body", "body": b"done \x00\xff %d" % len(self.acts)})


async def _live(receive: Receive, send: Send) -> None:
    for phase in ("startup", "shutdown"):
        assert (await receive())["type"] == f"lifespan.{phase}"
        await send({"type": f"lifespan.{phase}.complete"})


def guarded(shop: Shop, store: IdempotencyStore, **policy: Any) -> IdempotencyMiddleware:
    return IdempotencyMiddleware(shop, store=store, policy=IdempotencyPolicy(**policy))


def problem(exchange: Exchange) -> tuple[int, str]:
    """Return status and code of a problem."""
    assert exchange.headers["content-type"] == "application/problem+json"
    said = json.loads(exchange.body)
    assert said["status"] == exchange.status
    assert said["title"]
    assert said["detail"]
    return exchange.status, said["type"].removeprefix("/problems/")
