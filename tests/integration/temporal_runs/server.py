"""The real Temporal server, as a process that can be killed and started again on its file."""

import asyncio
import socket
import subprocess
import sys
from pathlib import Path
from typing import Self

from temporalio.client import Client
from temporalio.converter import DataConverter

from podium.temporal import wire

_PROGRAM = Path(sys.executable).with_name("temporal")


class Server:
    """A server.

    Attributes:
        address: Where it answers.
    """

    def __init__(self, *, file: Path | None = None) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port = free.getsockname()[1]
        self.address = f"127.0.0.1:{self._port}"
        self._file = file
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> Self:
        """Start it; whoever connects waits until it answers."""
        attributes = [f"--search-attribute={key.name}=Keyword" for key in (wire.STATUS, wire.WORKFLOW)]
        file = [] if self._file is None else ["--db-filename", str(self._file)]
        command = [str(_PROGRAM), "server", "start-dev", "--headless", "--port", str(self._port), *attributes, *file]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return self

    def kill(self) -> None:
        """Kill it with nothing run after."""
        assert self._process is not None, "it was started"
        self._process.kill()
        self._process.wait()

    async def connect(self, converter: DataConverter = DataConverter.default) -> Client:
        """Return a client once the server answers and knows the search attributes."""
        async with asyncio.timeout(60):
            while True:
                try:
                    return await Client.connect(self.address, data_converter=converter)
                except RuntimeError:  # that is what the SDK raises
                    await asyncio.sleep(0)  # gives way; each try takes a while
