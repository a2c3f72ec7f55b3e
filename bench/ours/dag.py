"""A DAG from a file in Podium: a node a task, whose parameters are the tasks it waits for."""

from __future__ import annotations

import asyncio
from inspect import Parameter, Signature
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from bench import dags
from bench.meter import Meter, scratch
from bench.ours.chain import url_in
from podium import Dag, Engine, node

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from bench.dags import Shape, Task


class Begin(BaseModel):
    """The input: what tasks without parents take."""

    begin: int = 0


def timed(*, shape: str) -> dict[str, float]:
    """Measure one run of the shape with its run times."""
    made = dags.named(shape)
    meter = asyncio.run(_measure(made, runs=1))
    return {"wall ÷ critical path": meter.wall_s / made.critical_path_s()}


def empty(*, shape: str, runs: int) -> dict[str, float]:
    """Measure `runs` runs of the shape, one after another, in which no task takes time."""
    made = dags.named(shape).scaled(0)
    meter = asyncio.run(_measure(made, runs=runs))
    tasks = len(made.tasks) * runs
    return {"wall ms/task": meter.wall_s / tasks * 1000, "CPU ms/task": meter.cpu_s / tasks * 1000}


async def _measure(shape: Shape, *, runs: int) -> Meter:
    warm, dag = graph_of("warm", shape.scaled(0)), graph_of("measured", shape)
    with scratch() as folder:
        async with Engine(url_in(folder)) as engine:
            await (await engine.start(warm, Begin(), id="warm")).result()
            with Meter() as meter:
                await _repeat(engine, dag, runs=runs)
    return meter


async def _repeat(engine: Engine, dag: Dag[Begin, int], *, runs: int) -> None:
    for number in range(runs):
        run = await engine.start(dag, Begin(), id=f"run-{number}")
        assert await run.result() == 1


def graph_of(name: str, shape: Shape) -> Dag[Begin, int]:
    """Return the workflow of a shape."""
    nodes = [node(_function(task)) for task in shape.tasks]
    return Dag(name, Begin, *nodes, gives=nodes[-1])


def _function(task: Task) -> Callable[..., Coroutine[Any, Any, int]]:
    """Return the function an author would have written out: `async def t3(t1: int, t2: int) -> int`."""

    async def run(**_: int) -> int:
        if task.seconds:
            await asyncio.sleep(task.seconds)
        return 1

    names = task.parents or ("begin",)
    parameters = [Parameter(name, Parameter.KEYWORD_ONLY, annotation=int) for name in names]
    run.__name__ = run.__qualname__ = task.name
    run.__annotations__ = {**dict.fromkeys(names, int), "return": int}
    run.__signature__ = Signature(parameters, return_annotation=int)  # type: ignore[attr-defined]  # inspect reads it
    return run
