"""What very long runs, very many runs, and the upkeep of a large file cost: Podium alone, with its limits.

No comparison: what is asked is whether a cost stays as it is when there is more of everything.
"""

from __future__ import annotations

from bench.harness import Goal, Options, Report
from bench.works import Work, report_of

PAUSE_MS_MAX = 100

WORKS = (
    Work("a run of {} steps", "ours.long:loop", "steps", 100_000, (("CPU ms/step, last 1000", Goal("≤", 0.2)),)),
    Work("a DAG of {} nodes", "ours.long:layers", "nodes", 10_000, (("CPU ms/node", Goal("≤", 0.15)),)),
    Work(
        "{} runs that wait",
        "ours.many:waiting",
        "runs",
        100_000,
        (
            ("bytes of memory/waiting run, in the process that started it", Goal("≤", 100)),
            ("CPU ms/s, idle", Goal("≤", 20)),
        ),
    ),
    Work("{} runs in flight in a killed worker", "ours.many:recovered", "runs", 10_000),
    Work(
        "a file of {} runs under load",
        "ours.upkeep:pauses",
        "runs",
        100_000,
        tuple(
            (figure, Goal("≤", PAUSE_MS_MAX))
            for figure in (
                "backup: longest ms without a commit",
                "prune: longest ms without a commit",
                "ms that migrating holds the lock",
            )
        ),
    ),
)


def report(options: Options) -> Report:
    """Measure each work once."""
    return report_of("scale", WORKS, options)
