"""Very many runs: that wait and cost no memory, and that a killed process leaves in flight for another to take over."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import BaseModel

from bench.meter import Meter, bytes_in, drive, scratch
from bench.ours.chain import url_in
from podium import END, START, Engine, StateMachine, step, wait

if TYPE_CHECKING:
    from collections.abc import Callable

SIGNALLED = 100
IDLE_S = 5
BATCH = 500


class Data(BaseModel):
    """The state."""

    said: str = ""
    done: bool = False


PATIENT = StateMachine("patient", Data, START >> wait("go", str, give="said") >> END)


def waiting(*, runs: int) -> dict[str, float]:
    """Start `runs` runs that wait for a signal; measure what they cost while they wait, and how fast a few go on."""
    with scratch() as folder:
        figures = asyncio.run(_start_and_leave(folder, runs))
        return figures | asyncio.run(_open_again(folder, runs)) | {"bytes/run": bytes_in(folder) / runs}


def recovered(*, runs: int) -> dict[str, float]:
    """Let a process begin `runs` runs whose step does not end, kill it, and measure how fast another finishes them."""
    with scratch() as folder:
        _in_flight(folder, runs)
        return asyncio.run(_take_over(folder, runs))


async def _start_and_leave(folder: Path, runs: int) -> dict[str, float]:
    async with Engine(url_in(folder), workflows=[PATIENT]) as engine:

        async def start(number: int) -> None:
            await engine.start(PATIENT, Data(), id=f"run-{number}")

        half = runs // 2  # by then the cache of 16 MB is full
        await drive(start, runs=half, concurrency=BATCH)
        before = _resident_mb()
        with Meter() as meter:
            await drive(lambda number: start(half + number), runs=runs - half, concurrency=BATCH)
        grown = _resident_mb() - before
        return {
            "started/s": (runs - half) / meter.wall_s,
            "bytes of memory/waiting run, in the process that started it": grown * 1e6 / half,
        }


async def _open_again(folder: Path, runs: int) -> dict[str, float]:
    begun = time.perf_counter()
    async with Engine(url_in(folder), workflows=[PATIENT]) as engine:
        opened_s = time.perf_counter() - begun
        before = _resident_mb()
        with Meter() as meter:
            await asyncio.sleep(IDLE_S)
        grown = _resident_mb() - before
        took = []
        for number in range(0, runs, runs // SIGNALLED):
            handle = await engine.get(f"run-{number}")
            begun = time.perf_counter()
            await handle.signal("go", "on")
            await handle.result()
            took.append(time.perf_counter() - begun)
        return {
            "s to open": opened_s,
            "CPU ms/s, idle": meter.cpu_s / IDLE_S * 1000,
            "MB of memory grown, idle": grown,
            "ms from a signal to the result, median": sorted(took)[len(took) // 2] * 1000,
            "ms from a signal to the result, most": max(took) * 1000,
        }


def stubborn(*, ends: bool, begun: Callable[[], None] = lambda: None) -> StateMachine[Data]:
    """Return a machine whose one step ends at once, or never."""

    @step
    async def work(data: Data) -> None:
        begun()
        if not ends:
            await asyncio.get_running_loop().create_future()
        data.done = True

    return StateMachine("stubborn", Data, START >> work >> END)


def hold(folder: str, runs: int) -> None:
    """Begin runs that do not end; say so and wait to be killed."""
    asyncio.run(_hold(Path(folder), runs))


async def _hold(folder: Path, runs: int) -> None:
    machine = stubborn(ends=False)
    async with Engine(url_in(folder)) as engine:
        await drive(lambda number: engine.start(machine, Data(), id=f"run-{number}"), runs=runs, concurrency=BATCH)
        print("held", flush=True)
        await asyncio.sleep(3600)


def _in_flight(folder: Path, runs: int) -> None:
    code = f"from bench.ours.many import hold; hold({str(folder)!r}, {runs})"
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n", "it holds them all"
        os.kill(process.pid, signal.SIGKILL)


async def _take_over(folder: Path, runs: int) -> dict[str, float]:
    entered = 0

    def begun() -> None:
        nonlocal entered
        entered += 1

    machine = stubborn(ends=True, begun=begun)
    before = _resident_mb()
    most = before
    with Meter() as meter:
        async with Engine(url_in(folder), workflows=[machine]) as engine:
            while entered < runs:
                await asyncio.sleep(0.02)
                most = max(most, _resident_mb())
            last = await engine.get(f"run-{runs - 1}")
            await last.result()
    return {
        "runs/s taken over and finished": runs / meter.wall_s,
        "s in all": meter.wall_s,
        "CPU ms/run": meter.cpu_s / runs * 1000,
        "MB of memory grown, at most": most - before,
    }


def _resident_mb() -> float:
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 1e6


if __name__ == "__main__":
    print(json.dumps(recovered(runs=1000)))
