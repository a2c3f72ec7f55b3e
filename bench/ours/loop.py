"""A loop of one state in Podium: over a list that grows, and past a value that does not change."""

from __future__ import annotations

import asyncio
import statistics
import time
from typing import TYPE_CHECKING, Literal, TypeVar

from pydantic import BaseModel

from bench.meter import Meter, bytes_in, per_step_ms, scratch
from bench.ours.chain import url_in
from podium import END, START, Engine, StateMachine, step

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

READS = 5
WARM_UP_STEPS = 20

Again = Literal["again", "done"]
Data = TypeVar("Data", bound=BaseModel)


class Note(BaseModel):
    """An item that is more than text."""

    text: str


class Growing(BaseModel):
    """A list of either kind; the other stays empty."""

    texts: list[str] = []
    records: list[Note] = []


class Carrying(BaseModel):
    """A counter beside a large value."""

    count: int = 0
    load: str


def grow(*, steps: int, item_bytes: int, records: bool) -> dict[str, float]:
    """Measure one run whose list gets `item_bytes` longer in each of `steps` steps."""

    def machine(stamps: list[float], steps: int) -> StateMachine[Growing]:
        @step
        async def turn(state: Growing) -> Again:
            stamps.append(time.process_time())
            text = "x" * item_bytes
            if records:
                state.records.append(Note(text=text))
            else:
                state.texts.append(text)
            return "again" if len(state.texts) + len(state.records) < steps else "done"

        return StateMachine("grow", Growing, START >> turn.choose({"again": turn, "done": END}), max_visits=steps)

    return asyncio.run(_measure(machine, Growing(), steps=steps))


def carry(*, steps: int, load_bytes: int) -> dict[str, float]:
    """Measure one run of `steps` steps that count, past a value of `load_bytes`."""

    def machine(stamps: list[float], steps: int) -> StateMachine[Carrying]:
        @step
        async def turn(state: Carrying) -> Again:
            stamps.append(time.process_time())
            state.count += 1
            return "again" if state.count < steps else "done"

        return StateMachine("carry", Carrying, START >> turn.choose({"again": turn, "done": END}), max_visits=steps)

    return asyncio.run(_measure(machine, Carrying(load="x" * load_bytes), steps=steps))


async def _measure(
    machine: Callable[[list[float], int], StateMachine[Data]],
    start: Data,
    *,
    steps: int,
) -> dict[str, float]:
    with scratch() as warm:
        async with Engine(url_in(warm)) as engine:
            await (await engine.start(machine([], WARM_UP_STEPS), start, id="warm")).result()
    stamps: list[float] = []
    with scratch() as folder:
        async with Engine(url_in(folder)) as engine:
            with Meter() as meter:
                await (await engine.start(machine(stamps, steps), start, id="run")).result()
        assert len(stamps) == steps, len(stamps)
        disk = bytes_in(folder)
        again = machine([], steps)
        read = statistics.median([await _read_s(folder, again, start) for _ in range(READS)])
    first, last = per_step_ms(stamps)
    return {
        "MB on disk": disk / 1e6,
        "CPU ms/step, first 100": first,
        "CPU ms/step, last 100": last,
        "CPU s": meter.cpu_s,
        "state read ms": read * 1000,
    }


async def _read_s(folder: Path, machine: StateMachine[Data], start: Data) -> float:
    """Return how long the final state takes to read, the database just opened.

    Asking for the same run with the same input gives a handle to it; the run is over.
    """
    async with Engine(url_in(folder)) as engine:
        begun = time.perf_counter()
        found = await (await engine.start(machine, start, id="run")).result()
        took = time.perf_counter() - begun
        assert found != start, found
        return took
