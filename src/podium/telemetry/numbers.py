"""The one place that keeps the numbers: counts and how long things took, by labels of which there are few.

Labels are names that authors wrote: of workflows, steps, tools, agents and models. Ids of runs and texts from outside
are never among them; and should names come from outside after all, what is beyond a bound is counted together.
"""

import threading
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from typing import Final, NamedTuple, TypeAlias

Labels: TypeAlias = tuple[str, ...]

SERIES_MAX: Final = 2000
"""So many combinations of labels are told apart per metric; all further ones are counted as OTHER."""

OTHER: Final = "_other"

SECONDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 1800.0, 7200.0)
"""The upper bounds that durations are sorted by, in seconds."""


class About(NamedTuple):
    """A metric. `unit`: by UCUM, "1" for counts; `labels`: their names, in the order of `Labels`."""

    name: str
    says: str
    unit: str
    labels: tuple[str, ...]


class Counted:
    """A sum that only grows, by labels."""

    def __init__(self, name: str, says: str, *labels: str, unit: str = "1") -> None:
        self.about = About(name, says, unit, labels)
        self._sums: dict[Labels, int] = {}
        self._lock = threading.Lock()

    def add(self, labels: Labels, count: int = 1) -> None:
        """Count."""
        with self._lock:
            if labels not in self._sums and len(self._sums) >= SERIES_MAX:
                labels = (OTHER,) * len(labels)
            self._sums[labels] = self._sums.get(labels, 0) + count

    def series(self) -> list[tuple[Labels, int]]:
        """Return the sums so far."""
        with self._lock:
            return list(self._sums.items())


@dataclass(slots=True)
class Spread:
    """How values spread: how many, their sum, and how many were at most each bound of `SECONDS`, and beyond."""

    count: int = 0
    sum: float = 0.0
    buckets: list[int] = field(default_factory=lambda: [0] * (len(SECONDS) + 1))


class Timed:
    """How long things took, in seconds, by labels."""

    def __init__(self, name: str, says: str, *labels: str) -> None:
        self.about = About(name, says, "s", labels)
        self._spreads: dict[Labels, Spread] = {}
        self._lock = threading.Lock()

    def put(self, labels: Labels, seconds: float) -> None:
        """Take note of one."""
        with self._lock:
            if labels not in self._spreads and len(self._spreads) >= SERIES_MAX:
                labels = (OTHER,) * len(labels)
            spread = self._spreads.get(labels)
            if spread is None:
                spread = self._spreads[labels] = Spread()
            spread.count += 1
            spread.sum += seconds
            spread.buckets[bisect_left(SECONDS, seconds)] += 1

    def series(self) -> list[tuple[Labels, Spread]]:
        """Return what was noted so far."""
        with self._lock:
            return [(labels, Spread(one.count, one.sum, list(one.buckets))) for labels, one in self._spreads.items()]


def _counted(name: str, says: str, *labels: str, unit: str = "1") -> Counted:
    return field(default_factory=lambda: Counted(name, says, *labels, unit=unit))


def _timed(name: str, says: str, *labels: str) -> Timed:
    return field(default_factory=lambda: Timed(name, says, *labels))


@dataclass(slots=True)
class Numbers:
    """All that is counted in this process since it began. See each one's words."""

    runs_started: Counted = _counted("podium.runs.started", "Runs that came to be", "workflow")
    runs_ended: Counted = _counted("podium.runs.ended", "Runs that ended, by how", "workflow", "status")
    run_seconds: Timed = _timed("podium.run.duration", "How long runs took that ended", "workflow")
    taken_over: Counted = _counted("podium.runs.taken_over", "Runs taken from a process that was gone", "workflow")
    compensations: Counted = _counted("podium.runs.compensations", "Runs that began to undo what they did", "workflow")
    steps: Counted = _counted("podium.steps.ended", "Steps that ended, by how", "workflow", "step", "outcome")
    step_seconds: Timed = _timed("podium.step.duration", "How long steps took, waits included", "workflow", "step")
    step_retries: Counted = _counted("podium.steps.retried", "Attempts of steps that failed", "workflow", "step")
    parked: Counted = _counted("podium.steps.parked", "Steps left to a person, by why", "workflow", "step", "reason")
    tasks: Counted = _counted("podium.tasks.opened", "Questions put to people", "workflow", "step")
    doubts: Counted = _counted("podium.writes.doubted", "Writes that nobody knows the end of", "workflow", "step")
    calls: Counted = _counted("podium.calls", "Tries of calls, by how they ended", "tool", "outcome")
    call_retries: Counted = _counted("podium.calls.retried", "Tries of calls after the first", "tool")
    call_seconds: Timed = _timed("podium.call.duration", "How long tries of calls took", "tool")
    tokens: Counted = _counted(
        "podium.model.tokens", "Tokens, as providers count them", "agent", "model", "type", unit="{token}"
    )
    cost: Counted = _counted("podium.model.cost", "What models cost, in millionths of USD", "agent", "model", unit="uUSD")
    spans_dropped: Counted = _counted("podium.telemetry.spans.dropped", "Spans that never left, by why", "reason")
    spans_exported: Counted = _counted("podium.telemetry.spans.exported", "Spans that a collector took")

    def __iter__(self) -> Iterator[Counted | Timed]:
        """Go through all of them."""
        return (getattr(self, one.name) for one in fields(self))
