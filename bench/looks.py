"""What it costs to look at a big run: to draw a graph of 500 nodes, and to fold 10 000 events and say what changed."""

from __future__ import annotations

from bench.harness import Goal, Options, Plan, Row, probe

DRAW, FOLD, PATCH, PAGE = "CPU ms", "CPU µs/event", "CPU µs/patch", "CPU ms/page"


def plan(options: Options) -> Plan:
    """Return a row for the picture, one for the fold, one for the patches, one for the page of the run."""
    nodes, edges = 500, 600
    drawn = probe("Podium", "ours.looks:drawn", nodes=nodes, edges=edges)
    told = probe("Podium", "ours.looks:told", nodes=nodes, edges=edges, events=options.size(10_000))
    work = f"run of 10 000 events over {nodes} nodes"
    return Plan(
        (
            Row(f"picture of {nodes} nodes and {edges} edges", DRAW, drawn, goals=(Goal("≤", 200),)),
            Row(f"{work}, folded", FOLD, told, goals=(Goal("≤", 50),)),
            Row(f"{work}, a patch and the lines of steps after each", PATCH, told, goals=(Goal("≤", 50),)),
            Row(f"{work}, its page", PAGE, told),
        )
    )
