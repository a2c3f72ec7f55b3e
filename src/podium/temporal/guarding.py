"""The guards of one process, in step with those of the other workers of its task queue."""

import asyncio
import logging
from collections.abc import Collection, Coroutine
from typing import Any

from temporalio.client import Client

from podium.engine.backend import Setting
from podium.engine.guarding import SharedGuards
from podium.engine.spending import StoreSpending
from podium.errors import StoreError
from podium.guard.guards import Guards
from podium.temporal.address import Address
from podium.temporal.guard_store import TemporalGuardStore
from podium.workflow.binding import Compiled

LOOK_MS = 2_000
"""How often a worker looks what others told: by then it obeys an order, and knows that a breaker opened."""

_LOG = logging.getLogger("podium")


class QueueGuards:
    """What a process tells and is told of guards. To be made on the event loop that it is to run on.

    Attributes:
        store: What is shared.
        shared: Breakers in step; no call goes through them before `around`.
        told: Set once a worker knows what others told before it came, or that nobody can say.
    """

    def __init__(self, client: Client, at: Address, setting: Setting) -> None:
        self.store = TemporalGuardStore(client, at)
        self._clock = setting.clock
        self._tasks: set[asyncio.Task[None]] = set()
        self._looking: asyncio.Task[None] | None = None
        self._is_blind = False
        self.told = asyncio.Event()
        self._threads = setting.platform.threads("podium-tool")  # of no use, as no call is made
        idle = Guards(setting.clock, setting.platform.share, threads=self._threads)
        self.shared = SharedGuards(idle, self.store, clock=self._clock, spawn=self._spawn)

    def around(self, guards: Guards) -> None:
        """Share the guards of a worker of this process, from now on."""
        guards.spending = StoreSpending(self.store, self._clock, self._spawn)
        self.shared = SharedGuards(guards, self.store, clock=self._clock, spawn=self._spawn)
        self._looking = asyncio.get_running_loop().create_task(self._look_for_ever())
        self._looking.add_done_callback(self._ended)

    async def begin(self, workflows: Collection[Compiled]) -> None:
        """Make the breakers of workflows known; raise StoreUnavailableError where the server does not take it."""
        await self.shared.add(workflows)

    async def close(self) -> None:
        """Look no more, and wait until all was told."""
        if self._looking is not None:
            self._looking.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)
        self._threads.shutdown(wait=False)

    async def _look_for_ever(self) -> None:
        while True:
            try:
                await self._look()
            finally:
                self.told.set()
            await asyncio.sleep(LOOK_MS / 1000)

    async def _look(self) -> None:
        """Take over what others told; say once that it is not heard, however long."""
        try:
            await self.shared.adopt()
        except StoreError as error:
            if not self._is_blind:
                _LOG.warning("what other workers tell of their guards is not heard: %s", error)
            self._is_blind = True
        else:
            self._is_blind = False

    def _spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            _LOG.error("a bug in what workers tell each other of their guards", exc_info=task.exception())
