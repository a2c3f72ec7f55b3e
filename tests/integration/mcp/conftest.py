"""A server of MCP as a real process, for each test its own."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from podium.agents.mcp import McpServer, discover
from podium.agents.mcp_manifest import Manifest

SERVED = Path(__file__).with_name("served.py")


@dataclass
class Desk:
    """A server, and what it did.

    Attributes:
        ledger: Its file.
        command: That starts it.
        manifest: What it offers.
    """

    ledger: Path
    command: tuple[str, ...]
    manifest: Manifest

    def lines(self, verb: str = "") -> list[str]:
        """Return what it did, in order: the lines that begin so."""
        text = self.ledger.read_text("utf-8") if self.ledger.exists() else ""
        return [line for line in text.splitlines() if line.startswith(verb)]

    async def did(self, verb: str, times: int = 1) -> str:
        """Wait until it did something so often, and return the last line of it."""
        async with asyncio.timeout(20):
            while len(self.lines(verb)) < times:
                await asyncio.sleep(0)
        return self.lines(verb)[-1]

    def kill(self, line: str) -> None:
        """Kill the process whose id ends a line."""
        os.kill(int(line.rsplit(maxsplit=1)[-1]), signal.SIGKILL)


_MANIFESTS: list[Manifest] = []


@pytest.fixture
async def desk(tmp_path: Path) -> Desk:
    """A server that is started when it is wanted."""
    command = (sys.executable, str(SERVED), str(tmp_path / "ledger"))
    if not _MANIFESTS:
        _MANIFESTS.append(await discover("desk", command))
    manifest = _MANIFESTS[0].model_copy(update={"command": command})
    return Desk(tmp_path / "ledger", command, manifest)


class Web:
    """The same over HTTP, at a port of its own.

    Attributes:
        url: Where it is.
    """

    def __init__(self, desk: Desk) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port = free.getsockname()[1]
        self._desk = desk
        self._process: subprocess.Popen[bytes] | None = None
        self.url = f"http://127.0.0.1:{self._port}/mcp"

    def _begin(self) -> None:
        command = [*self._desk.command, str(self._port)]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    async def start(self) -> None:
        """Start it, and wait until it listens."""
        self._begin()
        async with asyncio.timeout(30):
            while not self._listens():
                await asyncio.sleep(0)

    def _listens(self) -> bool:
        with socket.socket() as asking:
            return asking.connect_ex(("127.0.0.1", self._port)) == 0

    def kill(self) -> None:
        """Kill it."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


@pytest.fixture
def web(desk: Desk) -> Iterator[Web]:
    """A server over HTTP that is not started yet."""
    there = Web(desk)
    yield there
    there.kill()


@pytest.fixture
def server(desk: Desk) -> McpServer:
    """The server's tools, of which two are reads on the author's word."""
    return McpServer(desk.manifest, reads={"search", "die_once"})
