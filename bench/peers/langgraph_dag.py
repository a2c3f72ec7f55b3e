"""A DAG in LangGraph: a node a task, joins on all parents, a checkpoint a superstep."""

from __future__ import annotations

import asyncio
import operator
from typing import TYPE_CHECKING, Annotated, Protocol, TypedDict

from langgraph.graph import END, START, StateGraph

from bench import dags
from bench.meter import Meter, scratch
from bench.peers.langgraph_saver import saver, thread

if TYPE_CHECKING:
    from langgraph.checkpoint.base import BaseCheckpointSaver
    from langgraph.graph.state import CompiledStateGraph

    from bench.dags import Shape, Task
    from bench.peers.langgraph_saver import Mode


class Progress(TypedDict):
    """The state: how many tasks are done, so that a join that never ran shows."""

    done: Annotated[int, operator.add]


class Node(Protocol):
    """What LangGraph takes for a node."""

    async def __call__(self, state: Progress) -> Progress:
        """Do the task and count it."""
        ...


def timed(*, durability: Mode, shape: str) -> dict[str, float]:
    """Measure one run of the shape with its run times."""
    made = dags.named(shape)
    meter = asyncio.run(_measure(made, durability, runs=1))
    return {"wall ÷ critical path": meter.wall_s / made.critical_path_s()}


def empty(*, durability: Mode, shape: str, runs: int) -> dict[str, float]:
    """Measure `runs` runs of the shape, one after another, in which no task takes time."""
    made = dags.named(shape).scaled(0)
    meter = asyncio.run(_measure(made, durability, runs=runs))
    tasks = len(made.tasks) * runs
    return {"wall ms/task": meter.wall_s / tasks * 1000, "CPU ms/task": meter.cpu_s / tasks * 1000}


async def _measure(shape: Shape, durability: Mode, *, runs: int) -> Meter:
    with scratch() as folder:
        async with saver(folder) as checkpointer:
            warm, graph = _graph(shape.scaled(0), checkpointer), _graph(shape, checkpointer)
            await warm.ainvoke({"done": 0}, thread("warm"), durability=durability)
            with Meter() as meter:
                await _repeat(graph, durability, runs=runs, tasks=len(shape.tasks))
    return meter


async def _repeat(graph: CompiledStateGraph[Progress], durability: Mode, *, runs: int, tasks: int) -> None:
    for number in range(runs):
        result = await graph.ainvoke({"done": 0}, thread(f"run-{number}"), durability=durability)
        assert result["done"] == tasks, result


def _graph(shape: Shape, checkpointer: BaseCheckpointSaver[str]) -> CompiledStateGraph[Progress]:
    builder = StateGraph(Progress)
    for task in shape.tasks:
        builder.add_node(task.name, _node(task))
        if len(task.parents) > 1:
            builder.add_edge(list(task.parents), task.name)
        else:
            builder.add_edge(task.parents[0] if task.parents else START, task.name)
    builder.add_edge(shape.tasks[-1].name, END)
    return builder.compile(checkpointer=checkpointer)


def _node(task: Task) -> Node:
    async def run(state: Progress) -> Progress:  # noqa: ARG001 - LangGraph calls it by this name
        if task.seconds:
            await asyncio.sleep(task.seconds)
        return {"done": 1}

    return run
