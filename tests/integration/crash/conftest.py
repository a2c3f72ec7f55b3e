"""Processes that are forked from a clean one with everything imported, so that a hundred of them take seconds."""

import multiprocessing
import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

import pytest

from tests.integration.crash import worker
from tests.integration.crash.outside import Outside
from tests.integration.crash.worker import Job

_PROCESSES = multiprocessing.get_context("forkserver")
_PROCESSES.set_forkserver_preload(["tests.integration.crash.worker"])

KILLED = -9


class Started:
    """A process that does a job."""

    def __init__(self, job: Job) -> None:
        here, there = _PROCESSES.Pipe(duplex=False)
        self._told: Connection = here
        self.process: ForkServerProcess = _PROCESSES.Process(target=worker.main, args=(job, there), daemon=True)
        self.process.start()
        there.close()

    def until_stopped(self) -> None:
        """Wait until the process stands still."""
        state = ""
        while not state.startswith("T"):
            state = subprocess.run(
                ("ps", "-o", "stat=", "-p", str(self.process.pid)), stdout=-1, text=True, check=True
            ).stdout

    def go_on(self) -> None:
        """Let a process go on that stands still."""
        assert self.process.pid is not None
        os.kill(self.process.pid, signal.SIGCONT)

    def end(self) -> Any:
        """Wait for the process to end, and return what it told; None when it was killed."""
        try:
            told = self._told.recv()
        except EOFError:
            told = None
        self.process.join()
        assert self.process.exitcode == (KILLED if told is None else 0), self.process.exitcode
        return told


Start = Callable[[Job], Started]


@pytest.fixture
def start() -> Iterator[Start]:
    """Start processes; those that are left are killed."""
    started: list[Started] = []

    def begin(job: Job) -> Started:
        started.append(Started(job))
        return started[-1]

    yield begin
    for one in started:
        one.process.kill()
        one.process.join()


@pytest.fixture
def outside(tmp_path: Path) -> Outside:
    """Return the other side."""
    return Outside(tmp_path)
