"""A real Temporal server, as a process of its own that can be killed and started again on its file."""

import asyncio
import socket
import subprocess
import sys
from pathlib import Path

from temporalio.client import Client
from temporalio.converter import DataConverter
from temporalio.service import RPCError

from podium.temporal.address import Address
from podium.temporal.readiness import register_attributes

START_S_MAX = 60
TEMPORAL = Path(sys.executable).with_name("temporal")


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
        async with asyncio.timeout(START_S_MAX):
            while True:
                try:
                    await (await Client.connect(self.address)).count_workflows("")
                except (RuntimeError, RPCError):
                    await asyncio.sleep(0)  # gives way; each try takes a while
                else:
                    return

    def kill(self) -> None:
        """Let it die, as by SIGKILL."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    async def connect(self, converter: DataConverter = DataConverter.default) -> Client:
        """Return a client that an engine has not made; the search attributes of runs are registered."""
        client = await Client.connect(self.address, data_converter=converter)
        await register_attributes(client, Address(server=self.address))
        return client


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port
