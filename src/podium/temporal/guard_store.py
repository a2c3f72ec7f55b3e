"""What guards share, over a Temporal server: asked of the one execution that keeps it for a task queue."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Collection, Sequence
from typing import Any, TypeVar

from temporalio.client import (
    Client,
    WithStartWorkflowOperation,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.service import RPCError

from podium.engine.guard_store import BreakerRow, BudgetRow, Override, Reservation
from podium.errors import RunNotFoundError, StoreUnavailableError
from podium.temporal import guard_wire as wire
from podium.temporal.address import Address
from podium.temporal.rpc import apart, asking, typed, until_back

T = TypeVar("T")

ASKED_MAX = 8
"""So many reservations are asked for at a time: the server takes ten updates of one execution, and has more come again
after a pause; sixty at once take a third of the time so."""


class TemporalGuardStore:
    """The guards of a task queue. It implements `engine.guard_store.GuardStore`.

    Args:
        client, at: The server, and the queue.
        history_max: Of an execution that is started here.
    """

    def __init__(self, client: Client, at: Address, *, history_max: int = wire.HISTORY_MAX) -> None:
        self._client, self._at, self._id = client, at, wire.id_of(at.queue)
        self._start = wire.GuardStart(history_max=history_max)
        self._asked = asyncio.Semaphore(ASKED_MAX)

    async def add_breakers(self, names: Collection[str]) -> None:
        """See `GuardStore.add_breakers`."""
        await self._tell(wire.ADD_BREAKERS, sorted(names))

    async def put_breaker(self, row: BreakerRow) -> None:
        """See `GuardStore.put_breaker`."""
        await self._tell(wire.PUT_BREAKER, row)

    async def override(self, order: Override) -> bool:
        """See `GuardStore.override`; a worker has to take it, and is waited for."""
        handle, update_id = self._client.get_workflow_handle(self._id), secrets.token_hex(8)
        try:
            return await self._answered(
                lambda: handle.execute_update(wire.ORDER, order, id=update_id, result_type=bool)
            )
        except RunNotFoundError:
            return False  # no breaker was ever made known

    async def breakers(self) -> Sequence[BreakerRow]:
        """See `GuardStore.breakers`."""
        return await self._read(wire.BREAKERS, gives=list[BreakerRow])

    async def overrides(self, name: str) -> Sequence[Override]:
        """See `GuardStore.overrides`."""
        return await self._read(wire.OVERRIDES, name, gives=list[Override])

    async def reserve(self, wanted: Reservation) -> BudgetRow | None:
        """See `GuardStore.reserve`; a server that is gone is waited for, and so is a worker."""
        async with self._asked:
            reserved = await self._answered(lambda: self._reserve(wanted))
        return next(iter(reserved.over), None)

    async def settle(self, reservation_id: str, *, spent: tuple[int, int] | None, at: int) -> None:
        """See `GuardStore.settle`."""
        await self._tell(wire.SETTLE, wire.Settled(id=reservation_id, spent=spent, at=at))

    async def budgets(self) -> Sequence[BudgetRow]:
        """See `GuardStore.budgets`."""
        return await self._read(wire.BUDGETS, gives=list[BudgetRow])

    async def _reserve(self, wanted: Reservation) -> wire.Reserved:
        reserved: wire.Reserved = await self._client.execute_update_with_start_workflow(
            wire.RESERVE,
            wanted,
            start_workflow_operation=self._operation(),
            id=wanted.id,
            result_type=wire.Reserved,
        )
        return reserved

    def _operation(self) -> WithStartWorkflowOperation[Any, Any]:
        """Return the start of the execution where there is none; an operation is for one use."""
        return WithStartWorkflowOperation(
            wire.GUARDS,
            self._start,
            id=self._id,
            task_queue=self._at.queue,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        )

    async def _tell(self, signal: str, said: Any) -> None:
        """Signal; the server keeps it until a worker takes it in."""
        with asking(self._at, ""):
            await self._client.start_workflow(
                wire.GUARDS,
                self._start,
                id=self._id,
                task_queue=self._at.queue,
                id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
                start_signal=signal,
                start_signal_args=[said],
            )

    async def _answered(self, ask: Callable[[], Awaitable[T]]) -> T:
        """Ask under one id until a worker has answered."""
        while True:
            try:
                return await until_back(lambda: apart(ask()), self._at)
            except WorkflowUpdateRPCTimeoutOrCancelledError:
                pass  # no worker took it yet
            except WorkflowUpdateFailedError as error:
                message = f"the guards of task queue {self._at.queue!r} could not decide: {error.cause}"
                raise StoreUnavailableError(message) from error
            except RPCError as error:
                raise typed(error, self._at, self._id) from error

    async def _read(self, query: str, *args: Any, gives: type[list[T]]) -> list[T]:
        """Ask by a query; there is nothing to tell where nothing was ever told."""
        handle = self._client.get_workflow_handle(self._id)
        try:
            with asking(self._at, self._id):
                found: list[T] = await handle.query(query, args=args, result_type=gives)
        except RunNotFoundError:
            return []
        return found
