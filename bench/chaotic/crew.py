"""The worker processes of one repetition, and what is done to them."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
from typing import TYPE_CHECKING

from bench.chaotic import worker
from bench.chaotic.worker import Job

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.context import ForkServerProcess
    from pathlib import Path

END_S_MAX = 60


class Crew:
    """Workers by the place that they hold; each may be another process every second.

    Args:
        folder: Of this repetition; its name is part of the ids of the runs.
        desk: The service's URL.

    Attributes:
        is_starting: Whether workers that begin now start runs.
        bad: A line for each worker that ended otherwise than it was made to.
    """

    def __init__(self, folder: Path, desk: str) -> None:
        self._folder, self._desk = folder, desk
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(["bench.chaotic.worker"])
        self._processes: dict[int, ForkServerProcess] = {}
        self._leashes: dict[int, Connection] = {}
        self._lives = 0
        self.is_starting = True
        self.bad: list[str] = []

    def start(self, place: int, *, version: str) -> None:
        """Have a worker there."""
        self._lives += 1
        job = Job(self._folder, self._desk, f"{self._folder.name}-{place}-{self._lives}", version, self.is_starting)
        theirs, ours = self._context.Pipe(duplex=False)
        process = self._context.Process(target=worker.main, args=(job, theirs), daemon=True)
        process.start()
        theirs.close()
        self._processes[place], self._leashes[place] = process, ours

    async def kill(self, place: int) -> None:
        """End a worker with nothing run after it."""
        await self._end(place, signal.SIGKILL, code=-signal.SIGKILL)

    async def retire(self, place: int) -> None:
        """Ask a worker to end."""
        await self._end(place, signal.SIGTERM, code=0)

    async def freeze(self, place: int, *, seconds: float) -> None:
        """Let a worker stand still for so long."""
        self._signal(place, signal.SIGSTOP)
        await asyncio.sleep(seconds)
        self._signal(place, signal.SIGCONT)

    async def close(self) -> None:
        """End everybody."""
        for place in list(self._processes):
            await self.kill(place)

    async def _end(self, place: int, number: int, *, code: int) -> None:
        self._signal(place, number)
        process = self._processes.pop(place)
        await asyncio.to_thread(process.join, END_S_MAX)
        self._leashes.pop(place).close()
        if process.exitcode not in (code, -signal.SIGTERM):  # asked when it had hardly begun
            self.bad.append(f"worker {place} ended with {process.exitcode} where {code} was asked for")
            process.kill()

    def _signal(self, place: int, number: int) -> None:
        pid = self._processes[place].pid
        assert pid is not None
        os.kill(pid, number)
