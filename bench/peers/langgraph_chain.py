"""A chain of ten nodes in LangGraph.

Each node awaits one function that adds one, which is what a tool is here:
LangGraph knows no reads and writes, so the same chain stands beside both.
"""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Literal, TypedDict

from langgraph.graph import END, START, StateGraph

from bench.meter import Meter, drive, scratch
from bench.peers.langgraph_saver import saver, thread

if TYPE_CHECKING:
    from pathlib import Path

    from langgraph.checkpoint.base import BaseCheckpointSaver
    from langgraph.graph.state import CompiledStateGraph

    from bench.peers.langgraph_saver import Mode

NODES = 10
WARM_UP_RUNS = 5


class Count(TypedDict):
    """The state: one number."""

    count: int


def chain(*, durability: Mode | Literal[""], runs: int, concurrency: int) -> dict[str, float]:
    """Measure `runs` runs, `concurrency` at a time; without a checkpointer where `durability` is empty."""
    with scratch() as folder:
        meter = asyncio.run(_measure(folder, durability or None, runs=runs, concurrency=concurrency))
    return {
        "CPU µs/step": meter.cpu_s / runs / NODES * 1e6,
        "runs/s": runs / meter.wall_s,
        "runs": runs,
    }


async def _measure(folder: Path, durability: Mode | None, *, runs: int, concurrency: int) -> Meter:
    async with AsyncExitStack() as stack:
        graph = _graph(await stack.enter_async_context(saver(folder)) if durability else None)

        async def one(name: str) -> None:
            result = await graph.ainvoke({"count": 0}, thread(name), durability=durability)
            assert result["count"] == NODES, result

        await drive(lambda number: one(f"warm-{number}"), runs=WARM_UP_RUNS, concurrency=WARM_UP_RUNS)
        with Meter() as meter:
            await drive(lambda number: one(f"run-{number}"), runs=runs, concurrency=concurrency)
    return meter


async def _add(count: int) -> int:
    return count + 1


async def _node(state: Count) -> Count:
    return {"count": await _add(state["count"])}


def _graph(checkpointer: BaseCheckpointSaver[str] | None) -> CompiledStateGraph[Count]:
    builder = StateGraph(Count)
    names = [f"s{number}" for number in range(NODES)]
    for name in names:
        builder.add_node(name, _node)
    for before, after in zip([START, *names], [*names, END], strict=True):
        builder.add_edge(before, after)
    return builder.compile(checkpointer=checkpointer)
