"""What is on record of runs, read through queries that a worker answers from the history, of runs that are over too."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Any, TypeVar

from temporalio.client import Client, WorkflowHandle
from temporalio.service import RPCError

from podium.core.codec import decode
from podium.core.events import Event
from podium.engine.ports import HumanTask, Loaded, ParkedStep, RunInfo
from podium.errors import StoreUnavailableError
from podium.temporal import wire
from podium.temporal.address import Address
from podium.temporal.listing import row
from podium.temporal.readiness import alive
from podium.temporal.rpc import SILENT, asking, nobody_answers

T = TypeVar("T")

_ANSWER_WITHIN = timedelta(seconds=10)
_INFO_WITHIN = timedelta(seconds=3)
"""A row is told without a worker where none answers for so long: less is known of the run then."""

_HEARD_S = 30.0
"""Where no worker has answered for so long, it is asked first whether there is any: that is known at once."""

_OWN_S_MAX, _OWN_PAUSE_S = 60.0, 0.1
"""For how long a worker of this process is asked again, and how soon."""

_AT_ONCE = 16


class Records:
    """Reads runs. It implements `engine.backend.Journals`.

    Attributes:
        is_served_here: A worker of this process answers, be it that the server has not heard of it yet.
    """

    def __init__(self, client: Client, at: Address) -> None:
        self._client, self._at = client, at
        self.is_served_here = False
        self._heard_s = -_HEARD_S

    async def described(self, run_id: str) -> RunInfo:
        """Return a run's row as the server alone knows it; raise RunNotFoundError."""
        with asking(self._at, run_id):
            return await row(await self._client.get_workflow_handle(run_id).describe())

    async def info(self, run_id: str) -> RunInfo:
        """Return a run's row; without what only its workflow knows where no worker answers."""
        described = await self.described(run_id)
        try:
            info = await self.ask(run_id, wire.INFO, gives=RunInfo, within=_INFO_WITHIN)
        except StoreUnavailableError:
            return described
        is_by_force = described.status.is_terminal and not info.status.is_terminal
        return described if is_by_force else info

    async def load(self, run_id: str, *, upto: int | None = None) -> Loaded:
        """Return a run as its history has it; see `Backend.load`."""
        part = await self.ask(run_id, wire.LOAD, upto, gives=wire.Part)
        rows = [_event(one) for one in part.rows]
        if upto is not None and upto < part.snapshot_seq:
            rows = [event for _, event in await self.events(run_id, limit=upto)] if upto else []
            return Loaded(info=part.info, graph=part.graph, events=rows)
        snapshot = part.snapshot or None
        return Loaded(info=part.info, graph=part.graph, snapshot=snapshot, snapshot_seq=part.snapshot_seq, events=rows)

    async def events(self, run_id: str, *, after: int = 0, limit: int = 1000) -> Sequence[tuple[int, Event]]:
        """Return events with their numbers, oldest first."""
        page = await self.ask(run_id, wire.EVENTS, after, limit, gives=wire.EventsPage)
        return [(number, _event(one)) for number, one in enumerate(page.rows, page.first)]

    async def tasks(self, run_ids: Sequence[str]) -> list[HumanTask]:
        """Return the open questions of runs, oldest first."""
        found = await self._of_all(run_ids, wire.TASKS, list[HumanTask])
        return sorted(found, key=lambda task: task.place)

    async def parked(self, run_ids: Sequence[str]) -> list[ParkedStep]:
        """Return the parked steps of runs, oldest first."""
        found = await self._of_all(run_ids, wire.PARKED, list[ParkedStep])
        return sorted(found, key=lambda step: step.place)

    async def _of_all(self, run_ids: Sequence[str], query: str, gives: type[list[T]]) -> list[T]:
        turn = asyncio.Semaphore(_AT_ONCE)

        async def one(run_id: str) -> list[T]:
            async with turn:
                return await self.ask(run_id, query, gives=gives)

        found = await asyncio.gather(*map(one, run_ids))
        return [item for items in found for item in items]

    async def ask(self, run_id: str, query: str, *args: Any, gives: type[T], within: timedelta = _ANSWER_WITHIN) -> T:
        """Return what a worker answers for a run.

        Raises:
            RunNotFoundError: There is none, or its retention is over. StoreUnavailableError: No worker answers.
        """
        handle: WorkflowHandle[Any, Any] = self._client.get_workflow_handle(run_id)
        with asking(self._at, run_id):
            if not await self._is_served():
                await handle.describe()
                raise nobody_answers(self._at, run_id)
            answer: T = await self._insist(
                lambda: handle.query(query, args=args, result_type=gives, rpc_timeout=within)
            )
        self._heard_s = time.monotonic()
        return answer

    async def _insist(self, ask: Callable[[], Awaitable[T]]) -> T:
        """Ask again where a worker of this process is silent: it is there, and has not begun or has much to do."""
        until_s = time.monotonic() + _OWN_S_MAX
        while True:
            try:
                return await ask()
            except RPCError as error:
                if not self.is_served_here or error.status not in SILENT or time.monotonic() > until_s:
                    raise
            await asyncio.sleep(_OWN_PAUSE_S)

    async def _is_served(self) -> bool:
        if self.is_served_here or time.monotonic() - self._heard_s <= _HEARD_S:
            return True
        return bool(await alive(self._client, self._at))


def _event(one: wire.RowText) -> Event:
    return decode(*one)
