"""A thousand steps round one state: over a list that grows, and past a large value that does not change.

Shows whether a step costs what changed, or all there is. The growing list is
run with plain strings and with records (pydantic models), because an engine
that copies state pays for the number of objects in it, not only for the bytes.
"""

from __future__ import annotations

from bench.harness import Arguments, Goal, Options, Plan, Row, probe

STEPS, STEPS_LONG = 1000, 100_000
ITEM_BYTES, LOAD_BYTES = 200, 100_000
DISK, FIRST, LAST, READ = "MB on disk", "CPU ms/step, first 100", "CPU ms/step, last 100", "state read ms"

_CPU_MS, _CPU_MS_PER_KB = 0.2, 0.003


def plan(options: Options) -> Plan:
    """Return disk, CPU at both ends and reading time of each loop."""
    rows = [
        row for records in (False, True) for delta in (False, True) for row in _growing(records=records, delta=delta)
    ]
    rows += _carrying()
    return Plan((*rows, *_long(options)))


def _growing(*, records: bool, delta: bool) -> list[Row]:
    size: Arguments = {"steps": STEPS, "item_bytes": ITEM_BYTES, "records": records}
    ours = probe("Podium", "ours.loop:grow", **size)
    mode = "sync, DeltaChannel beta" if delta else "sync"
    peer = probe("LangGraph", "peers.langgraph_loop:grow", mode=mode, durability="sync", delta=delta, **size)
    kind = "records" if records else "strings"
    goals = {DISK: Goal("≤", 1), FIRST: _cpu(ITEM_BYTES * 100), LAST: _cpu(ITEM_BYTES * STEPS), READ: Goal("≤", 5)}
    return [
        Row(f"{STEPS} steps, list of {kind} grows by {ITEM_BYTES} B", figure, ours, peer, goals=(goal,))
        for figure, goal in goals.items()
    ]


def _carrying() -> list[Row]:
    size: Arguments = {"steps": STEPS, "load_bytes": LOAD_BYTES}
    ours = probe("Podium", "ours.loop:carry", **size)
    peer = probe("LangGraph", "peers.langgraph_loop:carry", mode="sync", durability="sync", **size)
    goals = {DISK: Goal("≤", 0.5), FIRST: _cpu(LOAD_BYTES), LAST: _cpu(LOAD_BYTES), READ: Goal("≤", 5)}
    return [
        Row(f"{STEPS} steps past an unchanged {LOAD_BYTES // 1000} kB", figure, ours, peer, goals=(goal,))
        for figure, goal in goals.items()
    ]


def _long(options: Options) -> list[Row]:
    """Is it still flat after 100 000 steps? LangGraph does a tenth of them, to be done today."""
    steps = options.size(STEPS_LONG)
    ours = probe("Podium", "ours.loop:carry", steps=steps, load_bytes=0)
    peer = probe(
        "LangGraph",
        "peers.langgraph_loop:carry",
        mode=f"sync, {steps // 10} steps",
        durability="sync",
        steps=steps // 10,
        load_bytes=0,
    )
    goals = (Goal("≤", _CPU_MS),)
    return [Row(f"{steps} steps of constant state", figure, ours, peer, goals=goals) for figure in (FIRST, LAST)]


def _cpu(state_bytes: int) -> Goal:
    return Goal("≤", round(_CPU_MS + _CPU_MS_PER_KB * state_bytes / 1000, 2))
