"""The service of the soak as a process: books and gives back, under keys that it honours, and has trouble.

Its keys are Podium's own server side, and each act is in one transaction with the answer that is kept for its key.
A stamp is an act without a key, which nobody can ask about.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import threading
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

import uvicorn
from starlette.applications import Starlette
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bench.soaking import ledger
from bench.soaking.trouble import Trouble
from podium.asgi import Answer, IdempotencyMiddleware, IdempotencyPolicy, IdempotencyStore, KeyHandle
from podium.demo.desk.wire import CuttableProtocol

if TYPE_CHECKING:
    import sqlite3
    from socket import socket

    from starlette.requests import Request

STAMPS = "/acts/stamps"
REFUSED_IN = 8
"""One run in so many is refused what can be refused."""

REFUSABLE = frozenset({"ship", "car"})


def refuses(run: str, what: str) -> bool:
    """Claim that the service will never do this."""
    return what in REFUSABLE and zlib.crc32(f"{run}/{what}".encode()) % REFUSED_IN == 0


class Service:
    """The routes, over an open ledger."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self.trouble: Trouble

    async def price(self, request: Request) -> Response:
        """Answer a read."""
        return JSONResponse(zlib.crc32(request.path_params["run"].encode()) % 1000)

    async def act(self, request: Request) -> Response | Answer:
        """Book or give back, once for the key."""
        asked = await request.json()
        if asked["sign"] > 0 and refuses(asked["run"], asked["what"]):
            return Response(status_code=422)
        handle: KeyHandle = request.scope["podium.idempotency"]
        self._connection.execute("BEGIN IMMEDIATE")
        with self._connection:
            number = ledger.write(self._connection, asked["run"], asked["what"], asked["sign"])
            answer = Answer(200, json.dumps({"number": number, **asked}).encode())
            handle.complete_in(self._connection, answer)
        return answer

    async def stamp(self, request: Request) -> Response:
        """Act once more, whoever asks."""
        asked = await request.json()
        number = ledger.write(self._connection, asked["run"], asked["what"], asked["sign"])
        return JSONResponse({"number": number, **asked})

    async def look(self, request: Request) -> Response:
        """Say what a person finds who goes and looks: the booking as it was answered, or null."""
        asked = {"run": request.path_params["run"], "what": request.path_params["what"], "sign": 1}
        number = ledger.holds(self._connection, asked["run"], asked["what"])
        return JSONResponse(number and {"number": number, **asked})

    async def calm(self, request: Request) -> Response:
        """Have no more trouble, and say what there was."""
        if request.method == "POST":
            self.trouble.is_on = False
        return JSONResponse(self.trouble.counts)


def app(folder: Path, *, seed: int) -> Trouble:
    """Return the application over `ledger.db` in `folder`."""
    path = folder / "ledger.db"
    service = Service(ledger.open_ledger(path))
    routes = [
        Route("/acts", service.act, methods=["POST"]),
        Route(STAMPS, service.stamp, methods=["POST"]),
        Route("/prices/{run}", service.price),
        Route("/look/{run}/{what}", service.look),
        Route("/calm", service.calm, methods=["GET", "POST"]),
    ]
    policy = IdempotencyPolicy(
        operation=lambda scope: "acts" if scope["path"] == "/acts" else None, transactional=lambda _: True
    )
    guarded = IdempotencyMiddleware(Starlette(routes=routes), store=IdempotencyStore(path), policy=policy)
    service.trouble = Trouble(guarded, seed)
    return service.trouble


def main() -> None:
    """Serve on loopback until killed, or standard input ends; the port is the first line on standard output."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    config = uvicorn.Config(
        app(asked.folder, seed=asked.seed), port=0, http=CuttableProtocol, loop="asyncio", ws="none",
        log_level="critical", access_log=False,
    )  # fmt: skip
    server = _Server(config)
    threading.Thread(target=server.end_with_input, daemon=True).start()
    asyncio.run(server.serve())


class _Server(uvicorn.Server):
    """uvicorn, which says where it listens."""

    async def startup(self, sockets: list[socket] | None = None) -> None:
        await super().startup(sockets)
        port = self.servers[0].sockets[0].getsockname()[1]
        sys.stdout.write(f"{port}\n")
        sys.stdout.flush()

    def end_with_input(self) -> None:
        """End when whoever started this does, however that ends."""
        while os.read(0, 1024):
            pass
        self.should_exit = True


if __name__ == "__main__":
    main()
