"""Runs one service in this process, on loopback, until it is told to end or its parent is gone."""

import asyncio
import json
import os
import signal
import socket
import sys
import threading
from contextlib import closing
from pathlib import Path
from types import FrameType
from typing import Final, NoReturn

import uvicorn

from podium.demo.desk.ledger import open_store
from podium.demo.desk.models import ServiceSpec, ledger_path
from podium.demo.desk.service import booking_app
from podium.demo.desk.wire import CuttableProtocol

_GRACE_S: Final = 1


def serve(spec: ServiceSpec, folder: Path, *, port: int, ends_with_stdin: bool) -> None:
    """Serve until SIGTERM, SIGINT or, if asked, the end of standard input.

    One line of JSON on standard output, `{"kind", "port", "pid"}`, says that requests are answered from now on.
    The service chooses its port itself and keeps it: nobody can take it between the choice and the use.

    Args:
        spec: What to serve.
        folder: Where the SQLite file is, or will be; must exist.
        port: 0 takes any free one.
        ends_with_stdin: End when standard input does. The parent holds the other end of that pipe, and the kernel
            closes it however the parent dies.
    """
    # uvicorn ends in good order and then raises the signal again: let that unwind, so that the store is closed.
    for ending in (signal.SIGTERM, signal.SIGINT):
        signal.signal(ending, _exit)
    with closing(open_store(ledger_path(folder, spec.kind))) as connection:
        config = uvicorn.Config(
            booking_app(spec, connection),
            http=CuttableProtocol,
            loop="asyncio",
            ws="none",
            lifespan="off",
            log_level="warning",
            access_log=False,
            timeout_graceful_shutdown=_GRACE_S,
        )
        listener = _listener(port)
        server = _Server(config, ready={"kind": spec.kind, "port": listener.getsockname()[1], "pid": os.getpid()})
        if ends_with_stdin:
            threading.Thread(target=_end_with_stdin, args=(server,), daemon=True).start()
        asyncio.run(server.serve(sockets=[listener]))


class _Server(uvicorn.Server):
    """uvicorn, which says on standard output when it is ready."""

    def __init__(self, config: uvicorn.Config, *, ready: dict[str, str | int]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        sys.stdout.write(json.dumps(self._ready) + "\n")
        sys.stdout.flush()


def _listener(port: int) -> socket.socket:
    # The protocol is named because asyncio turns Nagle's algorithm off only where it is: 40 ms per answer otherwise.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    if os.name == "posix":
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    return listener


def _exit(_signal: int, _frame: FrameType | None) -> NoReturn:
    raise SystemExit(0)


def _end_with_stdin(server: uvicorn.Server) -> None:
    # Plain os.read: a daemon thread inside sys.stdin would hold its lock while the interpreter shuts down.
    while os.read(0, 1024):
        pass
    server.should_exit = True
