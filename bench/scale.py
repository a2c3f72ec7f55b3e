"""What very long runs, very many runs, and the upkeep of a large file cost: Podium alone, with its limits.

No comparison: what is asked is whether a cost stays as it is when there is more of everything.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench import table
from bench.harness import Failure, Goal, Options, Probe, Report, measure

if TYPE_CHECKING:
    from bench.harness import Figures

COLUMNS = ("work", "figure", "Podium", "limit", "kept")
PAUSE_MS_MAX = 100


@dataclass(frozen=True, slots=True)
class Work:
    """Something to be measured once, in a process of its own.

    Attributes:
        what: What is done; `{}` is its size.
        target: The function that measures.
        argument: What its size is called there.
        size: How much of it.
        goals: Limits of some of its figures.
    """

    what: str
    target: str
    argument: str
    size: int
    goals: tuple[tuple[str, Goal], ...] = ()


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
    lines: list[tuple[str, ...]] = [COLUMNS]
    record: dict[str, Figures] = {}
    failures: list[str] = []
    for work in WORKS:
        size = options.size(work.size)
        what = work.what.format(f"{size:,}".replace(",", " "))
        found = measure(Probe("Podium", "", f"bench.{work.target}", ((work.argument, size),)))
        if isinstance(found, Failure):
            failures.append(f"{what}: {found.reason}")
            continue
        record[what] = found
        goals = dict(work.goals)
        lines += [(what, figure, *_cells(value, goals.get(figure))) for figure, value in found.items()]
    return Report(table.markdown(lines), {"scale": record}, tuple(failures))


def _cells(value: float, goal: Goal | None) -> tuple[str, str, str]:
    shown = f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"
    if goal is None:
        return shown, "–", "–"
    return shown, f"{goal.sense} {goal.limit:g}", "yes" if goal.holds(value) else "no"
