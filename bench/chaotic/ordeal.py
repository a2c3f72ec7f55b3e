"""One repetition: trouble for a while, then an upgrade that leaves old runs without code, then the old code again."""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

import httpx

from bench.chaotic.clock import JumpingClock
from bench.chaotic.crew import Crew
from bench.chaotic.flows import EXPECTED, NEW, OF_OLD, OLD
from bench.chaotic.worker import LEASE_MS, engine_of
from bench.soaking import ledger
from bench.soaking.audit import wrong
from podium import Approve, Reject, RunFilter, Status, Verb
from podium.core.call_events import WriteIntended
from podium.core.events import RunTakenOver
from podium.core.stimuli import ParkReason
from podium.errors import RefusedError
from podium.sqlite.claims import SHELVED

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path
    from random import Random

    from podium import Engine, RunInfo

PLACES = (1, 2, 3)
TROUBLE_S = 2.5
LOOK_S = 0.05
SETTLE_S_MAX = 90.0
BELIEVED_S = 1.5
AN_HOUR_MS = 3_600_000
YES = 0.8

_OPEN = (Status.RUNNING, Status.WAITING, Status.COMPENSATING, Status.PARKED)


@dataclass(slots=True)
class Ordeal:
    """What a repetition needs, and what it counted.

    Attributes:
        engine: Watches and answers; works on nothing.
        crew: The workers.
        folder: With the database, the clock, and the list of runs whose start was acknowledged.
        desk: The service's URL.
        desk_ledger: What the service really did.
        random: Seeded.
        counts: What was done to the workers, and what became of the runs.
        wrong: A line for everything that is not as it should be.
    """

    engine: Engine
    crew: Crew
    folder: Path
    desk: str
    desk_ledger: Path
    random: Random
    counts: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    _settling_s: float = 0.0
    _answered: set[str] = field(default_factory=set)
    _seen: dict[str, float] = field(default_factory=dict)
    _asking: set[asyncio.Task[None]] = field(default_factory=set)

    async def go_through(self) -> None:
        """Have it all, and audit."""
        known = await asyncio.to_thread(ledger.keys, self.desk_ledger)
        for place in PLACES:
            self.crew.start(place, version=OLD)
        await self._trouble()
        await self._upgrade()
        await self._settle()
        await self._audit(known)

    # ----- what happens

    async def _trouble(self) -> None:
        """Kill, freeze, replace, jump and answer for a while; what has begun is finished."""
        over = asyncio.Event()
        roles = [self._again(over, partial(self._spoil, place)) for place in PLACES]
        working = asyncio.gather(*roles, self._again(over, self._jump), self._again(over, self._answer))
        asyncio.get_running_loop().call_later(TROUBLE_S, over.set)
        await working
        (self.folder / "calm").touch()
        self.crew.is_starting = False

    async def _again(self, over: asyncio.Event, role: Callable[[], Awaitable[None]]) -> None:
        while not over.is_set():
            await role()

    async def _spoil(self, place: int) -> None:
        await asyncio.sleep(self.random.uniform(0.1, 0.9))
        kind = self.random.choice(("killed", "frozen", "replaced"))
        self.counts[kind] += 1
        if kind == "frozen":
            await self.crew.freeze(place, seconds=LEASE_MS / 1000 * self.random.uniform(1.1, 2))
            return
        await (self.crew.kill if kind == "killed" else self.crew.retire)(place)
        await asyncio.sleep(self.random.uniform(0, 0.2))
        self.crew.start(place, version=self.random.choice((OLD, NEW)))

    async def _jump(self) -> None:
        await asyncio.sleep(self.random.uniform(0.3, 1))
        self.counts["jumps"] += 1
        JumpingClock(self.folder / "clock").jump(ahead_ms=self.random.choice((-AN_HOUR_MS, 0, AN_HOUR_MS)))

    async def _answer(self) -> None:
        """Answer what is asked, each question once."""
        await asyncio.sleep(LOOK_S)
        for task in await self.engine.tasks():
            if task.id not in self._answered:
                self._answered.add(task.id)
                asking = asyncio.create_task(self._say(task.run_id, task.path, yes=self.random.random() < YES))
                self._asking.add(asking)

    async def _say(self, run_id: str, path: str, *, yes: bool) -> None:
        run = await self.engine.get(run_id)
        try:
            if yes:
                await run.signal("paid", 1, id=f"{run_id}/paid")
            await run.answer(path, Approve() if yes else Reject(reason="no"))
            self.counts["answers"] += 1
        except RefusedError:  # its time was up: the clock has jumped
            self.counts["answers too late"] += 1

    async def _upgrade(self) -> None:
        """Replace everybody by the new code: what only the old code knows has to show as parked, with what to do."""
        for place in PLACES:
            await self.crew.retire(place)
            self.crew.start(place, version=NEW)
        await self._until("every run that only the old code knows is parked", self._is_shelved)

    async def _settle(self) -> None:
        """Bring the old code back beside the new, and let everything end.

        The clock is as far ahead as it ever was, for timers that were set then, and goes 60 times as fast: a write in
        doubt is asked about every five minutes once it seems to be old.
        """
        self._settling_s = time.monotonic()
        self.crew.start(len(PLACES) + 1, version=OLD)
        await self._until("every run has ended", self._is_over)
        for asking in self._asking:
            await asking

    async def _until(self, what: str, holds: Callable[[], Awaitable[bool]]) -> None:
        try:
            async with asyncio.timeout(SETTLE_S_MAX):
                while not await holds():  # noqa: ASYNC110  # others make it hold: there is nothing to be told by
                    await asyncio.sleep(LOOK_S)
        except TimeoutError:
            left = [f"{run.id} {run.status} owner {run.owner} wake {run.wake_at}" for run in await self._runs(_OPEN)]
            left += [f"{one.run_id}:{one.path} {one.reason} {one.detail}" for one in await self.engine.parked()]
            self.wrong.append(f"not after {SETTLE_S_MAX:g} s: {what}: {'; '.join(left)}")

    async def _is_shelved(self) -> bool:
        """Claim that whatever only the old code knows is parked: for want of it, unless a person was asked before."""
        left = [run for run in await self._runs(_OPEN) if run.graph_hash in OF_OLD]
        asked = {parked.run_id for parked in await self.engine.parked()}
        shelved = [run for run in left if run.status is Status.PARKED and run.error == SHELVED]
        self.counts["parked for want of code"] = max(self.counts["parked for want of code"], len(shelved))
        return all(run in shelved or run.id in asked for run in left)

    async def _is_over(self) -> bool:
        passed_ms = int((time.monotonic() - self._settling_s) * 1000)
        JumpingClock(self.folder / "clock").jump(ahead_ms=AN_HOUR_MS + passed_ms * 59)
        await self._answer()
        await self._decide()
        return not await self._runs(_OPEN)

    async def _decide(self) -> None:
        """Decide about what is parked, as a person does who looks at the service.

        Those are writes that were refused after they may have happened, and steps whose process was killed three
        times. Nobody is frozen any more; a request that was on its way then has arrived after a while.
        """
        for parked in await self.engine.parked():
            seen_s = self._seen.setdefault(f"{parked.run_id}:{parked.path}", time.monotonic())
            if time.monotonic() - seen_s < BELIEVED_S:
                continue
            self._seen.pop(f"{parked.run_id}:{parked.path}")
            self.counts[f"decided by a person: {parked.reason}"] += 1
            run = await self.engine.get(parked.run_id)
            if parked.reason != ParkReason.IN_DOUBT:  # whoever had it was killed three times
                await run.resolve(parked.path, Verb.SEND_AGAIN)
                continue
            async with httpx.AsyncClient(base_url=self.desk, trust_env=False) as http:
                reply = await http.get(f"/look/{parked.run_id}/{json.loads(parked.args)['what']}")
            found = reply.raise_for_status().json()
            await run.resolve(parked.path, Verb.DONE if found else Verb.NOT_DONE, answer=found)

    async def _runs(self, statuses: tuple[Status, ...] = ()) -> list[RunInfo]:
        found: list[RunInfo] = []
        while page := await self.engine.runs(
            RunFilter(statuses=statuses, limit=500, before=found[-1].id if found else None)
        ):
            found += page
        return found

    # ----- what is owed

    async def _audit(self, known: frozenset[str]) -> None:
        runs = await self._runs()
        acts = await asyncio.to_thread(ledger.read, self.desk_ledger)
        acknowledged = await asyncio.to_thread(_acknowledged, self.folder)
        prefix = f"{self.folder.name}-"
        ours = {run: done for run, done in acts.items() if run.startswith(prefix)}
        self.wrong += wrong(runs, ours, EXPECTED) + self.crew.bad
        lost = acknowledged - {run.id for run in runs}
        self.wrong += [f"{run_id} was acknowledged, and is lost" for run_id in lost]
        sent = await asyncio.to_thread(ledger.keys, self.desk_ledger) - known
        intended = {key for run in runs for key in await self._intended(run)}
        self.wrong += [f"a write was sent under {key}, and no run intended it" for key in sent - intended]
        self.counts["runs"] += len(runs)
        self.counts["writes"] += len(sent)
        for run in runs:
            self.counts[f"runs {run.status}"] += 1

    async def _intended(self, run: RunInfo) -> set[str]:
        """Fold a run from disk, its laws checked, and return the keys that it intended to write under."""
        await self.engine.state(run.id)
        found: list[tuple[int, Any]] = []
        while batch := await self.engine.events(run.id, after=len(found)):
            found += batch
        self.counts["taken over"] += sum(isinstance(event, RunTakenOver) for _, event in found)
        return {event.key for _, event in found if isinstance(event, WriteIntended)}


async def ordeal(folder: Path, desk: str, desk_ledger: Path, random: Random) -> Ordeal:
    """Go through one repetition in a folder of its own, and return what it found."""
    await asyncio.to_thread(folder.mkdir)
    crew = Crew(folder, desk)
    try:
        async with engine_of(folder, recovers=False) as engine:
            one = Ordeal(engine, crew, folder, desk, desk_ledger, random)
            await one.go_through()
            return one
    finally:
        await crew.close()


def _acknowledged(folder: Path) -> set[str]:
    path = folder / "acknowledged"
    return set(path.read_text().split()) if path.exists() else set()
