"""A worker of the soak as a process: starts runs at an even pace, and works on whatever the file has for it."""

from __future__ import annotations

import argparse
import asyncio
import sys
from contextlib import asynccontextmanager
from functools import partial
from random import Random
from typing import TYPE_CHECKING

import httpx

from bench.soaking.flows import FLOWS, Desk
from podium import Engine, RunFilter, Status

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

OPEN_MAX = 200
"""No new runs while so many are open in the file."""

_OPEN = (Status.RUNNING, Status.COMPENSATING)
_WEIGHTS = (5, 3, 4, 1)


async def work(url: str, desk: str, *, name: str, pace_s: float) -> None:
    """Work until standard input ends; no more runs are started after its first line."""
    stop, over = asyncio.Event(), asyncio.Event()
    reading = asyncio.create_task(asyncio.to_thread(_read, asyncio.get_running_loop(), stop, over))
    async with Engine(url, workflows=[flow for flow, _, _ in FLOWS], resources=partial(_desk, desk)) as engine:
        await _start(engine, name, pace_s=pace_s, stop=stop)
        await over.wait()
    await reading


async def _start(engine: Engine, name: str, *, pace_s: float, stop: asyncio.Event) -> None:
    random, number = Random(name), 0
    while not stop.is_set():
        number += 1
        flow, model, _ = random.choices(FLOWS, _WEIGHTS)[0]
        run_id = f"{flow.name}-{name}-{number}"
        if len(await engine.runs(RunFilter(statuses=_OPEN, limit=OPEN_MAX))) < OPEN_MAX:
            await engine.start(flow, model(run=run_id), id=run_id)  # type: ignore[arg-type]  # the flows have two kinds of input
        try:
            await asyncio.wait_for(stop.wait(), pace_s * 2 * random.random())
        except TimeoutError:
            continue


@asynccontextmanager
async def _desk(url: str) -> AsyncIterator[Desk]:
    async with httpx.AsyncClient(base_url=url, timeout=30, trust_env=False) as http:
        yield Desk(http)


def _read(loop: asyncio.AbstractEventLoop, stop: asyncio.Event, over: asyncio.Event) -> None:
    sys.stdin.readline()
    loop.call_soon_threadsafe(stop.set)
    sys.stdin.readline()
    loop.call_soon_threadsafe(over.set)


def main() -> None:
    """Work."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url")
    parser.add_argument("desk")
    parser.add_argument("--name", required=True)
    parser.add_argument("--pace-s", type=float, required=True)
    asked = parser.parse_args()
    asyncio.run(work(asked.url, asked.desk, name=asked.name, pace_s=asked.pace_s))


if __name__ == "__main__":
    main()
