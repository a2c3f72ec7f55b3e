"""A run of very many steps, and a DAG of very many nodes: what a step costs at both ends, and what is on the disk."""

from __future__ import annotations

import asyncio
import resource
import time
from typing import Literal

from pydantic import BaseModel

from bench.dags import Shape, Task
from bench.meter import Meter, bytes_in, per_step_ms, scratch
from bench.ours.chain import url_in
from bench.ours.dag import Begin, graph_of
from podium import END, START, Engine, StateMachine, step

OVER = 1000
"""So many steps at each end are looked at."""

Again = Literal["again", "done"]


class Count(BaseModel):
    """The state: one number."""

    count: int = 0


def loop(*, steps: int) -> dict[str, float]:
    """Measure one run of `steps` steps that count."""
    return asyncio.run(_loop(steps))


def layers(*, nodes: int) -> dict[str, float]:
    """Measure one run of a DAG of `nodes` no-ops, in layers of a hundred, each of which needs two of the one before."""
    return asyncio.run(_layers(nodes))


async def _loop(steps: int) -> dict[str, float]:
    stamps: list[float] = []
    memory: list[int] = []

    @step
    async def turn(state: Count) -> Again:
        stamps.append(time.process_time())
        if state.count % (steps // 4) == 0:
            memory.append(_resident_kb())
        state.count += 1
        return "again" if state.count < steps else "done"

    machine = StateMachine("loop", Count, START >> turn.choose({"again": turn, "done": END}), max_visits=steps)
    with scratch() as folder:
        async with Engine(url_in(folder)) as engine:
            with Meter() as meter:
                await (await engine.start(machine, Count(), id="run")).result()
        disk = bytes_in(folder)
    first, last = per_step_ms(stamps, over=OVER)
    return {
        "CPU ms/step, first 1000": first,
        "CPU ms/step, last 1000": last,
        "CPU ms/step, all": meter.cpu_s / steps * 1000,
        "steps/s": steps / meter.wall_s,
        "bytes/step": disk / steps,
        "MB on disk": disk / 1e6,
        "MB grown from a quarter to the end": (_resident_kb() - memory[1]) / 1e3,
    }


async def _layers(nodes: int) -> dict[str, float]:
    return await _walk(layered(nodes))


def layered(nodes: int) -> Shape:
    """Return layers of a hundred tasks, each of which needs two of the layer before."""
    tasks = [Task("t0", (), 0)]
    for number in range(1, nodes - 1):
        layer = (number - 1) // 100
        before = range(1 + (layer - 1) * 100, 1 + layer * 100)
        parents = (f"t{before[number % 100]}", f"t{before[(number * 7) % 100]}") if layer else ("t0",)
        tasks.append(Task(f"t{number}", tuple(dict.fromkeys(parents)), 0))
    needed = {name for task in tasks for name in task.parents}
    ends = tuple(task.name for task in tasks if task.name not in needed)
    return Shape((*tasks, Task(f"t{nodes - 1}", ends, 0)))


async def _walk(shape: Shape) -> dict[str, float]:
    begun = time.process_time()
    dag = graph_of("layers", shape)
    made_s = time.process_time() - begun
    with scratch() as folder:
        async with Engine(url_in(folder)) as engine:
            with Meter() as meter:
                await (await engine.start(dag, Begin(), id="run")).result()
        disk = bytes_in(folder)
    count = len(shape.tasks)
    return {
        "CPU ms/node": meter.cpu_s / count * 1000,
        "wall ms/node": meter.wall_s / count * 1000,
        "CPU s to define it": made_s,
        "bytes/node": disk / count,
        "MB resident at most": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3,
    }


def _resident_kb() -> int:
    with open("/proc/self/statm") as file:  # noqa: PTH123  # read in a loop
        return int(file.read().split()[1]) * 4
