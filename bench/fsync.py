"""What a durable run of ten steps asks of the disk.

Counted from outside with strace where it is installed, so that it does not
matter who syncs; a traced process is slower, so nothing here is timed.
"""

from __future__ import annotations

from itertools import product

from bench import trace
from bench.harness import Arguments, Goal, Options, Plan, Row, probe

_GOALS = {
    ("step", 1): Goal("≤", 2),
    ("step", 10): Goal("≤", 0.3),
    ("read", 1): Goal("≤", 2),
    ("read", 10): Goal("≤", 0.3),
    # One commit more for each of the ten writes, since each leaves the process.
    ("write", 1): Goal("≤", 12),
    ("write", 10): Goal("≤", 10.3),
}


def plan(options: Options) -> Plan:
    """Return a row for each kind of step, alone and ten runs at a time."""
    rows = []
    for concurrency, kind in product((1, 10), ("step", "read", "write")):
        size: Arguments = {"runs": options.size(100), "concurrency": concurrency}
        ours = probe("Podium", "ours.chain:chain", counted=True, kind=kind, durable=True, **size)
        peer = probe("LangGraph", "peers.langgraph_chain:chain", mode="sync", durability="sync", counted=True, **size)
        work = f"chain of 10 {kind}s, concurrency {concurrency}"
        rows.append(Row(work, trace.counted(), ours, peer, goals=(_GOALS[kind, concurrency],)))
    return Plan(tuple(rows))
