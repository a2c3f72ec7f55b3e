"""What is done besides requests: finding out what nobody knows, and forgetting keys whose time is over."""

import asyncio
import logging
from typing import Final

from podium.asgi.answer import Answer, Release
from podium.asgi.claims import Claim
from podium.asgi.policy import IdempotencyPolicy, Recover
from podium.asgi.store import IdempotencyStore
from podium.asgi.threads import StoreThreads
from podium.claim_errors import ClaimLostError
from podium.errors import StoreUnavailableError
from podium.guard.caught import Raised, caught

_LOG: Final = logging.getLogger("podium.asgi")
_AT_ONCE: Final = 8
"""How many outcomes are asked for at the same time."""


class Upkeep:
    """One task of one process. It looks twice a lease, and when it is woken."""

    def __init__(self, store: IdempotencyStore, policy: IdempotencyPolicy, threads: StoreThreads) -> None:
        self._store, self._policy, self._threads = store, policy, threads
        self._task: asyncio.Task[None] | None = None
        self._wake = asyncio.Event()

    def start(self) -> None:
        """Begin, unless it has begun."""
        if self._task is None or self._task.done():
            self._wake = asyncio.Event()
            self._task = asyncio.create_task(self._run())

    def wake(self) -> None:
        """Look now: something is due."""
        self._wake.set()

    async def stop(self) -> None:
        """End, and break off what is being found out; it will be asked for again when its lease is over."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.wait({task})

    async def _run(self) -> None:
        while True:
            self._wake.clear()
            try:
                await self._look()
            except StoreUnavailableError:
                _LOG.exception("keys can not be looked after now")
            await self._pause()

    async def _pause(self) -> None:
        waits = {
            asyncio.create_task(self._store.clock.sleep(self._store.lease_ms // 2)),
            asyncio.create_task(self._wake.wait()),
        }
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()

    async def _look(self) -> None:
        """Do all that is due."""
        while await self._threads.do(self._store.prune):
            pass
        recover = self._policy.recover
        if recover is None:
            return
        while claims := await self._threads.do(self._store.take_unknown, limit=_AT_ONCE):
            async with asyncio.TaskGroup() as group:
                for claim in claims:
                    group.create_task(self._recover(recover, claim))

    async def _recover(self, recover: Recover, claim: Claim) -> None:
        """Ask what became of one, and write it down."""
        found = await self._ask(recover, claim)
        try:
            await self._write(claim, found)
        except ClaimLostError:
            _LOG.warning("%r: it took longer than a lease to find out what became of it", claim.slot)

    async def _write(self, claim: Claim, found: Answer | Release | None) -> None:
        match found:
            case Answer():
                await self._threads.do(self._store.complete, claim, found)
            case Release():
                await self._threads.do(self._store.release, claim)
            case None:
                await self._threads.do(self._store.defer, claim)

    async def _ask(self, recover: Recover, claim: Claim) -> Answer | Release | None:
        """Return what the application's handler says within a lease; None where it raises."""
        asking = asyncio.ensure_future(caught(recover(claim)))
        limit = asyncio.create_task(self._store.clock.sleep(self._store.lease_ms))
        try:
            await asyncio.wait({asking, limit}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            limit.cancel()
            asking.cancel()
        if not asking.done():
            _LOG.error("%r: what became of it could not be found out within a lease", claim.slot)
            return None
        said = asking.result()
        if isinstance(said, Raised):
            _LOG.error("%r: what became of it could not be found out", claim.slot, exc_info=said.error)
            return None
        return said
