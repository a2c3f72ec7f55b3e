"""What one try of a tool's function is to its guards, and how it ended as a value that can be stored."""

import traceback
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from podium.core.state import Step
from podium.effects.nested import InsideTool
from podium.effects.ports import RunPort, Surroundings
from podium.effects.telemetry import Try
from podium.errors import ToolFailed
from podium.failure import Failure, type_name, type_names
from podium.guard.caught import Raised, caught_now, text_of
from podium.guard.classify import meaning_of
from podium.guard.flight import GuardedCall, Miss
from podium.outcomes import GaveUp
from podium.redaction import mask, without_known
from podium.workflow.binding import ToolCode
from podium.workflow.current import CURRENT

_FRAMES = 6


@dataclass(slots=True)
class Call:
    """What one try calls: a tool's function over its arguments, or its `reconcile`; `key`: of the write it sends.

    `name`: what tells the call from others of the step at `path`; None for one that is not told of.
    """

    make: Callable[[], Any]
    is_async: bool
    key: str | None = None
    path: str = ""
    name: str | None = None


def guarded(tool: ToolCode, frozen: str, call: Call, *, run: RunPort, around: Surroundings) -> GuardedCall:
    """Return a call as its guards take it: a read inside it is a part of it, a write inside it is refused."""
    inside = InsideTool(tool, around.provider, CURRENT.get(), key=call.key)
    make = _in_task(call.make, inside) if call.is_async else _in_thread(call.make, inside)
    if around.telemetry is not None and call.name is not None:
        a_try = around.telemetry.call(run, call.path, tool=tool.name, call=call.name, clock=around.clock)
        make = _told_in_task(make, a_try) if call.is_async else _told_in_thread(make, a_try)
    return GuardedCall(
        make,
        is_async=call.is_async,
        run=run.run_id,
        arguments=lambda: tool.arguments(frozen),
        deadline_at=run.deadline_at,
    )


def go_on(call: GuardedCall, step: Step | None) -> None:
    """Let a call go on where the wait of its step's last entry left it."""
    if step is not None:
        call.tries, call.why, call.own_deadline_at = step.tries, step.waits_for, step.call_deadline_at


def _in_task(make: Callable[[], Any], inside: InsideTool) -> Callable[[], Any]:
    async def made() -> Any:
        outer = CURRENT.set(inside.anew())
        try:
            return await make()
        finally:
            CURRENT.reset(outer)

    return made


def _in_thread(make: Callable[[], Any], inside: InsideTool) -> Callable[[], Any]:
    def made() -> Any:
        CURRENT.set(inside.anew())
        return make()

    return made


def _told_in_task(make: Callable[[], Any], a_try: Try) -> Callable[[], Any]:
    async def made() -> Any:
        with a_try():
            return await make()

    return made


def _told_in_thread(make: Callable[[], Any], a_try: Try) -> Callable[[], Any]:
    def made() -> Any:
        with a_try():
            return make()

    return made


def encoded(ended: Any, encode: Callable[[Any], str]) -> str | Miss:
    """Return what came out of a call's guards as JSON text; what can not be stored is a miss too.

    A known secret in a result is masked: the call is made, and what it gave may not fail for that.
    """
    if type(ended) is Miss:
        return ended
    text = caught_now(lambda: encode(ended))
    return Miss(text.error, meaning_of(text.error)) if isinstance(text, Raised) else without_known(text)


def failure_of_miss(miss: Miss, source: str) -> Failure:
    """Return a miss as data. Where a guard ended the tries, `on_error` still matches what the tool raised last."""
    failure = replace(failure_of(miss.error, source), kind=miss.meaning.kind)
    if not isinstance(miss.error, GaveUp):
        return failure
    failure = replace(failure, retry_at=miss.error.retry_at)
    if not miss.error.causes:
        return failure
    last = failure_of(miss.error.causes[-1], source)
    names = tuple(dict.fromkeys(failure.types + last.types))
    message = f"{failure.message}; the last failure: {last.type}: {last.message}"
    return replace(failure, types=names, message=message, traceback=last.traceback)


def failure_of(error: BaseException, source: str) -> Failure:
    """Return an exception as data. A failure that came out of a call keeps what it was."""
    if isinstance(error, ToolFailed):
        inner = error.failure
        names = tuple(dict.fromkeys(type_names(type(error)) + inner.types))
        return replace(inner, types=names, source=inner.source or source, traceback="")
    frames = caught_now(traceback.format_exception, type(error), error, error.__traceback__)
    return Failure(
        kind=meaning_of(error).kind,
        type=type_name(type(error)),
        types=type_names(type(error)),
        message=text_of(error),
        source=source,
        traceback="" if isinstance(frames, Raised) else mask("".join(frames[-_FRAMES:])),
    )
