"""`podium serve` as a process, and a way to it on which answers can be lost."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

FOLDER = Path(__file__).parent


class ServerProcess:
    """A server that can be killed, and started again on its file and port.

    Attributes:
        port: Where it listens, from its first start on.
    """

    def __init__(self, folder: Path, *words: str) -> None:
        self._folder, self._words = folder, words
        self.port = 0
        self._process: subprocess.Popen[str] | None = None

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it, and wait until it says where it is."""
        command = (sys.executable, "-m", "podium.cli", "serve", *self._words, "--port", str(self.port))
        process = subprocess.Popen(command, cwd=self._folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self._process = process
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line, process.communicate()[1]
        self.port = int(line.rpartition(":")[2])

    def kill(self) -> None:
        """Let it die at once."""
        assert self._process is not None
        self._process.kill()
        self._process.communicate()

    def ask_to_stop(self) -> None:
        """Send SIGTERM."""
        assert self._process is not None
        os.kill(self._process.pid, signal.SIGTERM)

    def ended(self) -> tuple[int, str]:
        """Wait for its end; return its code, and what it said to standard error."""
        assert self._process is not None
        said = self._process.communicate(timeout=180)[1]
        return self._process.returncode, said

    def close(self) -> None:
        """End it, if it lives."""
        if self._process is not None and self._process.poll() is None:
            self.kill()


class LossyWay:
    """Between a client and a server. Of the first POST, `lose` is called when the server has answered it, or before it
    is passed on, and the client is cut off without a byte.

    Args:
        server: The other end.
        lose: What happens to it, then.
        before: Before the request is passed on, rather than when it was answered.
    """

    def __init__(self, server: ServerProcess, lose: Callable[[], None], *, before: bool) -> None:
        self._server, self._lose, self._before = server, lose, before
        self.lost = 0
        self._listener: asyncio.Server | None = None

    async def open(self) -> str:
        """Listen, and return where."""
        self._listener = await asyncio.start_server(self._pass_on, "127.0.0.1", 0)
        return f"http://127.0.0.1:{self._listener.sockets[0].getsockname()[1]}"

    async def close(self) -> None:
        """Stop."""
        assert self._listener is not None
        self._listener.close()

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while request := await _message(reader):
                await self._one(request, writer)
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def _one(self, request: bytes, writer: asyncio.StreamWriter) -> None:
        loses = request.startswith(b"POST") and not self.lost
        self.lost += loses
        answer = b""
        if not (loses and self._before):
            theirs, to_them = await asyncio.open_connection("127.0.0.1", self._server.port)
            to_them.write(request)
            answer = await _message(theirs)
            to_them.close()
        if loses:
            await asyncio.to_thread(self._lose)
            message = "cut off"
            raise ConnectionResetError(message)
        writer.write(answer)
        await writer.drain()


async def _message(reader: asyncio.StreamReader) -> bytes:
    """Return a whole HTTP message with a length; nothing at the end."""
    head = await reader.readuntil(b"\r\n\r\n")
    lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    length = int(lengths[0].partition(b":")[2]) if lengths else 0
    return head + await reader.readexactly(length)
