"""A call and the tools that may be called in its place (`fallback=`): candidates, 0 for the tool itself."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace

from podium.core.state import Write, WriteStatus
from podium.core.stimuli import Held
from podium.effects.attempt import failure_of_miss
from podium.effects.ports import Surroundings
from podium.failure import Failure
from podium.guard.fallback import permits, share_ms
from podium.guard.flight import GuardedCall, Miss
from podium.outcomes import FallbackFailed
from podium.workflow.binding import ToolCode


@dataclass(slots=True)
class Answer:
    """How a read ended: exactly one of `result` and `failure`. `source`: see `ReadDone`."""

    result: str | None = None
    failure: Failure | None = None
    source: str = ""


class Chain:
    """The candidates of a call, and the time that they share.

    Attributes:
        candidates: The tool that is called, then those that may be called in its place, in order.
        own_deadline_at: When the call has to be over by the tool's own policy, in ms since 1970 UTC.
    """

    __slots__ = ("_around", "_deadline", "candidates", "own_deadline_at")

    def __init__(self, candidates: Sequence[ToolCode], around: Surroundings) -> None:
        self.candidates = tuple(candidates)
        self.own_deadline_at: int | None = None
        self._around = around
        self._deadline: int | None = None

    def bound(self, call: GuardedCall, nth: int) -> None:
        """Give a candidate its share of the time; it does not wait for long where another one can be asked."""
        clock, count = self._around.clock, len(self.candidates)
        if count == 1:
            return
        if nth == 0:
            first = self.candidates[0]
            ring = self._around.guards.ring(first.name, first.policy, writes=first.writes)
            self._deadline = ring.deadline_of(call)
            self.own_deadline_at = ring.own_deadline_at(call)
        call.is_brief = nth + 1 < count
        if self._deadline is not None:
            at = clock.now_ms() + share_ms(self._deadline - clock.mono_ms(), nth=nth, count=count)
            call.deadline_at = at if call.deadline_at is None else min(at, call.deadline_at)


async def first_answer(chain: Chain, ask: Callable[[int], Awaitable[str | Miss | Held]]) -> Answer | Held:
    """Ask one read after the other until one answers; where none does, the failure has all causes."""
    causes: list[Failure] = []
    for nth, candidate in enumerate(chain.candidates):
        ended = await ask(nth)
        if isinstance(ended, Held):
            return ended if len(chain.candidates) == 1 else replace(ended, deadline_at=chain.own_deadline_at)
        if not isinstance(ended, Miss):
            return Answer(ended, source=candidate.name if nth else "")
        causes.append(failure_of_miss(ended, candidate.name))
        if not permits(causes[-1].kind):
            break
    return Answer(failure=all_failed(causes))


def next_candidate(write: Write, chain: Chain) -> int | None:
    """Return which candidate may write now that the one on record has certainly not; None for none."""
    if write.status is not WriteStatus.FAILED or write.failure is None or not permits(write.failure.kind):
        return None
    return write.candidate + 1 if write.candidate + 1 < len(chain.candidates) else None


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
        retry_at=min((cause.retry_at for cause in causes if cause.retry_at is not None), default=None),
        causes=tuple(replace(cause, causes=()) for cause in causes),
    )
