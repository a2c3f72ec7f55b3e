"""Whether what four processes under SIGKILL do to idempotency keys and run leases could be done one step at a time.

No comparison: histories are counted, and those that no order of their operations explains, of which there must be none.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

from bench.harness import Options, Report
from bench.meter import scratch
from bench.ours import keys_history, runs_history
from podium.testing.linearizability import Crowd, histories

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import ModuleType

    from podium.testing.linearizability import Operation

KINDS = {"idempotency keys": keys_history, "run leases": runs_history}
HISTORIES = 200
COLUMNS = ("object", "histories", "processes", "operations", "left open by a kill", "violations")


@dataclass(slots=True)
class Count:
    """What was seen in the histories of one kind; `violations` are told in full."""

    histories: int = 0
    processes: int = 0
    operations: int = 0
    left_open: int = 0
    violations: list[str] = field(default_factory=list)

    def add(self, history: Sequence[Operation]) -> None:
        """Count one more."""
        self.histories += 1
        self.processes += len({operation.process for operation in history})
        self.operations += len(history)
        self.left_open += sum(operation.is_open for operation in history)


def report(options: Options) -> Report:
    """Record histories of each kind and look for one that nothing explains."""
    counts = {what: _count(stores, options.size(HISTORIES)) for what, stores in KINDS.items()}
    lines = [COLUMNS, ("---",) * len(COLUMNS), *(_cells(what, count) for what, count in counts.items())]
    text = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    failures = tuple(said for count in counts.values() for said in count.violations)
    return Report(text, {"linearizability": {what: asdict(count) for what, count in counts.items()}}, failures)


def _count(stores: ModuleType, count: int) -> Count:
    counted = Count()
    with scratch() as folder:
        for history in histories(stores.WORK, folder, count, Crowd(seed=1)):
            counted.add(history)
            violation = stores.violation(history)
            if violation is not None:
                counted.violations.append(str(violation))
    return counted


def _cells(what: str, count: Count) -> tuple[str, ...]:
    figures = (count.histories, count.processes, count.operations, count.left_open, len(count.violations))
    return (what, *(str(figure) for figure in figures))
