"""The processes of a soak: the service, and workers that can be killed."""

from __future__ import annotations

import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

END_S_MAX = 60


class Fleet:
    """Everything that runs beside the conductor.

    Args:
        folder: Where the files are.
        url: The database of the workers.
        pace_s: How long a worker waits between two runs that it starts, on average.
    """

    def __init__(self, folder: Path, url: str, *, pace_s: float) -> None:
        self._folder, self._url, self._pace_s = folder, url, pace_s
        self._service: Process
        self._lives: dict[str, int] = {}
        self.workers: dict[str, Process] = {}
        self.desk = ""

    async def serve(self, *, seed: int) -> None:
        """Start the service, and wait until it listens."""
        self._service, self.desk = await serve(self._folder, seed=seed)

    async def start(self, name: str) -> None:
        """Start a worker; each of its lives has a name of its own."""
        self._lives[name] = self._lives.get(name, 0) + 1
        life = f"{name}.{self._lives[name]}"
        self.workers[name] = await _process(
            "worker", self._url, self.desk, "--name", life, "--pace-s", str(self._pace_s)
        )

    async def kill(self, name: str) -> None:
        """Kill a worker, with nothing run after it."""
        worker = self.workers[name]
        worker.kill()
        await worker.wait()

    async def tell(self) -> None:
        """Say the next thing to all workers: first to start no more runs, then to end."""
        for worker in self.workers.values():
            assert worker.stdin is not None
            worker.stdin.write(b"\n")
            await worker.stdin.drain()

    async def end(self) -> list[str]:
        """End everything; return a line for each worker that did not end well."""
        bad: list[str] = []
        for name, worker in self.workers.items():
            try:
                code = await asyncio.wait_for(worker.wait(), END_S_MAX)
            except TimeoutError:
                worker.kill()
                code = await worker.wait()
            if code:
                bad.append(f"worker {name} ended with {code}")
        self._service.kill()
        await self._service.wait()
        return bad


async def serve(folder: Path, *, seed: int) -> tuple[Process, str]:
    """Start the service, and return it with its URL once it listens."""
    service = await _process("service", str(folder), "--seed", str(seed))
    assert service.stdout is not None
    port = int(await service.stdout.readline())
    return service, f"http://127.0.0.1:{port}"


async def _process(module: str, *arguments: str) -> Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", f"bench.soaking.{module}", *arguments, stdin=PIPE, stdout=PIPE
    )
