"""A real DAG of 1001 tasks that do nothing, durable: what the engine costs a task when many are ready at once."""

from __future__ import annotations

from bench import dags
from bench.harness import Goal, Options, Plan, Row, probe

NAME = "seismology.json"


def plan(options: Options) -> Plan:
    """Return CPU and wall per task, or say that the DAG is not here."""
    found = [path for path in dags.files(options.data) if path.name == NAME]
    if not found:
        return Plan((), (f"noop_dag: no {NAME} in the data folder (--data DIR or PODIUM_BENCH_DATA)",))
    shape, runs = str(found[0].resolve()), options.size(5)
    floor = probe("asyncio", "peers.asyncio_dag:empty", shape=shape, runs=runs * 4)
    ours = probe("Podium", "ours.dag:empty", shape=shape, runs=runs * 4)
    peers = [
        probe("LangGraph", "peers.langgraph_dag:empty", mode=mode, durability=mode, shape=shape, runs=runs)
        for mode in ("sync", "exit")
    ]
    work = "DAG of 1001 no-ops (seismology)"
    return Plan(
        tuple(
            Row(work, figure, ours, peer, floor, goals=(Goal("≤", 0.15),) if peer.mode == "sync" else ())
            for peer in peers
            for figure in ("wall ms/task", "CPU ms/task")
        )
    )
