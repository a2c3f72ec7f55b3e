"""Waiting for what runs do: for their ends by the server's own long poll, for news by looking at their histories."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from temporalio.client import Client, WorkflowFailureError
from temporalio.exceptions import ApplicationError, CancelledError, TerminatedError
from temporalio.service import RPCError

from podium.engine.ports import Projection, Status
from podium.errors import RunFailedError, StoreUnavailableError
from podium.temporal.address import Address
from podium.temporal.listing import Listing
from podium.temporal.rpc import asking, until_back
from podium.temporal.wire import ENDED, RunEnd

_LOOK_S_MIN, _LOOK_S_MAX = 0.05, 0.2
"""How often it is looked for news of a run: less and less often while nothing happens."""

_LIST_S = 1.0
"""How often all runs are looked at: what the server lists is late by about as much."""


async def end_of(client: Client, at: Address, run_id: str) -> Projection:
    """Wait for a run to be over, whatever becomes of the server meanwhile.

    Raises:
        RunNotFoundError: There is none. RunFailedError: Its execution was ended by force, on the server.
    """
    handle = client.get_workflow_handle(run_id, result_type=RunEnd)
    with asking(at, run_id):
        try:
            end = await until_back(handle.result, at)
        except WorkflowFailureError as failed:
            end = _ended(run_id, failed.cause)
    return Projection(status=end.status, output=end.output, error=end.error)


def _ended(run_id: str, cause: BaseException) -> RunEnd:
    if isinstance(cause, ApplicationError) and cause.type == ENDED:
        return _read(cause.details[0])
    if isinstance(cause, CancelledError):
        return _read(cause.details[0]) if cause.details else RunEnd(status=Status.CANCELLED)
    how = "was terminated" if isinstance(cause, TerminatedError) else "failed"
    raise RunFailedError(run_id, None, ended=f"{how} on the Temporal server: {cause}") from cause


def _read(plain: Any) -> RunEnd:
    return RunEnd(status=Status(plain["status"]), output=plain.get("output"), error=plain.get("error"))


@contextmanager
def news(client: Client, run_id: str | None) -> Iterator[asyncio.Event]:
    """Give an event that is set whenever a run's history has grown, or, of all runs, now and then."""
    event = asyncio.Event()
    look = _look_again(event) if run_id is None else _look_at(client, run_id, event)
    task = asyncio.get_running_loop().create_task(look)
    try:
        yield event
    finally:
        task.cancel()


async def _look_again(event: asyncio.Event) -> None:
    while True:
        await asyncio.sleep(_LIST_S / 2)
        event.set()


async def _look_at(client: Client, run_id: str, event: asyncio.Event) -> None:
    handle = client.get_workflow_handle(run_id)
    known: tuple[object, ...] = ()
    pause_s = _LOOK_S_MIN
    while True:
        with suppress(RPCError):  # it is asked again; who reads is told what is wrong
            found = await handle.describe()
            now = (found.run_id, found.history_length, found.status)
            pause_s = _LOOK_S_MIN if now != known else min(1.5 * pause_s, _LOOK_S_MAX)
            if now != known:
                known = now
                event.set()
        await asyncio.sleep(pause_s)


async def tell_statuses(listing: Listing, queue: "asyncio.Queue[tuple[str, Status]]", *, since_ms: int) -> None:
    """Put how runs stand into a queue whenever the server lists them differently, for ever."""
    known: dict[str, Status] = {}
    while True:
        with suppress(StoreUnavailableError):  # it is asked again
            found = {info.id: info.status async for info in listing.changed_since(since_ms)}
            for moved in found.items() - known.items():
                queue.put_nowait(moved)
            known = found
        await asyncio.sleep(_LIST_S)
