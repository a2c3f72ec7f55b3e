"""The one place that keeps the numbers: counts and how long things took, by labels of which there are few.

Labels are names that authors wrote: of workflows, steps, tools, agents and models. Ids of runs and texts from outside
are never among them; and should names come from outside after all, what is beyond a bound is counted together.
"""

import threading
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, NamedTuple, TypeAlias

Labels: TypeAlias = tuple[str, ...]

SERIES_MAX: Final = 2000
"""So many combinations of labels are told apart per metric; all further ones are counted as OTHER."""

OTHER: Final = "_other"

SECONDS: Final = (0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 10.0, 60.0, 600.0, 3600.0)
"""The upper bounds that durations are sorted by, in seconds."""


class About(NamedTuple):
    """A metric. `unit`: by UCUM, "1" for counts; `labels`: their names, in the order of `Labels`."""

    name: str
    says: str
    unit: str
    labels: tuple[str, ...]


class Counted:
    """A sum that only grows, by labels."""

    def __init__(self, name: str, says: str, *labels: str) -> None:
        self.about = About(name, says, "1", labels)
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


class Numbers:
    """All that is counted in this process since it began. See each one's words."""

    def __init__(self) -> None:
        self.runs_started = Counted("podium.runs.started", "Runs that came to be", "workflow")
        self.runs_ended = Counted("podium.runs.ended", "Runs that ended, by how", "workflow", "status")
        self.run_seconds = Timed("podium.run.duration", "How long runs took that ended", "workflow")
        self.taken_over = Counted("podium.runs.taken_over", "Runs taken from a process that was gone", "workflow")
        self.compensations = Counted("podium.runs.compensations", "Runs that began to undo what they did", "workflow")
        self.steps = Counted("podium.steps.ended", "Steps that ended, by how", "workflow", "step", "outcome")
        self.step_seconds = Timed("podium.step.duration", "How long steps took, waits included", "workflow", "step")
        self.step_retries = Counted("podium.steps.retried", "Attempts of steps that failed", "workflow", "step")
        self.parked = Counted("podium.steps.parked", "Steps left to a person, by why", "workflow", "step", "reason")
        self.tasks = Counted("podium.tasks.opened", "Questions put to people", "workflow", "step")
        self.doubts = Counted("podium.writes.doubted", "Writes that nobody knows the end of", "workflow", "step")
        self.calls = Counted("podium.calls", "Tries of calls, by how they ended", "tool", "outcome")
        self.call_retries = Counted("podium.calls.retried", "Tries of calls after the first", "tool")
        self.call_seconds = Timed("podium.call.duration", "How long tries of calls took", "tool")
        self.tokens = Counted("podium.model.tokens", "Tokens, as providers count them", "agent", "model", "type")
        self.cost = Counted("podium.model.cost.micro_usd", "What models cost, in millionths of USD", "agent", "model")
        self.spans_dropped = Counted("podium.telemetry.spans.dropped", "Spans that never left, by why", "reason")
        self.spans_exported = Counted("podium.telemetry.spans.exported", "Spans that a collector took")

    def __iter__(self) -> Iterator[Counted | Timed]:
        """Go through all of them."""
        return iter(vars(self).values())
