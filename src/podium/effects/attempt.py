"""One try of a tool's function, and its failure as a value."""

import asyncio
import contextvars
import traceback
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, replace
from typing import Any

from podium.effects.nested import InsideTool
from podium.effects.ports import Surroundings
from podium.errors import NotStorableError, ToolFailed
from podium.failure import Failure, FailureKind, type_name, type_names
from podium.guard.caught import Raised, caught
from podium.guard.classify import meaning_of
from podium.guard.deadline import Deadline
from podium.workflow.binding import ToolCode
from podium.workflow.current import CURRENT

RETRYABLE = frozenset({FailureKind.NOT_SENT, FailureKind.TRANSIENT, FailureKind.IN_PROGRESS, FailureKind.RATE_LIMITED})
"""Failures after which the same request may succeed."""

_FRAMES = 6


@dataclass(slots=True)
class Tried:
    """How one try ended: a `result` as JSON text, or a `failure` and whether it is sure that nothing happened.

    `lingering`: the thread that is still at it after its time ran out. `source`: which of its `fallback=` answered in
    the tool's place; "" for the tool itself.
    """

    result: str | None = None
    failure: Failure | None = None
    is_sure: bool = True
    lingering: Future[Any] | None = None
    source: str = ""


@dataclass(slots=True)
class Call:
    """What one try calls: a tool's function over its arguments, or its `reconcile`."""

    make: Callable[[], Any]
    is_async: bool
    encode: Callable[[Any], str]


async def try_once(tool: ToolCode, call: Call, around: Surroundings) -> Tried:
    """Make the call once, within the tool's time, and encode what it gives.

    Cancelling this cancels an async function; a thread can not be stopped and is left to end.
    """
    lingering: list[Future[Any]] = []
    inside = InsideTool(tool, around.provider, CURRENT.get())
    try:
        ended = await caught(_bounded(tool, call, around, inside, lingering))
    except asyncio.CancelledError as cancelled:
        if _is_called_off():
            raise
        return _tried(cancelled, tool, lingering)  # raised by the tool's own code
    return _tried(ended.error, tool, lingering) if isinstance(ended, Raised) else Tried(result=ended)


def _is_called_off() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


def _tried(error: BaseException, tool: ToolCode, lingering: list[Future[Any]]) -> Tried:
    left = next((future for future in lingering if not future.done()), None)
    return Tried(failure=failure_of(error, tool.name), is_sure=meaning_of(error).is_sure, lingering=left)


async def _bounded(
    tool: ToolCode, call: Call, around: Surroundings, inside: InsideTool, lingering: list[Future[Any]]
) -> str:
    timeout_ms = tool.policy.timeout_ms
    if timeout_ms is None:
        return call.encode(await _called(call, around, inside, lingering))
    async with Deadline(around.clock, timeout_ms):
        value = await _called(call, around, inside, lingering)
    return call.encode(value)


async def _called(call: Call, around: Surroundings, inside: InsideTool, lingering: list[Future[Any]]) -> Any:
    if call.is_async:
        outer = CURRENT.set(inside)
        try:
            return await call.make()
        finally:
            CURRENT.reset(outer)
    context = contextvars.copy_context()
    context.run(CURRENT.set, inside)
    future = around.threads.submit(context.run, call.make)
    lingering.append(future)
    return await asyncio.wrap_future(future)


def failure_of(error: BaseException, source: str) -> Failure:
    """Return an exception as data. A failure that came out of a call keeps what it was."""
    if isinstance(error, ToolFailed):
        inner = error.failure
        names = tuple(dict.fromkeys(type_names(type(error)) + inner.types))
        return replace(inner, types=names, source=inner.source or source, traceback="")
    kind = FailureKind.MALFORMED_OUTPUT if isinstance(error, NotStorableError) else meaning_of(error).kind
    frames = traceback.format_exception(type(error), error, error.__traceback__)[-_FRAMES:]
    return Failure(
        kind=kind,
        type=type_name(type(error)),
        types=type_names(type(error)),
        message=str(error),
        source=source,
        traceback="".join(frames),
    )
