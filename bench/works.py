"""Works that are measured once each, in a process of their own, with limits of some of their figures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench import table
from bench.harness import Failure, Goal, Options, Probe, Report, measure

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.harness import Figures

COLUMNS = ("work", "figure", "Podium", "limit", "kept")


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


def report_of(name: str, works: Sequence[Work], options: Options) -> Report:
    """Measure each work once; `name` is the bench's."""
    lines: list[tuple[str, ...]] = [COLUMNS]
    record: dict[str, Figures] = {}
    failures: list[str] = []
    for work in works:
        size = options.size(work.size)
        what = work.what.format(f"{size:,}".replace(",", " "))
        found = measure(Probe("Podium", "", f"bench.{work.target}", ((work.argument, size),)))
        if isinstance(found, Failure):
            failures.append(f"{what}: {found.reason}")
            continue
        record[what] = found
        goals = dict(work.goals)
        lines += [(what, figure, *_cells(value, goals.get(figure))) for figure, value in found.items()]
    return Report(table.markdown(lines), {name: record}, tuple(failures))


def _cells(value: float, goal: Goal | None) -> tuple[str, str, str]:
    shown = f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"
    if goal is None:
        return shown, "–", "–"
    return shown, f"{goal.sense} {goal.limit:g}", "yes" if goal.holds(value) else "no"
