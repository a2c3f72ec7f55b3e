"""A server in this process, from the first request to the last: engine, listener, and an end in good order."""

import asyncio
import os
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import uvicorn

from podium.server.app import Application
from podium.server.gate.connection import PromptConnection
from podium.server_errors import CanNotListenError

_BACKLOG = 2048
_KEEP_ALIVE_S = 15
_HEADERS_BYTES_MAX = 64 << 10
_CONNECTIONS_MAX = 2048
DEAF_MS = 30_000
"""A connection whose other side takes nothing of what was sent for so long is torn down, and what it held is free."""

_CLOSE_S = 5
"""How long answers that are on their way may take once the engine is drained."""


class Listening:
    """A socket that is bound, and where that is; it is taken before anything is started, so that a taken port says so.

    Attributes:
        url: Where browsers find it.

    Raises:
        CanNotListenError: The port is taken, or the address is none of this machine's.
    """

    def __init__(self, host: str, port: int) -> None:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        # The protocol is named, because asyncio turns Nagle's algorithm off only there: 40 ms per answer otherwise.
        self.socket = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        if os.name == "posix":
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if sys.platform == "linux":  # connections have it from whoever accepts them
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, DEAF_MS)
        try:
            self.socket.bind((host, port))
        except OSError as error:
            self.socket.close()
            raise CanNotListenError(host, port, error.strerror or str(error)) from error
        taken: int = self.socket.getsockname()[1]
        self.url = f"http://{f'[{host}]' if ':' in host else host}:{taken}"


async def serve(app: Application, at: Listening, *, stop: asyncio.Event, told: Callable[[], None]) -> None:
    """Answer requests until `stop` is set, then end in good order.

    From then on `/readyz` says no, acts are refused, streams end so that followers go on elsewhere; steps that are
    under way end, and so do answers.

    Args:
        app: What answers; its engine is open.
        at: Where.
        stop: Asks for the end.
        told: Called once requests are answered.
    """
    server = _Server(_config(app), told)
    serving = asyncio.create_task(server.serve(sockets=[at.socket]))
    stopping = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
        app.drain.begin()
        await app.service.engine.drain(grace_ms=int(app.service.settings.grace_s * 1000))
    finally:
        app.drain.begin()
        server.should_exit = True
        stopping.cancel()
        await serving
        app.close()


def _config(app: Application) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        backlog=_BACKLOG,
        loop="asyncio",
        http=PromptConnection,
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        limit_concurrency=_CONNECTIONS_MAX,
        timeout_keep_alive=_KEEP_ALIVE_S,
        timeout_graceful_shutdown=_CLOSE_S,
        h11_max_incomplete_event_size=_HEADERS_BYTES_MAX,
    )


class _Server(uvicorn.Server):
    """uvicorn, which says when it is ready, and leaves signals to whoever runs the process."""

    def __init__(self, config: uvicorn.Config, told: Callable[[], None]) -> None:
        super().__init__(config)
        self._told = told

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        self._told()
