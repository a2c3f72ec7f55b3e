"""Starts worker processes and talks to them."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

WORKER = Path(__file__).with_name("worker.py")


class Process:
    """A worker process with its store not yet open."""

    def __init__(self, path: Path, *, under: Sequence[str] = ()) -> None:
        pipe = subprocess.PIPE
        self._child = subprocess.Popen([*under, sys.executable, WORKER, path], stdin=pipe, stdout=pipe, text=True)

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

    def kill(self) -> None:
        """SIGKILL, and wait until it is gone."""
        self._child.kill()
        self._child.wait()
        for pipe in (self._child.stdin, self._child.stdout):
            assert pipe is not None
            pipe.close()

    def end(self) -> None:
        """Tell it nothing more, and wait until it has ended."""
        self._child.communicate()

    def stop(self) -> None:
        """SIGSTOP, and wait until it stands."""
        self._child.send_signal(signal.SIGSTOP)
        _, status = os.waitpid(self._child.pid, os.WUNTRACED)
        assert os.WIFSTOPPED(status)

    def go_on(self) -> None:
        """SIGCONT."""
        self._child.send_signal(signal.SIGCONT)


@contextmanager
def workers(path: Path, count: int) -> Iterator[list[Process]]:
    """Start worker processes; kill them in the end."""
    started: list[Process] = []
    try:
        started += (Process(path) for _ in range(count))
        yield started
    finally:
        for process in started:
            process.kill()
