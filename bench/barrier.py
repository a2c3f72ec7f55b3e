"""Time lost to waiting for what is not an input: wall clock ÷ critical path, durable, nothing limited.

Beside A → A of 1 s each stand ten B of 0.1 s; five branches have their slow
stage (1 s, the rest 0.1 s) at five different places. The real DAGs are scaled to
a critical path of 2 s. A join of all ends takes no time.
"""

from __future__ import annotations

from bench import dags
from bench.harness import Goal, Options, Plan, Row, probe

FIGURE = "wall ÷ critical path"
SYNTHETIC = {"beside": "A=[1, 1] beside B=[0.1]×10", "staggered": "five branches, one slow stage each"}


def plan(options: Options) -> Plan:
    """Return a row for each shape; the real ones only where their folder is given."""
    rows = [_row(shape, work, Goal("≤", 1.03)) for shape, work in SYNTHETIC.items()]
    found = dags.files(options.data)
    rows += [_row(str(path.resolve()), path.stem, Goal("≤", 1.05)) for path in found]
    missing = "barrier: the real DAGs; no *.json in the data folder (--data DIR or PODIUM_BENCH_DATA)"
    return Plan(tuple(rows), () if found else (missing,))


def _row(shape: str, work: str, goal: Goal) -> Row:
    floor = probe("asyncio", "peers.asyncio_dag:timed", shape=shape)
    peer = probe("LangGraph", "peers.langgraph_dag:timed", mode="sync", durability="sync", shape=shape)
    return Row(work, FIGURE, probe("Podium", "ours.dag:timed", shape=shape), peer, floor, goals=(goal,))
