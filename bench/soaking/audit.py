"""What every run owes, against what the service did."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.soaking.flows import FLOWS
from podium import Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from bench.soaking.ledger import Acts
    from podium import RunInfo

EXPECTED = {flow.name: frozenset(what) for flow, _, what in FLOWS}


def wrong(runs: Iterable[RunInfo], acts: Acts, expected: Mapping[str, frozenset[str]] = EXPECTED) -> list[str]:
    """Return a line for everything that is not as it should be; nothing is left out.

    Args:
        runs: All of them.
        acts: What the service did, for these runs and no others.
        expected: What a completed run has booked, by workflow.
    """
    by_id = {run.id: run for run in runs}
    lines = [f"{run}: the service acted for a run that nobody knows" for run in acts.keys() - by_id.keys()]
    for run in by_id.values():
        lines += [
            f"{run.id} is {run.status}: {line}" for line in _owed(run, acts.get(run.id, {}), expected[run.workflow])
        ]
    return lines


def _owed(run: RunInfo, acts: Mapping[str, list[int]], expected: frozenset[str]) -> Iterator[str]:
    for what in expected | acts.keys():
        done = acts.get(what, [])
        if run.status is Status.COMPLETED and (done != [1] or what not in expected):
            yield f"{what} was done as {done}, and should have been booked once"
        elif run.status is Status.PARKED and done not in ([], [1], [1, -1]):
            yield f"{what} was done as {done}, more than once"
        elif run.status in (Status.COMPENSATED, Status.CANCELLED, Status.FAILED) and done not in ([], [1, -1]):
            yield f"{what} was done as {done}, and should be given back"
    if not run.status.is_terminal and run.status is not Status.PARKED:
        yield "it did not end"
