"""A Temporal server for one probe, on a file, as `temporal server start-dev` has it."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from temporalio.client import Client

from bench.meter import Meter, drive

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

STEPS = 10
WARM_UP_RUNS = 20
_START_S_MAX = 30.0


@contextmanager
def server(folder: Path) -> Iterator[str]:
    """Give the address of a server, and end it after."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{found.getsockname()[1]}"
    program = Path(sys.executable).parent / "temporal"
    words = ("server", "start-dev", "--headless", "--log-level", "never", "--db-filename", str(folder / "temporal.db"))
    process = subprocess.Popen([program, *words, "--port", address.rpartition(":")[2]], stdout=subprocess.DEVNULL)
    try:
        yield address
    finally:
        process.kill()
        process.wait()


async def client_of(address: str) -> Client:
    """Return a client once the server answers."""
    until = time.monotonic() + _START_S_MAX
    while True:
        try:
            return await Client.connect(address)
        except RuntimeError:
            if time.monotonic() > until:
                raise
            await asyncio.sleep(0.05)


async def measured(
    client: Client, one: Callable[[str], Awaitable[object]], *, runs: int, concurrency: int
) -> dict[str, float]:
    """Return what `runs` runs cost, each started and waited for by `one`, which is given an id."""
    await drive(lambda number: one(f"warm-{number}"), runs=WARM_UP_RUNS, concurrency=WARM_UP_RUNS)
    with Meter() as meter:
        await drive(lambda number: one(f"run-{number}"), runs=runs, concurrency=concurrency)
    found = await client.get_workflow_handle("run-0").describe()
    return {
        "wall ms/run": meter.wall_s / runs * 1000,
        "CPU ms/step": meter.cpu_s / runs / STEPS * 1000,
        "history events/step": found.history_length / STEPS,
        "runs": runs,
    }
