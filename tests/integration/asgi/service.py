"""A service under the middleware, as a process of its own: `python service.py FOLDER LEASE_S`.

It charges in two ways: in the outside world, which is a file that nobody takes anything back from, and in its own
database, in one transaction with the answer. What a request asks for in `then` happens right after the effect.
"""

import asyncio
import json
import os
import resource
import signal
import socket
import sqlite3
import sys
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from podium.asgi import Answer, Claim, IdempotencyMiddleware, IdempotencyPolicy, IdempotencyStore, KeyHandle, Release


class World:
    """What can not be undone: charges, and questions about them, in the order in which they came."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "world.jsonl"

    def add(self, what: str, key: str) -> int:
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps([what, key, os.getpid()]) + "\n")
        return len(self.said(what))

    def said(self, what: str) -> list[str]:
        """Return the keys of everything of a kind."""
        lines = self._path.read_text("utf-8").splitlines() if self._path.exists() else []
        return [key for kind, key, _ in map(json.loads, lines) if kind == what]


class Shop:
    """The endpoints."""

    def __init__(self, folder: Path) -> None:
        self.world = World(folder)
        self.database = folder / "service.db"
        self._stopped = asyncio.Event()

    async def outside(self, request: Request) -> Response:
        """Charge in the outside world."""
        asked = await request.json()
        number = self.world.add("charged", _handle(request).claim.slot.key)
        await self._then(asked.get("then"))
        return JSONResponse({"charge": number, "amount": asked["amount"], "text": "é\u0000"}, 201)

    async def local(self, request: Request) -> Response:
        """Charge in the service's own database."""
        asked = await request.json()
        handle = _handle(request)
        if asked.get("when") == "before the effect":
            await self._then(asked["then"])
        connection = sqlite3.connect(self.database, isolation_level=None)
        connection.execute("PRAGMA synchronous = FULL")
        try:
            connection.execute("BEGIN IMMEDIATE")
            sql = "INSERT INTO charges (key) VALUES (?) RETURNING no"
            (number,) = connection.execute(sql, (handle.claim.slot.key,)).fetchone()
            if asked.get("when") == "before the answer":
                await self._then(asked["then"])
            answer = Answer(201, json.dumps({"charge": number}).encode(), (("content-type", "application/json"),))
            handle.complete_in(connection, answer)
            if asked.get("when") == "before the commit":
                await self._then(asked["then"])
            connection.execute("COMMIT")
        finally:
            connection.close()
        if asked.get("when") == "after the commit":
            await self._then(asked["then"])
        return answer  # type: ignore[return-value]  # Starlette calls what an endpoint returns

    async def room(self, _request: Request) -> Response:
        """Let files grow again."""
        _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
        return Response(status_code=204)

    async def recover(self, claim: Claim) -> Answer | Release:
        """Say what became of a charge, from what the outside world knows."""
        self.world.add("asked", claim.slot.key)
        charged = self.world.said("charged")
        if claim.slot.key not in charged:
            return Release()
        said = {"charge": charged.index(claim.slot.key) + 1, "recovered": True}
        return Answer(201, json.dumps(said).encode(), (("content-type", "application/json"),))

    async def _then(self, what: str | None) -> None:
        match what:
            case "die":
                os.kill(os.getpid(), signal.SIGKILL)
            case "stop":  # as a machine that is paused; the test lets it go on
                os.kill(os.getpid(), signal.SIGSTOP)
            case "wait":
                await self._stopped.wait()
            case "no room":  # no file may grow
                size = self.database.with_name("service.db-wal").stat().st_size
                _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
                resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
            case _:
                pass


def application(folder: Path, lease_s: float) -> Starlette:
    shop = Shop(folder)
    store = IdempotencyStore(shop.database, lease=lease_s)
    policy = IdempotencyPolicy(
        operation=lambda scope: None if scope["path"] == "/room" else scope["path"],
        transactional=lambda scope: scope["path"] == "/local",
        recover=shop.recover,
        volatile=frozenset({"/then", "/when"}),  # what befalls the first try does not befall a retry
    )
    routes = [Route(f"/{verb.__name__}", verb, methods=["POST"]) for verb in (shop.outside, shop.local, shop.room)]
    app = Starlette(routes=routes)
    app.add_middleware(IdempotencyMiddleware, store=store, policy=policy)
    return app


def _handle(request: Request) -> KeyHandle:
    handle: KeyHandle = request.scope["podium.idempotency"]
    return handle


class _Server(uvicorn.Server):
    """uvicorn, which says where it listens when it is ready."""

    async def startup(self, sockets: Any = None) -> None:
        await super().startup(sockets=sockets)
        sys.stdout.write(f"{sockets[0].getsockname()[1]}\n")
        sys.stdout.flush()


def main(folder: Path, lease_s: float) -> None:
    with sqlite3.connect(folder / "service.db") as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS charges (no INTEGER PRIMARY KEY, key TEXT)")
    connection.close()
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(application(folder, lease_s), log_level="warning", loop="asyncio")
    asyncio.run(_Server(config).serve(sockets=[listener]))


if __name__ == "__main__":
    main(Path(sys.argv[1]), float(sys.argv[2]))
