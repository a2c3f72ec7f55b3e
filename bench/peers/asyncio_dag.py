"""The floor: the same DAG with bare asyncio, nothing stored."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from bench import dags
from bench.meter import Meter

if TYPE_CHECKING:
    from bench.dags import Shape, Task


def timed(*, shape: str) -> dict[str, float]:
    """Measure one run of the shape with its run times."""
    made = dags.named(shape)
    asyncio.run(_run(made.scaled(0)))
    with Meter() as meter:
        asyncio.run(_run(made))
    return {"wall ÷ critical path": meter.wall_s / made.critical_path_s()}


def empty(*, shape: str, runs: int) -> dict[str, float]:
    """Measure `runs` runs of the shape in which no task takes time."""
    made = dags.named(shape).scaled(0)
    asyncio.run(_run(made))
    with Meter() as meter:
        for _ in range(runs):
            asyncio.run(_run(made))
    tasks = len(made.tasks) * runs
    return {"wall ms/task": meter.wall_s / tasks * 1000, "CPU ms/task": meter.cpu_s / tasks * 1000}


async def _run(shape: Shape) -> None:
    started: dict[str, asyncio.Task[None]] = {}

    async def one(task: Task) -> None:
        for name in task.parents:
            await started[name]
        if task.seconds:
            await asyncio.sleep(task.seconds)

    async with asyncio.TaskGroup() as group:
        for task in shape.tasks:
            started[task.name] = group.create_task(one(task))
