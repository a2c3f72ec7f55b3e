"""Starts the desk's services as processes of their own, and ends them.

They belong to whoever conducts the demo or the test, not to a worker: a worker that is killed leaves them up, as it
would leave any airline up. When the conductor itself dies, even by SIGKILL, the pipes to their standard input close
and they end. For that no other process may inherit the pipes: start workers by exec or spawn, never by a bare fork.
"""

import asyncio
import json
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import IO, Final

from podium.demo.desk.models import KINDS, Kind, ServiceSpec

_START_S: Final = 30.0
_GRACE_S: Final = 5.0


class DeskNotStartedError(RuntimeError):
    """A service of the desk did not come up; those that did were ended again.

    Attributes:
        kind: Which service.
        log: Where its standard error went.
    """

    def __init__(self, kind: Kind, *, log: Path, reason: str) -> None:
        said = log.read_text(errors="replace").splitlines() or ["(nothing)"]
        super().__init__(f"the {kind} service {reason}; its log {log} ends with: {said[-1]}")
        self.kind, self.log = kind, log


class Desk:
    """The running services.

    Attributes:
        folder: Where each keeps its `<kind>.db` and `<kind>.log`.
    """

    def __init__(self, folder: Path, services: Mapping[Kind, "_Service"]) -> None:
        self.folder = folder
        self._services = services

    @property
    def urls(self) -> Mapping[Kind, str]:
        """Where each service answers, without a closing slash; the same after a restart."""
        return {kind: f"http://127.0.0.1:{service.port}" for kind, service in self._services.items()}

    @property
    def pids(self) -> Mapping[Kind, int]:
        """The process of each service."""
        return {kind: service.process.pid for kind, service in self._services.items()}

    async def kill(self, kind: Kind) -> None:
        """End a service with SIGKILL, in whatever it is doing, and wait until it is gone."""
        await self._services[kind].kill()

    async def restart(self, kind: Kind) -> None:
        """Kill a service and start it again on the same disk and port.

        Raises:
            DeskNotStartedError: It did not come up; it stays down.
        """
        await self._services[kind].kill()
        await self._services[kind].spawn()
        await self._services[kind].until_ready()


@asynccontextmanager
async def travel_desk(folder: Path, specs: Sequence[ServiceSpec] | None = None) -> AsyncIterator[Desk]:
    """Run the services while the block runs; their ledgers stay in `folder` for the audit.

    A terminal's Ctrl-C does not reach them (they have a session of their own), so that a demo that is interrupted
    can still finish its runs; they end with the block or with this process.

    Args:
        folder: Made if missing. Ledgers that are there are gone on with.
        specs: Which services, at most one of a kind; None means all three, honouring keys, with readback.

    Raises:
        DeskNotStartedError: One did not come up; none is left running.
    """
    chosen = specs if specs is not None else [ServiceSpec(kind) for kind in KINDS]
    services: dict[Kind, _Service] = {}
    try:
        for spec in chosen:
            service = _Service(folder, spec)
            await service.spawn()
            services[spec.kind] = service
        for service in services.values():
            await service.until_ready()
        yield Desk(folder, services)
    finally:
        await asyncio.gather(*(service.stop() for service in services.values()))


class _Service:
    """One service, through all its processes; `port` is 0 until the first was ready, and stays for its successors."""

    process: Process  # from the first `spawn` on

    def __init__(self, folder: Path, spec: ServiceSpec) -> None:
        self._spec = spec
        self._folder = folder
        self._log = folder / f"{spec.kind}.log"
        self.port = 0

    async def spawn(self) -> None:
        with self._open_log() as stderr:
            self.process = await asyncio.create_subprocess_exec(
                *self._command(), stdin=PIPE, stdout=PIPE, stderr=stderr, start_new_session=True
            )

    async def until_ready(self) -> None:
        """Wait for the line with which the service says that it answers."""
        assert self.process.stdout is not None, "asked for as a pipe"
        try:
            async with asyncio.timeout(_START_S):
                ready = await self.process.stdout.readline()
        except TimeoutError as error:
            reason = f"was not ready after {_START_S:.0f} s"
            raise DeskNotStartedError(self._spec.kind, log=self._log, reason=reason) from error
        if not ready:
            raise DeskNotStartedError(self._spec.kind, log=self._log, reason="ended at its start")
        self.port = json.loads(ready)["port"]

    async def kill(self) -> None:
        if self.process.returncode is None:
            self.process.kill()
        await self.process.wait()

    async def stop(self) -> None:
        """Ask it to end, and kill it when it does not within the grace, or when nobody waits for that any more."""
        if self.process.returncode is not None:
            return
        self.process.terminate()
        try:
            async with asyncio.timeout(_GRACE_S):
                await self.process.wait()
        except TimeoutError:
            await self.kill()
        except asyncio.CancelledError:
            self.process.kill()
            raise

    def _open_log(self) -> IO[bytes]:
        self._folder.mkdir(parents=True, exist_ok=True)
        return self._log.open("ab")

    def _command(self) -> list[str]:
        options = {
            "--kind": self._spec.kind,
            "--folder": str(self._folder),
            "--port": str(self.port),
            "--keys": self._spec.keys,
            "--readback": "on" if self._spec.readback else "off",
        }
        words = [word for option in options.items() for word in option]
        return [sys.executable, "-m", "podium.demo.desk", *words, "--ends-with-stdin"]
