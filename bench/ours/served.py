"""`podium serve` as a process of its own, asked over HTTP, and how much of the machine it takes."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx

if TYPE_CHECKING:
    from collections.abc import Iterator

TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")
TIMES = 30


@dataclass(frozen=True, slots=True)
class Asked:
    """What came of asking the same several times.

    Attributes:
        ms: How long each answer took, the fastest first.
        cpu_ms: What one took of the server's CPU, all threads of it.
        body: The last answer.
    """

    ms: list[float]
    cpu_ms: float
    body: Any


@dataclass(frozen=True, slots=True)
class Server:
    """A running server: its process, and where its API is."""

    pid: int
    url: str
    http: httpx.Client

    def cpu_s(self) -> float:
        """Return the CPU seconds that its process has taken so far."""
        with open(f"/proc/{self.pid}/stat") as file:  # noqa: PTH123  # read in a loop
            fields = file.read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS_A_SECOND

    def resident_mb(self) -> float:
        """Return how much of the memory it has."""
        with open(f"/proc/{self.pid}/statm") as file:  # noqa: PTH123  # read in a loop
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6

    def asked(self, path: str, *, times: int = TIMES, **query: Any) -> Asked:
        """Ask the same again and again."""
        found: list[float] = []
        body: Any = None
        cpu_s = self.cpu_s()
        for _ in range(times):
            began = time.perf_counter()
            answer = self.http.get(path, params=query)
            found.append((time.perf_counter() - began) * 1000)
            assert answer.is_success, answer.text
            body = answer.json()
        return Asked(sorted(found), (self.cpu_s() - cpu_s) * 1000 / times, body)


@contextmanager
def serving(url: str) -> Iterator[Server]:
    """Serve the flows of these benches from a database for the length of the block."""
    command = (sys.executable, "-m", "podium.cli", "serve", "bench.ours.flows", "--db", url, "--port", "0")
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        at = process.stdout.readline().split()[-1]
        with httpx.Client(base_url=f"{at}/api/v1", timeout=60) as http:
            yield Server(process.pid, at, http)
    finally:
        process.terminate()
        process.wait()


def shares(name: str, found: Asked) -> dict[str, float]:
    """Return the middle and the 95th of a hundred of the times, and the CPU, as figures of that name."""
    times = found.ms
    return {
        f"{name}: ms p50": share(times, 0.5),
        f"{name}: ms p95": share(times, 0.95),
        f"{name}: CPU ms": found.cpu_ms,
    }


def share(found: list[float], part: float) -> float:
    """Return the value that a part of those in order is not above."""
    return found[min(len(found) - 1, int(part * len(found)))]
