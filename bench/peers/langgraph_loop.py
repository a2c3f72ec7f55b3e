"""A loop of one node in LangGraph: over a list that grows, and past a value that does not change."""

from __future__ import annotations

import asyncio
import operator
import statistics
import time
from typing import TYPE_CHECKING, Annotated, Any, TypedDict

from langgraph.channels.delta import DeltaChannel
from langgraph.graph import END, START, StateGraph
from pydantic import BaseModel

from bench.meter import Meter, bytes_in, per_step_ms, scratch
from bench.peers.langgraph_saver import saver, thread

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Sequence
    from pathlib import Path

    from langgraph.graph.state import StateGraph as Builder

    from bench.peers.langgraph_saver import Mode

READS = 5
WARM_UP_STEPS = 20


def _extended(items: list[Any], batches: Sequence[list[Any]]) -> list[Any]:
    return items + [item for batch in batches for item in batch]


class Note(BaseModel):
    """An item that is more than text."""

    text: str


class Growing(TypedDict):
    """A list, stored whole in every checkpoint."""

    items: Annotated[list[Any], operator.add]


class GrowingDelta(TypedDict):
    """A list, stored as its additions (a beta of LangGraph)."""

    items: Annotated[list[Any], DeltaChannel(_extended)]


class Carrying(TypedDict):
    """A counter beside a large value."""

    count: int
    load: str


def grow(*, durability: Mode, steps: int, item_bytes: int, delta: bool, records: bool) -> dict[str, float]:
    """Measure one run whose list gets `item_bytes` longer in each of `steps` steps."""

    def builder(stamps: list[float], steps: int) -> Builder[Any]:
        async def node(_: Growing) -> Growing:
            stamps.append(time.process_time())
            return {"items": [Note(text="x" * item_bytes) if records else "x" * item_bytes]}

        return _loop(GrowingDelta if delta else Growing, node, lambda state: len(state["items"]) < steps)

    return asyncio.run(_measure(builder, {"items": []}, durability=durability, steps=steps))


def carry(*, durability: Mode, steps: int, load_bytes: int) -> dict[str, float]:
    """Measure one run of `steps` steps that count, past a value of `load_bytes`."""

    def builder(stamps: list[float], steps: int) -> Builder[Any]:
        async def node(state: Carrying) -> dict[str, int]:
            stamps.append(time.process_time())
            return {"count": state["count"] + 1}

        return _loop(Carrying, node, lambda state: state["count"] < steps)

    start = {"count": 0, "load": "x" * load_bytes}
    return asyncio.run(_measure(builder, start, durability=durability, steps=steps))


def _loop(state: type, node: Any, again: Callable[[Any], Hashable]) -> Builder[Any]:
    builder: Builder[Any] = StateGraph(state)
    builder.add_node("node", node, input_schema=state)
    builder.add_edge(START, "node")
    builder.add_conditional_edges("node", again, {True: "node", False: END})
    return builder


async def _measure(
    builder: Callable[[list[float], int], Builder[Any]],
    start: dict[str, object],
    *,
    durability: Mode,
    steps: int,
) -> dict[str, float]:
    with scratch() as warm:
        async with saver(warm, types=[Note]) as checkpointer:
            graph = builder([], WARM_UP_STEPS).compile(checkpointer=checkpointer)
            await graph.ainvoke(start, thread("warm"), durability=durability)
    stamps: list[float] = []
    with scratch() as folder:
        async with saver(folder, types=[Note]) as checkpointer:
            graph = builder(stamps, steps).compile(checkpointer=checkpointer)
            with Meter() as meter:
                await graph.ainvoke(start, thread("run"), durability=durability)
        assert len(stamps) == steps, len(stamps)
        disk = bytes_in(folder)
        read = statistics.median([await _read_s(folder, builder([], steps)) for _ in range(READS)])
    first, last = per_step_ms(stamps)
    return {
        "MB on disk": disk / 1e6,
        "CPU ms/step, first 100": first,
        "CPU ms/step, last 100": last,
        "CPU s": meter.cpu_s,
        "state read ms": read * 1000,
    }


async def _read_s(folder: Path, builder: Builder[Any]) -> float:
    """Return how long the final state takes to read, the database just opened."""
    async with saver(folder, types=[Note]) as checkpointer:
        graph = builder.compile(checkpointer=checkpointer)
        begun = time.perf_counter()
        found = await graph.aget_state(thread("run"))
        took = time.perf_counter() - begun
        assert found.values, found
        return took
