"""A real Temporal server, as a process of its own that can be killed and started again on its file."""

import asyncio
import socket
import subprocess
import sys
import time
from pathlib import Path

from temporalio.client import Client
from temporalio.service import RPCError

START_S_MAX = 60
TEMPORAL = Path(sys.executable).parent / "temporal"


class Server:
    """One server.

    Attributes:
        port: Where it listens; the same after a restart.
    """

    def __init__(self, file: Path) -> None:
        self.port = _free_port()
        self._file = file
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        """Where clients find it."""
        return f"127.0.0.1:{self.port}"

    def url(self, queue: str, **options: str) -> str:
        """Return an engine's URL, with a task queue of its own."""
        said = "".join(f"&{name}={value}" for name, value in options.items())
        return f"temporal://{self.address}/default?queue={queue}{said}"

    def start(self) -> None:
        """Start it, and wait until it answers."""
        words = ("server", "start-dev", "--headless", "--log-level", "never", "--db-filename", str(self._file))
        self._process = subprocess.Popen([TEMPORAL, *words, "--port", str(self.port)], stdout=subprocess.DEVNULL)
        asyncio.run(self._until_up())

    async def _until_up(self) -> None:
        until = time.monotonic() + START_S_MAX
        while True:
            try:
                await (await Client.connect(self.address)).count_workflows("")
            except (RuntimeError, RPCError):
                assert time.monotonic() < until, "the Temporal server does not start"
                await asyncio.sleep(0)  # gives way; each try takes a while
            else:
                return

    def kill(self) -> None:
        """Let it die, as by SIGKILL."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port
