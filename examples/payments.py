"""Both sides of a key: a workflow charges a card at a service that carries each Idempotency-Key out once.

The service's first reply gets lost. The charge is sent again under its key, and answered from what was kept.

$ podium run examples/payments.py card=gold cents=1200        (needs httpx and starlette)
"""

import json
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing

import httpx
from pydantic import BaseModel
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.routing import Route

from podium import END, FROM_ENGINE, START, Retry, StateMachine, http, tool
from podium.asgi import Answer, IdempotencyMiddleware, IdempotencyPolicy, IdempotencyStore

DATABASE = "payments.db"
LOST: list[str] = []
"""Stands in for a network: the replies that it lost."""


async def take(request: Request) -> Answer:
    """Charge a card: the charge and its answer are one transaction, so there is never one without the other."""
    asked = await request.json()
    with closing(sqlite3.connect(DATABASE, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("BEGIN IMMEDIATE")
        charged = (asked["card"], asked["cents"])
        (no,) = connection.execute("INSERT INTO charges (card, cents) VALUES (?, ?) RETURNING no", charged).fetchone()
        said = json.dumps({"receipt": f"receipt {no} over {asked['cents']} cents"})
        answer = Answer(201, said.encode(), (("content-type", "application/json"),))
        request.scope["podium.idempotency"].complete_in(connection, answer)
        connection.execute("COMMIT")
    return answer


def service(store: IdempotencyStore) -> Starlette:
    """Return the payment service. It takes POST and PATCH with a key only; that is what the middleware sees to."""
    with closing(sqlite3.connect(DATABASE, isolation_level=None)) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS charges (no INTEGER PRIMARY KEY, card TEXT, cents INTEGER)")
    app = Starlette(routes=[Route("/charges", take, methods=["POST"])])
    policy = IdempotencyPolicy(transactional=lambda _: True)  # so what broke off was rolled back, and may be made again
    app.add_middleware(IdempotencyMiddleware, store=store, policy=policy)
    return app


class Lossy(httpx.ASGITransport):
    """A network that loses the first reply."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Let the service answer, and lose it once."""
        reply = await super().handle_async_request(request)
        if not LOST:
            LOST.append(request.headers["Idempotency-Key"])
            raise httpx.ReadTimeout("no reply came")  # noqa: TRY003  # as httpx says it
        return reply


@asynccontextmanager
async def resources() -> AsyncIterator[httpx.AsyncClient]:
    """Open a client of the service; it puts the key of the write on what a tool sends."""
    with closing(IdempotencyStore(DATABASE)) as store:
        async with http.client(transport=Lossy(service(store)), base_url="http://payments") as client:
            yield client


@tool.write(idempotent=True, retry=Retry(attempts=4))
async def charge(card: str, cents: int, *, bank: httpx.AsyncClient = FROM_ENGINE) -> str:
    """Charge a card. Sent again, it has the same key and the same body."""
    reply = await bank.post("/charges", json={"card": card, "cents": cents})
    return str(reply.raise_for_status().json()["receipt"])


class Payment(BaseModel):
    """What the run works on."""

    card: str
    cents: int
    receipt: str = ""


paying = charge.state("paying", take={"card": "card", "cents": "cents"}, give="receipt")
payment = StateMachine("payment", Payment, START >> paying >> END)
