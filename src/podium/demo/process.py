"""Starts worker processes, and ends them, gently or not."""

import asyncio
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from podium.demo.app import urls_as_variables
from podium.demo.desk.models import Kind
from podium.demo.travel import Trip

_START_S: Final = 30.0
_GRACE_S: Final = 5.0


class WorkerEndedError(RuntimeError):
    """A worker ended that nobody had asked to end, or did not come up."""

    def __init__(self, log: Path, *, what: str) -> None:
        said = log.read_text(errors="replace").splitlines() if log.exists() else []
        super().__init__(f"the worker {what}; its log {log} ends with: {said[-1] if said else '(nothing)'}")
        self.log = log


class Worker:
    """A worker process that is up.

    Attributes:
        pid: Its process.
        log: Where its standard error goes.
    """

    def __init__(self, process: Process, log: Path) -> None:
        self._process = process
        self.pid = process.pid
        self.log = log

    async def kill(self) -> None:
        """End it with SIGKILL, in whatever it is doing, and wait until it is gone."""
        if self._process.returncode is None:
            self._process.kill()
        await self._process.wait()

    async def ended(self) -> None:
        """Wait until it is gone, by itself or otherwise."""
        await self._process.wait()

    async def stop(self) -> None:
        """Ask it to end; kill it when it does not within the grace, or when nobody waits for that any more."""
        if self._process.returncode is not None:
            return
        self._process.terminate()
        try:
            async with asyncio.timeout(_GRACE_S):
                await self._process.wait()
        except TimeoutError:
            await self.kill()
        except asyncio.CancelledError:
            self._process.kill()
            raise


@asynccontextmanager
async def worker_process(
    url: str, urls: Mapping[Kind, str], *, log: Path, trip: Trip | None = None
) -> AsyncIterator[Worker]:
    """Run a worker while the block runs; it ends with this process too, however that ends.

    A terminal's Ctrl-C does not reach it: it has a session of its own.

    Args:
        url: The database.
        urls: The services.
        log: Takes its standard error.
        trip: Started first; on disk when the block begins.

    Raises:
        WorkerEndedError: It did not come up.
    """
    start = [] if trip is None else ["--text", trip.wish, "--id", trip.order]
    command = [sys.executable, "-m", "podium.demo.worker", url, *start, "--ends-with-stdin"]
    with log.open("ab") as stderr:
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=PIPE,
            stdout=PIPE,
            stderr=stderr,
            env={**os.environ, **urls_as_variables(urls)},
            start_new_session=True,
        )
    worker = Worker(process, log)
    try:
        await _until_ready(process, log)
        yield worker
    finally:
        await worker.stop()


async def _until_ready(process: Process, log: Path) -> None:
    assert process.stdout is not None, "asked for as a pipe"
    try:
        async with asyncio.timeout(_START_S):
            ready = await process.stdout.readline()
    except TimeoutError as error:
        raise WorkerEndedError(log, what=f"was not ready after {_START_S:.0f} s") from error
    if not ready:
        raise WorkerEndedError(log, what="ended at its start")
