"""One node gives a hundred items, a hundred branches take one each, one node adds them up; durable."""

from __future__ import annotations

from bench import trace
from bench.harness import Goal, Options, Plan, Row, probe

WIDTH = 100
PEER, OURS = "peers.langgraph_fanout:fanout", "ours.fanout:fanout"


def plan(options: Options) -> Plan:
    """Return CPU and wall of a run, and what it costs the disk."""
    runs = options.size(20)
    ours = probe("Podium", OURS, runs=runs * 5, width=WIDTH)
    work = f"fan-out and fan-in of {WIDTH}, durable"
    rows = [
        Row(
            work,
            figure,
            ours,
            probe("LangGraph", PEER, mode=mode, durability=mode, runs=runs, width=WIDTH),
            goals=goals if mode == "sync" else (),
        )
        for figure, goals in (("CPU ms/run", (Goal("≤", 8),)), ("wall ms/run", ()))
        for mode in ("sync", "async", "exit")
    ]
    counted = Row(
        work,
        trace.counted(),
        probe("Podium", OURS, counted=True, runs=runs, width=WIDTH),
        probe("LangGraph", PEER, mode="sync", counted=True, durability="sync", runs=runs, width=WIDTH),
        goals=(Goal("≤", 3),),
    )
    return Plan((*rows, counted))
