"""Is the coordinator of a team a bottleneck? A thousand workers at once, on SQLite, in one process.

Each job goes through two roles; the first hands on to the second without the coordinator. One job in ten fails in the
first round and is given out again. A worker sleeps, as one that waits for a model does.

What CPU a result takes is told apart by leaving out: the same work as a plain map; the same with its turns and
hand-offs but without a coordinator; the whole. Of a plain map, wall clock ÷ critical path says what a thousand
branches cost.
"""

from __future__ import annotations

from bench.harness import Goal, Options, Plan, Row, probe
from bench.ours.coordinator import CPU, FLAT_WALL, OWN_CPU, PASS_CPU, PAST, STEPS, WALL, WORK_CPU

WORKERS, WORK_MS, WORK_MS_QUICK = 1000, 2000, 1000
GOALS = {
    CPU: (Goal("≤", 2),),
    WORK_CPU: (),
    PASS_CPU: (),
    OWN_CPU: (Goal("≤", 0.3),),
    WALL: (Goal("≤", 1.25),),
    FLAT_WALL: (),
    PAST: (Goal("≥", 90),),
    STEPS: (Goal("≤", 10),),
}


def plan(options: Options) -> Plan:
    """Return a row for each figure of one probe."""
    workers, ms = options.size(WORKERS), WORK_MS_QUICK if options.quick else WORK_MS
    ours = probe("Podium", "ours.coordinator:coordinator", workers=workers, ms=ms)
    work = f"a team of {workers} workers at once"
    return Plan(tuple(Row(work, figure, ours, goals=goals) for figure, goals in GOALS.items()))
