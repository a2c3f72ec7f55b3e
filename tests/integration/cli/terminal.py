"""Calling `podium` as people and scripts do."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

PODIUM = (sys.executable, "-m", "podium.cli")
_LIMIT_S = 180


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def lines(self) -> list[Any]:
        return [json.loads(line) for line in self.out.splitlines()]


class Terminal:
    """A folder in which commands are called.

    Attributes:
        folder: The folder.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def podium(self, *words: str, feed: str | None = None, **variables: str) -> Ended:
        """Call it, let it end, and return what it said."""
        ended = subprocess.run(
            (*PODIUM, *words),
            cwd=self.folder,
            env=environment(variables),
            input=feed,
            stdin=subprocess.DEVNULL if feed is None else None,
            capture_output=True,
            text=True,
            timeout=_LIMIT_S,
            check=False,
        )
        return Ended(ended.returncode, ended.stdout, ended.stderr)

    @contextmanager
    def started(self, *words: str, **variables: str) -> Iterator["Started"]:
        """Call it and let it go on; it is killed at the end if it has not ended."""
        process = subprocess.Popen(
            (*PODIUM, *words),
            cwd=self.folder,
            env=environment(variables),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        with process:
            try:
                yield Started(process)
            finally:
                process.kill()

    @property
    def effects(self) -> list[str]:
        """What the tools have done to the world, in order."""
        path = self.folder / "effects.txt"
        return path.read_text().splitlines() if path.exists() else []


class Started:
    """A command that goes on.

    Attributes:
        process: Its process.
        seen: What it has printed so far, both streams, line by line.
    """

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process
        self.seen: list[str] = []

    def until(self, *parts: str) -> str:
        """Read until a line has all these parts, and return it."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.seen.append(line.rstrip("\n"))
            if all(part in line for part in parts):
                return line
        pytest.fail(f"it ended without a line of {parts}: {self.seen}")

    def signal(self, number: int) -> None:
        self.process.send_signal(number)

    def end(self) -> int:
        """Read to its end and return its code."""
        assert self.process.stdout is not None
        self.seen.extend(line.rstrip("\n") for line in self.process.stdout)
        return self.process.wait(_LIMIT_S)


def environment(variables: dict[str, str]) -> dict[str, str]:
    """Return the environment of a command: ours, without what changes how `podium` prints."""
    plain = {name: value for name, value in os.environ.items() if name not in {"CI", "NO_COLOR", "PODIUM_DB"}}
    return {**plain, "PYTHONUNBUFFERED": "1", **variables}
