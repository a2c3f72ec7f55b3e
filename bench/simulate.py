"""How many runs of a workflow of five steps are simulated a second, on one core: alone, and under faults."""

from __future__ import annotations

from bench.harness import Goal, Options, Plan, Row, probe

RATE = "runs/CPU s"
KINDS = {
    "without faults": "plain",
    "each fault alone": "singles",
    "two faults": "pairs",
    "faults by lot": "by_lot",
}


def plan(options: Options) -> Plan:
    """Return a row for each kind of run."""
    runs = options.size(500)
    return Plan(
        tuple(
            Row(
                f"simulated run of five steps, {said}",
                RATE,
                probe("Podium", f"ours.simulate:{kind}", runs=runs),
                goals=(Goal("≥", 300),),
                more_is_better=True,
            )
            for said, kind in KINDS.items()
        )
    )
