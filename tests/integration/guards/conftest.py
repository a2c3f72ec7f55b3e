"""Real processes over one file, a real service, and an engine of the test's own that gives orders and looks."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.integration.guards.service import Service, served

WORKER = Path(__file__).with_name("worker.py")


class Process:
    """A worker process."""

    def __init__(self, url: str, service: Service) -> None:
        pipe = subprocess.PIPE
        environment = {**os.environ, "SERVICE": service.url}
        self._child = subprocess.Popen(
            [sys.executable, WORKER, url], stdin=pipe, stdout=pipe, text=True, env=environment
        )

    def ask(self, do: str, **values: Any) -> None:
        """Tell it to do something."""
        assert self._child.stdin is not None
        print(json.dumps({"do": do, **values}), file=self._child.stdin, flush=True)

    def answer(self) -> Any:
        """Wait for its next answer."""
        assert self._child.stdout is not None
        line = self._child.stdout.readline()
        assert line, f"the worker ended with {self._child.wait()}"
        return json.loads(line)

    def do(self, do: str, **values: Any) -> Any:
        """Tell it to do something and wait for the answer."""
        self.ask(do, **values)
        return self.answer()

    def until(self, do: str, wanted: Any, **values: Any) -> None:
        """Ask again and again until it answers so; the test's own time limit ends what does not come."""
        while self.do(do, **values) != wanted:
            pass

    def kill(self) -> None:
        """SIGKILL, and wait until it is gone."""
        self._child.kill()
        self._child.wait()
        for pipe in (self._child.stdin, self._child.stdout):
            assert pipe is not None
            pipe.close()


@pytest.fixture
def service() -> Iterator[Service]:
    with served() as service:
        yield service


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'podium.db'}"


@pytest.fixture
def start(url: str, service: Service) -> Iterator[Callable[[], Process]]:
    """Start processes; they are killed in the end."""
    started: list[Process] = []

    def one() -> Process:
        started.append(Process(url, service))
        return started[-1]

    yield one
    for process in started:
        process.kill()
