"""A call and the tools that may be called in its place (`fallback=`): candidates, 0 for the tool itself."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

from podium.core.state import Write, WriteStatus
from podium.effects.attempt import Tried
from podium.failure import Failure
from podium.guard.fallback import permits
from podium.outcomes import FallbackFailed
from podium.workflow.binding import ToolCode


async def first_answer(candidates: Sequence[ToolCode], ask: Callable[[ToolCode], Awaitable[Tried]]) -> Tried:
    """Ask one read after the other until one answers; where none does, the failure has all causes."""
    causes: list[Failure] = []
    for candidate in candidates:
        tried = await ask(candidate)
        if tried.failure is None:
            tried.source = candidate.name if causes else ""
            return tried
        causes.append(tried.failure)
        if not permits(tried.failure.kind):
            break
    return Tried(failure=all_failed(causes))


def next_candidate(write: Write, candidates: Sequence[ToolCode]) -> int | None:
    """Return which candidate may write now that the one on record has certainly not; None for none."""
    if write.status is not WriteStatus.FAILED or write.failure is None or not permits(write.failure.kind):
        return None
    return write.candidate + 1 if write.candidate + 1 < len(candidates) else None


def failure_of_all(write: Write) -> Failure | None:
    """Return why a write failed, with how those before it did; None where it did not fail."""
    return None if write.failure is None else all_failed([*write.causes, write.failure])


def all_failed(causes: Sequence[Failure]) -> Failure:
    """Return one failure for several: its kind is that of the last, `on_error` matches any of them."""
    last = causes[-1]
    if len(causes) == 1:
        return last
    told = "; ".join(map(str, causes))
    return Failure(
        kind=last.kind,
        type=FallbackFailed.__name__,
        types=tuple(dict.fromkeys(name for cause in causes for name in cause.types)),
        message=f"all {len(causes)} failed: {told}",
        source=causes[0].source,
        causes=tuple(replace(cause, causes=()) for cause in causes),
    )
