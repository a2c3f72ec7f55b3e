"""A worker of the chaos: starts runs as long as the trouble lasts, and works on whatever the file has for it."""

from __future__ import annotations

import asyncio
import os
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial
from random import Random
from typing import TYPE_CHECKING, Any

import httpx

from bench.chaotic.clock import JumpingClock
from bench.chaotic.flows import VERSIONS
from bench.soaking.flows import Desk
from podium import Engine, RunFilter, Status
from podium.cli.interrupt import interruptible
from podium.sqlite.lease import Terms
from podium.sqlite.store import SqliteStore

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from multiprocessing.connection import Connection
    from pathlib import Path

LEASE_MS, RENEW_MS = 800, 200
PACE_S = 0.05
GRACE_MS = 300
WAY_S = 0.04
"""How long a request is under way before it leaves: long enough to be caught there."""

OPEN_MAX = 40
"""No new runs while so many are under way."""

_OPEN = (Status.RUNNING, Status.COMPENSATING)


@dataclass(frozen=True, slots=True)
class Job:
    """What a worker is given.

    Attributes:
        folder: Where the database, the clock and the list of acknowledged starts are.
        desk: The service's URL.
        name: The worker's, another one for each of its lives; part of the ids of the runs that it starts.
        version: Which of the workflows it knows.
        is_starting: Start runs until there is a file `calm`.
    """

    folder: Path
    desk: str
    name: str
    version: str
    is_starting: bool


def main(job: Job, leash: Connection) -> None:
    """Work until SIGTERM, or until whoever started this is gone."""
    asyncio.run(_work(job, leash))


def engine_of(folder: Path, **given: Any) -> Engine:
    """Return an engine on the database in `folder`, by the clock in it, whose lease ends soon."""
    clock = JumpingClock(folder / "clock")
    engine = Engine("sqlite:///x", clock=clock, **given)
    terms = Terms(holds_ms=LEASE_MS, renew_ms=RENEW_MS, now_ms=clock.now_ms)
    engine.platform = replace(engine.platform, store_of=lambda *_: SqliteStore(folder / "podium.db", terms=terms))
    return engine


async def _work(job: Job, leash: Connection) -> None:
    asyncio.get_running_loop().add_reader(leash.fileno(), os._exit, 1)
    workflows = [flow for flow, _ in VERSIONS[job.version]]
    with interruptible() as stop:
        async with engine_of(job.folder, workflows=workflows, resources=partial(_desk, job.desk)) as engine:
            if job.is_starting:
                await _start(engine, job, stop)
            await stop.wait()
            await engine.drain(grace_ms=GRACE_MS)


async def _start(engine: Engine, job: Job, stop: asyncio.Event) -> None:
    random, number = Random(job.name), 0
    while not (stop.is_set() or (job.folder / "calm").exists()):
        number += 1
        flow, model = random.choice(VERSIONS[job.version])
        run_id = f"{job.name}-{number}"
        if len(await engine.runs(RunFilter(statuses=_OPEN, limit=OPEN_MAX))) < OPEN_MAX:
            await engine.start(flow, model(run=run_id), id=run_id)  # type: ignore[arg-type]  # the flows have two kinds of input
            _acknowledge(job.folder, run_id)
        try:
            await asyncio.wait_for(stop.wait(), PACE_S * 2 * random.random())
        except TimeoutError:
            continue


@asynccontextmanager
async def _desk(url: str) -> AsyncIterator[Desk]:
    async def be_on_the_way(_request: httpx.Request) -> None:
        await asyncio.sleep(WAY_S)

    hooks = {"request": [be_on_the_way]}
    async with httpx.AsyncClient(base_url=url, timeout=30, trust_env=False, event_hooks=hooks) as http:
        yield Desk(http)


def _acknowledge(folder: Path, run_id: str) -> None:
    descriptor = os.open(folder / "acknowledged", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    try:
        os.write(descriptor, f"{run_id}\n".encode())
    finally:
        os.close(descriptor)
