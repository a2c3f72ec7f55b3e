"""Services as real processes over one file, reached over HTTP on loopback."""

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

SERVICE = Path(__file__).with_name("service.py")
LONG_LEASE_S = 600.0
"""So long that nothing lapses while a test runs."""


class Served:
    """One process of the service."""

    def __init__(self, folder: Path, *, lease_s: float = LONG_LEASE_S) -> None:
        command = [sys.executable, str(SERVICE), str(folder), str(lease_s)]
        self._child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self._child.stdout is not None
        line = self._child.stdout.readline()
        assert line, f"the service ended with {self._child.wait()}"
        self.url = f"http://127.0.0.1:{line.strip()}"

    def post(self, path: str, *, key: str = "k", **body: object) -> httpx.Response:
        said = {"amount": 1, **body}
        return httpx.post(f"{self.url}{path}", json=said, headers={"Idempotency-Key": key}, timeout=60, trust_env=False)

    def until_stopped(self) -> None:
        """Wait until it has stopped itself."""
        _, status = os.waitpid(self._child.pid, os.WUNTRACED)
        assert os.WIFSTOPPED(status)

    def go_on(self) -> None:
        self._child.send_signal(signal.SIGCONT)

    def kill(self) -> None:
        self._child.kill()
        self.until_dead()

    def until_dead(self) -> None:
        self._child.wait()
        assert self._child.stdout is not None
        self._child.stdout.close()


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., Served]]:
    started: list[Served] = []

    def start(**options: float) -> Served:
        started.append(Served(tmp_path, **options))
        return started[-1]

    yield start
    for service in started:
        service.kill()


@pytest.fixture
def charges(tmp_path: Path) -> Callable[[], list[str]]:
    """Return the keys of what was charged in the service's own database."""

    def read() -> list[str]:
        connection = sqlite3.connect(tmp_path / "service.db")
        found = [key for (key,) in connection.execute("SELECT key FROM charges ORDER BY no")]
        connection.close()
        return found

    return read
