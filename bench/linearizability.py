"""Whether what four processes under SIGKILL do to idempotency keys and run leases could be done one step at a time.

No comparison: the figures are counts, and one of them has to be 0. Violations are told in `build/bench/`.
"""

from __future__ import annotations

import importlib
from collections import Counter

from bench.harness import Goal, Options, Plan, Row, probe
from bench.meter import SCRATCH, scratch
from podium.testing.linearizability import Crowd, histories

KINDS = {"keys_history": "idempotency keys", "runs_history": "run leases"}
GOALS = {"violations": (Goal("≤", 0),), "histories": (), "operations": (), "processes": (), "left open by a kill": ()}
HISTORIES = 200


def plan(options: Options) -> Plan:
    """Return a row for each figure of each kind."""
    count = options.size(HISTORIES)
    probes = {kind: probe("Podium", "linearizability:measure", once=True, kind=kind, count=count) for kind in KINDS}
    rows = [
        Row(f"{what}, 4 processes × kill -9", figure, probes[kind], goals=goals)
        for kind, what in KINDS.items()
        for figure, goals in GOALS.items()
    ]
    return Plan(tuple(rows))


def measure(*, kind: str, count: int) -> dict[str, float]:
    """Record histories, and look for one that no order explains."""
    stores = importlib.import_module(f"bench.ours.{kind}")
    figures: Counter[str] = Counter(dict.fromkeys(GOALS, 0))
    told = SCRATCH / f"violations-{kind}.txt"
    told.unlink(missing_ok=True)
    with scratch() as folder:
        for history in histories(stores.WORK, folder, count, Crowd(seed=1)):
            violation = stores.violation(history)
            figures["violations"] += violation is not None
            figures["histories"] += 1
            figures["operations"] += len(history)
            figures["processes"] += len({operation.process for operation in history})
            figures["left open by a kill"] += sum(operation.is_open for operation in history)
            if violation is not None:
                with told.open("a", encoding="utf-8") as file:
                    file.write(f"{violation}\n\n")
    return dict(figures)
