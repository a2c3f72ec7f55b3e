"""What goes wrong between a client and the server, as Podium's errors; and waiting until the server is back."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from temporalio.client import WorkflowQueryFailedError
from temporalio.service import RPCError, RPCStatusCode

from podium.errors import RunNotFoundError, StoreError, StoreUnavailableError
from podium.temporal.address import Address

T = TypeVar("T")

_LOG = logging.getLogger("podium")

_AGAIN_S_MAX = 5.0

GONE = frozenset({RPCStatusCode.UNAVAILABLE, RPCStatusCode.RESOURCE_EXHAUSTED, RPCStatusCode.INTERNAL})
"""The server is down, starts, or has too much to do: the same may be asked again."""

SILENT = frozenset({RPCStatusCode.DEADLINE_EXCEEDED, RPCStatusCode.CANCELLED, RPCStatusCode.FAILED_PRECONDITION})
"""Nobody answered in time; of a query, that is a worker."""


@contextmanager
def asking(at: Address, run_id: str) -> Iterator[None]:
    """Raise what the SDK raises about a run as errors that say what to do.

    Raises:
        RunNotFoundError: There is no such run. StoreUnavailableError: Nobody answers.
    """
    try:
        yield
    except RPCError as error:
        raise typed(error, at, run_id) from error
    except WorkflowQueryFailedError as error:
        message = f"run {run_id} can not be read: {error.message}"
        raise StoreUnavailableError(message) from error


def typed(error: RPCError, at: Address, run_id: str = "") -> StoreError | RunNotFoundError:
    """Return the error that says what to do about one of the SDK's."""
    if error.status is RPCStatusCode.NOT_FOUND and run_id:
        return RunNotFoundError(run_id, place=f"namespace {at.namespace} (or its retention is over)")
    if error.status in SILENT and run_id:
        return nobody_answers(at, run_id)
    return StoreUnavailableError(f"the Temporal server at {at.server} did not do it ({error.status.name}): {error}")


def nobody_answers(at: Address, run_id: str) -> StoreUnavailableError:
    """Return the error of a run that only a worker could tell of."""
    hint = f"start one: `podium worker TARGET --db 'temporal://{at.server}/{at.namespace}?queue={at.queue}'`"
    return StoreUnavailableError(f"no worker on task queue {at.queue!r} answers for run {run_id}; {hint}")


async def until_back(ask: Callable[[], Awaitable[T]], at: Address) -> T:
    """Ask until the server answers, however long it is gone; what is wrong otherwise is raised as it is."""
    pause_s = 0.1
    while True:
        try:
            return await ask()
        except RPCError as error:
            if error.status not in GONE:
                raise
            _LOG.warning("the Temporal server at %s does not answer (%s): waiting for it", at.server, error)
        await asyncio.sleep(pause_s)
        pause_s = min(2 * pause_s, _AGAIN_S_MAX)


async def apart(ask: Awaitable[T]) -> T:
    """Wait in a task of its own: the SDK takes a cancellation of whoever waits for a slow server."""
    task = asyncio.ensure_future(ask)
    task.add_done_callback(lambda done: done.cancelled() or done.exception())
    try:
        await asyncio.wait({task})
    finally:
        task.cancel()
    return task.result()
