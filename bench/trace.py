"""Counts what reaches the disk: fsyncs with strace, else commits.

fsync and fdatasync are what a durable commit costs on any disk, and strace sees
them whoever makes them. The child marks where its measured part begins and ends
with a file test that nothing else makes, so that setting up is not counted.

Where strace is missing or forbidden, COMMIT statements are counted instead.
That is a lower figure (SQLite also syncs at checkpoints), and is named so.
"""

from __future__ import annotations

import functools
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

COUNT_COMMITS = "PODIUM_BENCH_COUNT_COMMITS"
BEGIN, END = "podium-bench:begin", "podium-bench:end"
FSYNCS, COMMITS = "fsyncs/run", "commits/run"

_MARKED = "podium-bench.mark"

_SYNC = re.compile(r"^\d+\s+(fsync|fdatasync)\(")
_STRACE = ("strace", "-f", "--seccomp-bpf", "-qq", "-e", "signal=none")
_CALLS = ("-e", "trace=fsync,fdatasync,?access,?faccessat,?faccessat2")


class Commits:
    """A count of COMMIT statements between the marks, over all connections of the process."""

    def __init__(self) -> None:
        self._count = self._before = self.measured = 0

    def see(self, statement: str) -> None:
        """Count `statement` if it ends a transaction for good."""
        self._count += statement.lstrip()[:6].upper() == "COMMIT"

    def hear(self, event: str, arguments: tuple[object, ...]) -> None:
        """Take note of a mark (an audit hook)."""
        if event != _MARKED:
            return
        if arguments == (BEGIN,):
            self._before = self._count
        else:
            self.measured = self._count - self._before


@functools.cache
def works() -> bool:
    """Tell whether strace is installed and may trace a child here."""
    if shutil.which("strace") is None:
        return False
    trial = subprocess.run([*_STRACE, *_CALLS, "-o", os.devnull, "true"], capture_output=True, check=False)
    return trial.returncode == 0


def counted() -> str:
    """Return the name of the figure that can be had here."""
    return FSYNCS if works() else COMMITS


def command(log: Path) -> list[str]:
    """Return what to put before a command so that its calls are written to `log`."""
    return [*_STRACE, *_CALLS, "-o", str(log)]


def mark(where: str) -> None:
    """Tell whoever counts, outside or inside this process, that `BEGIN` or `END` is reached."""
    os.access(where, os.F_OK)
    sys.audit(_MARKED, where)


def count(log: Path) -> int:
    """Return how many fsyncs and fdatasyncs began between the marks."""
    text = log.read_text(errors="replace")
    measured = text.split(BEGIN, 1)[-1].split(END, 1)[0]
    return sum(1 for line in measured.splitlines() if _SYNC.match(line))


def watch_commits() -> Commits:
    """Count the commits of every SQLite connection opened from now on in this process."""
    commits, connect = Commits(), sqlite3.connect
    sys.addaudithook(commits.hear)

    @functools.wraps(connect)
    def watched(*arguments: Any, **options: Any) -> sqlite3.Connection:
        connection: sqlite3.Connection = connect(*arguments, **options)
        connection.set_trace_callback(commits.see)
        return connection

    sqlite3.connect = watched  # type: ignore[assignment]  # a child process that only measures
    return commits
