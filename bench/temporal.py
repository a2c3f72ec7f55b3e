"""Ten steps that are one tool each, on a Temporal server: what Podium costs beside a workflow written for Temporal.

The floor is the least that one would write: a loop over ten activities, without
heartbeats, outside the sandbox. It does less: no key, no compensation, no step
that can be answered for, and a worker that dies is noticed only when the whole
time of a step is over. Both run on a server of their own, in the same minutes.
"""

from __future__ import annotations

from itertools import product

from bench.harness import Goal, Options, Plan, Row, probe

KINDS = ("read", "write")
CONCURRENCIES = (1, 20)
WALL, EVENTS, CPU = "wall ms/run", "history events/step", "CPU ms/step"
_TIMES = Goal("≤", 1.25, "floor")


def plan(options: Options) -> Plan:
    """Return the rows: time, history and CPU of the worker, for each kind of tool."""
    return Plan(
        tuple(
            _row(options, kind, concurrency, figure)
            for kind, concurrency, figure in product(KINDS, CONCURRENCIES, (WALL, EVENTS, CPU))
        )
    )


def _row(options: Options, kind: str, concurrency: int, figure: str) -> Row:
    runs = options.size(20 if concurrency == 1 else 100)
    ours = probe("Podium", "ours.temporal:chain", kind=kind, runs=runs, concurrency=concurrency)
    floor = probe("Temporal SDK", "peers.temporal_chain:chain", runs=runs, concurrency=concurrency)
    work = f"chain of 10 {kind}s on Temporal, concurrency {concurrency}"
    return Row(work, figure, ours, floor=floor, goals=(_TIMES,) if figure == WALL else ())
