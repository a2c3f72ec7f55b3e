"""How an engine stands at a moment: what is not counted but looked at."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeAlias

from podium.core.state import RunStatus
from podium.engine.backend import Pace
from podium.engine.list_store import Waiting
from podium.errors import PodiumError
from podium.guard.breaker import BreakerState
from podium.telemetry.numbers import About, Labels

if TYPE_CHECKING:
    from podium.engine.engine import Engine

_OVER = frozenset(status.value for status in RunStatus) - {RunStatus.OPEN.value, RunStatus.COMPENSATING.value}


@dataclass(frozen=True, slots=True, kw_only=True)
class Gauges:
    """How an engine stood.

    Attributes:
        open_runs: Runs that are not over, by status, of all processes.
        breakers: Breakers by name: what each does.
        pace: How this process kept up.
        waiting: Questions to people, and parked steps.
        oldest_task_s, oldest_parked_s: How long the oldest of them waits; 0 without any.
        is_whole: False where the store did not answer.
    """

    open_runs: tuple[tuple[str, int], ...] = ()
    breakers: tuple[tuple[str, str], ...] = ()
    pace: Pace = field(default_factory=Pace)
    waiting: Waiting = field(default_factory=lambda: Waiting(tasks=0, parked=0))
    oldest_task_s: float = 0.0
    oldest_parked_s: float = 0.0
    is_whole: bool = False


async def gauged(engine: "Engine") -> Gauges:
    """Look how an engine stands; where its store does not answer, only at what is in memory."""
    pace = engine.pace()
    try:
        counts = (await engine.counts()).by_status
        waiting = await engine.waiting()
        tasks = await engine.tasks(limit=1) if waiting.tasks else []
        parked = await engine.parked(limit=1) if waiting.parked else []
        breakers = await engine.breakers()
    except PodiumError:
        return Gauges(pace=pace)
    now_ms = time.time_ns() // 1_000_000
    return Gauges(
        open_runs=tuple(sorted((str(status), count) for status, count in counts.items() if str(status) not in _OVER)),
        breakers=tuple((breaker.name, str(breaker.state)) for breaker in breakers),
        pace=pace,
        waiting=waiting,
        oldest_task_s=max((now_ms - tasks[0].asked_at) / 1000, 0.0) if tasks else 0.0,
        oldest_parked_s=max((now_ms - parked[0].parked_at) / 1000, 0.0) if parked else 0.0,
        is_whole=True,
    )


Series: TypeAlias = Iterator[tuple[Labels, float]]


def _open_runs(now: Gauges) -> Series:
    return (((status,), count) for status, count in now.open_runs)


def _breakers(now: Gauges) -> Series:
    return (((name, str(state)), float(state == is_)) for name, is_ in now.breakers for state in BreakerState)


def _one(read: Callable[[Gauges], float]) -> Callable[[Gauges], Series]:
    return lambda now: iter([((), read(now))])


GAUGES: Final[tuple[tuple[About, Callable[[Gauges], Series]], ...]] = (
    (About("podium.runs.open", "Runs that are not over, of all processes", "1", ("status",)), _open_runs),
    (About("podium.breaker.state", "1 for what a breaker does, 0 for all else", "1", ("breaker", "state")), _breakers),
    (About("podium.runs.held", "Runs in the memory of this process", "1", ()), _one(lambda now: now.pace.held)),
    (
        About("podium.steps.waiting", "Steps that wait until the disk catches up", "1", ()),
        _one(lambda now: now.pace.waiting),
    ),
    (About("podium.disk.lag.events", "Events decided and not on disk yet", "1", ()), _one(lambda now: now.pace.events)),
    (About("podium.disk.lag", "Age of the oldest of them", "s", ()), _one(lambda now: now.pace.ms / 1000)),
    (About("podium.tasks.open", "Questions that wait for people", "1", ()), _one(lambda now: now.waiting.tasks)),
    (About("podium.tasks.oldest", "How long the oldest of them waits", "s", ()), _one(lambda now: now.oldest_task_s)),
    (About("podium.parked.open", "Steps that are parked", "1", ()), _one(lambda now: now.waiting.parked)),
    (About("podium.parked.oldest", "How long the oldest of them is", "s", ()), _one(lambda now: now.oldest_parked_s)),
    (About("podium.store.answers", "1 while the store answers", "1", ()), _one(lambda now: float(now.is_whole))),
)
