"""Conducts a soak: kills workers, calls runs off, answers for people, and looks how things stand."""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING

import httpx

from bench.soaking import samples
from podium import Approve, Reject, RunFilter, Status, Verb
from podium.core.stimuli import ParkReason
from podium.errors import RefusedError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from bench.soaking.processes import Fleet
    from bench.soaking.samples import Sample
    from podium import Engine, RunInfo
    from podium.engine.ports import ParkedStep

STEADY = "steady"
"""The worker that is never killed, so that its memory can be watched."""

ASK_S_MAX = 30.0
SETTLED_MS = 5_000
"""A person believes what the service says of a request only so long after it."""

YES = 0.85
"""How often people say yes."""

SAMPLE_S = 5.0
LEFT_IN = 4
"""One run in so many is left parked when it is in doubt, to be listed at the end."""

MOVES = (Status.RUNNING, Status.WAITING, Status.COMPENSATING)


@dataclass(slots=True)
class Conductor:
    """What a soak needs, and what it counted.

    Attributes:
        engine: Only watches and asks; no run is worked on here.
        fleet: The processes.
        database: The file of the runs.
        random: Seeded.
        counts: Kills, cancels, answers, and what else was done to the runs.
        samples: How things stood, every few seconds.
    """

    engine: Engine
    fleet: Fleet
    database: Path
    random: Random
    counts: Counter[str] = field(default_factory=Counter)
    samples: list[Sample] = field(default_factory=list)
    _answered: set[str] = field(default_factory=set)
    _begun_s: float = field(default_factory=time.monotonic)

    async def trouble(self, seconds: float) -> None:
        """Have all the trouble there is, for so long."""
        roles = (self._kill, self._call_off, self._answer, self._decide, self._look)
        tasks = [asyncio.create_task(_for_ever(role)) for role in roles]
        await asyncio.wait(tasks, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        await _ended(tasks)

    async def calm(self, seconds_max: float) -> None:
        """Wait until nothing moves any more, with people still at their desks."""
        tasks = [asyncio.create_task(_for_ever(role)) for role in (self._answer, self._decide, self._look)]
        tasks.append(asyncio.create_task(self._still()))
        await asyncio.wait(tasks, timeout=seconds_max, return_when=asyncio.FIRST_COMPLETED)
        await _ended(tasks)

    async def runs(self) -> list[RunInfo]:
        """Return every run there is."""
        found: list[RunInfo] = []
        while page := await self.engine.runs(RunFilter(limit=500, before=found[-1].id if found else None)):
            found += page
        return found

    async def _still(self) -> None:
        """Wait until nothing moves any more. Others move it, so there is nothing to be told by."""
        while True:
            await asyncio.sleep(1)
            if not await self.engine.runs(RunFilter(statuses=MOVES, limit=1)) and not await self._to_decide():
                return

    # ----- what is done again and again

    async def _kill(self) -> None:
        await asyncio.sleep(self.random.uniform(1, 4))
        name = self.random.choice([name for name in self.fleet.workers if name != STEADY])
        await self.fleet.kill(name)
        self.counts["kills"] += 1
        await self.fleet.start(name)

    async def _call_off(self) -> None:
        await asyncio.sleep(self.random.uniform(1, 3))
        open_runs = await self.engine.runs(RunFilter(statuses=MOVES))
        if open_runs:
            run = await self.engine.get(self.random.choice(open_runs).id)
            await self._asked("cancels", run.cancel("the soak has had enough of it"))

    async def _answer(self) -> None:
        """Answer what is asked, and let what was approved be paid for."""
        await asyncio.sleep(1)
        for task in await self.engine.tasks():
            if task.id in self._answered:
                continue
            self._answered.add(task.id)
            run = await self.engine.get(task.run_id)
            yes = self.random.random() < YES
            if yes:
                await self._asked("signals", run.signal("paid", 1, id=f"{run.id}/paid"))
            await self._asked("answers", run.answer(task.path, Approve() if yes else Reject(reason="no")))

    async def _decide(self) -> None:
        """Decide about what is parked, as a person does who can look at the service."""
        await asyncio.sleep(1)
        for parked in await self._to_decide():
            run = await self.engine.get(parked.run_id)
            if parked.reason != ParkReason.IN_DOUBT:
                await self._asked(f"decided: {parked.reason}", run.resolve(parked.path, Verb.SEND_AGAIN))
                continue
            found = await self._seen(parked.run_id, json.loads(parked.args).get("what", "stamp"))
            verb = Verb.DONE if found else Verb.NOT_DONE
            await self._asked(f"decided: {verb}", run.resolve(parked.path, verb, answer=found))

    async def _to_decide(self) -> list[ParkedStep]:
        now_ms = time.time_ns() // 1_000_000
        return [
            parked
            for parked in await self.engine.parked()
            if parked.parked_at + SETTLED_MS < now_ms
            and not (parked.reason == ParkReason.IN_DOUBT and is_left(parked.run_id))
        ]

    async def _seen(self, run_id: str, what: str) -> object:
        async with httpx.AsyncClient(base_url=self.fleet.desk, trust_env=False) as http:
            return (await http.get(f"/look/{run_id}/{what}")).raise_for_status().json()

    async def _look(self) -> None:
        pid = self.fleet.workers[STEADY].pid
        now_s = time.monotonic() - self._begun_s
        self.samples.append(await asyncio.to_thread(samples.taken, now_s, pid, self.database))
        await asyncio.sleep(SAMPLE_S)

    async def _asked(self, what: str, asking: Awaitable[None]) -> None:
        """Ask, and count how it went. A run may have moved on meanwhile; its holder may have been killed."""
        try:
            await asyncio.wait_for(asking, ASK_S_MAX)
        except RefusedError:
            self.counts[f"{what}, refused"] += 1
        except TimeoutError:
            self.counts[f"{what}, no verdict in {ASK_S_MAX:g} s"] += 1
        else:
            self.counts[what] += 1


def is_left(run_id: str) -> bool:
    """Claim that nobody decides about this run when it is in doubt."""
    return sum(run_id.encode()) % LEFT_IN == 0


async def _for_ever(role: Callable[[], Awaitable[None]]) -> None:
    while True:
        await role()


async def _ended(tasks: list[asyncio.Task[None]]) -> None:
    """Call tasks off; raise what one of them has failed with."""
    for task in tasks:
        task.cancel()
    for ended in await asyncio.gather(*tasks, return_exceptions=True):
        if isinstance(ended, BaseException) and not isinstance(ended, asyncio.CancelledError):
            raise ended
