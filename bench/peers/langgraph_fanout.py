"""Fan-out with `Send` and fan-in in LangGraph, one checkpoint a superstep."""

from __future__ import annotations

import asyncio
import operator
from typing import TYPE_CHECKING, Annotated, NotRequired, TypedDict

from langgraph.graph import END, START, StateGraph
from langgraph.types import Send

from bench.meter import Meter, drive, scratch
from bench.peers.langgraph_saver import saver, thread

if TYPE_CHECKING:
    from pathlib import Path

    from langgraph.checkpoint.base import BaseCheckpointSaver
    from langgraph.graph.state import CompiledStateGraph

    from bench.peers.langgraph_saver import Mode

WARM_UP_RUNS = 2


class Numbers(TypedDict):
    """The state: what is fanned out, what comes back, what it adds up to."""

    items: NotRequired[list[int]]
    squares: Annotated[list[int], operator.add]
    total: NotRequired[int]


class Item(TypedDict):
    """What one branch gets."""

    item: int


def fanout(*, durability: Mode, runs: int, width: int) -> dict[str, float]:
    """Measure `runs` runs, one after another, each fanning out to `width` branches."""
    with scratch() as folder:
        meter = asyncio.run(_measure(folder, durability, runs=runs, width=width))
    return {
        "CPU ms/run": meter.cpu_s / runs * 1000,
        "wall ms/run": meter.wall_s / runs * 1000,
        "runs": runs,
    }


async def _measure(folder: Path, durability: Mode, *, runs: int, width: int) -> Meter:
    expected = sum(number * number for number in range(width))
    async with saver(folder) as checkpointer:
        graph = _graph(checkpointer, width)

        async def one(name: str) -> None:
            result = await graph.ainvoke({"squares": []}, thread(name), durability=durability)
            assert result["total"] == expected, result

        await drive(lambda number: one(f"warm-{number}"), runs=WARM_UP_RUNS, concurrency=1)
        with Meter() as meter:
            await drive(lambda number: one(f"run-{number}"), runs=runs, concurrency=1)
    return meter


def _graph(checkpointer: BaseCheckpointSaver[str], width: int) -> CompiledStateGraph[Numbers]:
    async def items(state: Numbers) -> dict[str, list[int]]:  # noqa: ARG001 - LangGraph calls it by this name
        return {"items": list(range(width))}

    builder = StateGraph(Numbers)
    builder.add_node("items", items)
    builder.add_node("square", _square)
    builder.add_node("total", _total)
    builder.add_edge(START, "items")
    builder.add_conditional_edges("items", _spread, ["square"])
    builder.add_edge("square", "total")
    builder.add_edge("total", END)
    return builder.compile(checkpointer=checkpointer)


def _spread(state: Numbers) -> list[Send]:
    return [Send("square", {"item": item}) for item in state["items"]]


async def _square(state: Item) -> dict[str, list[int]]:
    return {"squares": [state["item"] ** 2]}


async def _total(state: Numbers) -> dict[str, int]:
    return {"total": sum(state["squares"])}
