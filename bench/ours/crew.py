"""Workers of one file as processes: how fast some of them get through runs that wait for them."""

from __future__ import annotations

import asyncio
import multiprocessing
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic import BaseModel

from podium import END, START, Engine, IdempotencyKey, RunFilter, StateMachine, Status, step, tool
from podium.workflow.given import FROM_ENGINE

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from pathlib import Path

LOOK_S = 0.02


class Tally(BaseModel):
    """The record."""

    count: int = 0


@tool.read()
async def look(count: int) -> int:
    """Read."""
    return count + 1


@tool.write(idempotent=True)
async def put(count: int, *, key: IdempotencyKey = FROM_ENGINE) -> int:
    """Write."""
    assert key
    return count + 1


@step
async def ten_reads(tally: Tally) -> None:
    """Ten of them, one after the other."""
    for _ in range(10):
        tally.count = await look(tally.count)


def _writes(name: str) -> StateMachine[Tally]:
    states = [put.state(f"write_{number}", take={"count": "count"}, give="count") for number in range(5)]
    chain = START >> states[0]
    for state in states[1:]:
        chain = chain >> state
    return StateMachine(name, Tally, chain >> END)


reads = StateMachine("reads", Tally, START >> ten_reads >> END)
writes = _writes("writes")
FLOWS = {"reads": reads, "writes": writes}


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast it went: runs a second, and CPU of all workers per run."""

    runs_per_s: float
    cpu_ms_per_run: float


def pace(folder: Path, *, flow: str, workers: int, runs: int) -> Pace:
    """Let so many workers get through runs that are there when they begin."""
    url = f"sqlite:///{folder / f'{flow}-{workers}.db'}"
    asyncio.run(_fill(url, flow, runs))
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["bench.ours.crew"])
    ends = []
    for _ in range(workers):
        here, there = context.Pipe()
        context.Process(target=_main, args=(url, flow, there), daemon=True).start()
        here.recv()
        ends.append(here)
    began = time.perf_counter()
    for end in ends:
        end.send("go")
    cpu_s = sum(end.recv() for end in ends)
    return Pace(runs / (time.perf_counter() - began), cpu_s * 1000 / runs)


async def _fill(url: str, flow: str, runs: int) -> None:
    engine = Engine(url, recovers=False)
    engine.bound(held=0)
    async with engine:
        for number in range(runs):
            await engine.start(FLOWS[flow], Tally(), id=f"run-{number}")


def _main(url: str, flow: str, end: Connection) -> None:
    end.send("ready")
    end.recv()
    asyncio.run(_work(url, flow))
    end.send(time.process_time())


async def _work(url: str, flow: str) -> None:
    async with Engine(url, workflows=[FLOWS[flow]]) as engine:
        while await engine.runs(RunFilter(statuses=(Status.RUNNING,), limit=1)):  # noqa: ASYNC110  # others end them, too
            await asyncio.sleep(LOOK_S)
