"""Worker processes of a test."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path

from tests.integration.crash.outside import Outside
from tests.integration.temporal.bare import BareClient

LIMIT_S = 180
"""For how long a worker's end is waited for: what it does before may take a while on a machine with much to do."""
ROOT = Path(__file__).parents[3]


class Process:
    """A worker that serves the queue of a client, with the other side as it is told to meet it."""

    def __init__(self, address: str, bare: BareClient, outside: Outside) -> None:
        told = json.dumps(asdict(replace(outside, folder=str(outside.folder))))  # type: ignore[arg-type]  # as text
        command = [sys.executable, "-m", "tests.integration.temporal.worker", address, bare.queue, told]
        here = os.pathsep.join([str(ROOT), str(ROOT / "src")])
        self._process = subprocess.Popen(
            command, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": here}, cwd=ROOT
        )

    def until_ready(self) -> None:
        """Wait until it serves."""
        assert self._process.stdout is not None, "it is a pipe"
        assert self._process.stdout.readline() == b"ready\n"

    def until_dead(self) -> int:
        """Wait for its end, and return with which code."""
        return self._process.wait(LIMIT_S)

    def until_stopped(self) -> None:
        """Wait until it stands still."""
        while not (Path("/proc") / str(self._process.pid) / "stat").read_text().rpartition(")")[2].startswith(" T"):
            pass

    def go_on(self) -> None:
        """Let it go on."""
        self._process.send_signal(signal.SIGCONT)

    def terminate(self) -> int:
        """Ask it to end, and return with which code it did."""
        self._process.send_signal(signal.SIGTERM)
        return self.until_dead()

    def kill(self) -> None:
        """Kill it, whatever it does."""
        with self._process:
            self._process.kill()


class Processes:
    """Starts workers; those that are left are killed.

    Attributes:
        bare: Whose queue they serve.
    """

    def __init__(self, address: str, bare: BareClient) -> None:
        self._address, self.bare = address, bare
        self._started: list[Process] = []

    def start(self, outside: Outside) -> Process:
        """Start a worker and wait until it serves."""
        self._started.append(Process(self._address, self.bare, outside))
        self._started[-1].until_ready()
        return self._started[-1]

    def kill_all(self) -> None:
        """Kill what is left."""
        for one in self._started:
            one.kill()


@contextmanager
def processes(address: str, bare: BareClient) -> Iterator[Processes]:
    """Give what starts workers."""
    found = Processes(address, bare)
    try:
        yield found
    finally:
        found.kill_all()
