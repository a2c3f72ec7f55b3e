"""Runs the trip of the demo in workers, kills the first one at the planned moment, and tells what is seen.

It only watches: the runs belong to the workers, and what is told is what is on disk.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, suppress
from typing import Any, Final

import httpx
from pydantic import TypeAdapter

from podium.core.events import Event, WriteIntended
from podium.demo.client import DeskClient, desk_client
from podium.demo.desk.audit import read_audit
from podium.demo.desk.models import Fault, Kind
from podium.demo.desk.process import Desk
from podium.demo.plan import Kill, Plan, state_of
from podium.demo.process import Worker, WorkerEndedError, worker_process
from podium.demo.telling import OVER, known, words
from podium.engine.engine import Engine
from podium.engine.handle import Handle

Tell = Callable[[str], None]

PATIENCE_S: Final = 60.0
"""So long the run may take from one moment of the story to the next."""

_IN_HAND_S: Final = 3.0
_LOOK_S: Final = 0.02
_FAULTS: Final = TypeAdapter(list[Fault])


class NotGettingOnError(RuntimeError):
    """A run took longer than anything in the demo can explain."""

    def __init__(self, run_id: str) -> None:
        super().__init__(f"{run_id} did not get on for {PATIENCE_S:.0f} s")


class Conductor:
    """Conducts one trip.

    Args:
        plan: What is to happen.
        desk: The services, up.
        engine: Open on the plan's database, with no workflows: it watches and runs nothing.
        tell: Takes lines.
    """

    def __init__(self, plan: Plan, desk: Desk, *, engine: Engine, tell: Tell) -> None:
        self._plan = plan
        self._desk = desk
        self._engine = engine
        self._tell = tell
        self._begun_at = 0
        self._seen = 0
        self._run: Handle[Any]
        self._events: AsyncIterator[tuple[int, Event]]

    async def travel(self) -> bool:
        """Take the trip to its end; return whether that is the end that was planned."""
        await self._plant_faults()
        async with self._worker(1) as worker:
            self._tell(f"worker 1 (pid {worker.pid}) runs {self._plan.run_id}:")
            self._run = await self._engine.get(self._plan.run_id)
            self._events = self._run.events()
            last = await self._follow(worker, self._plan.kill)
            if not isinstance(last, OVER):
                last = await self._kill(worker, last)
            if isinstance(last, OVER):
                return self._is_as_planned(last)
        await self._tell_what_is_known()
        async with self._worker(2) as worker:
            self._tell(f"worker 2 (pid {worker.pid}) starts on the same database:")
            return isinstance(await self._follow(worker, None), self._plan.ends)

    def _worker(self, number: int) -> AbstractAsyncContextManager[Worker]:
        plan = self._plan
        trip = plan.trip if number == 1 else None
        return worker_process(plan.url, self._desk.urls, log=plan.folder / f"worker-{number}.log", trip=trip)

    async def _plant_faults(self) -> None:
        async with httpx.AsyncClient(trust_env=False) as http:
            for kind, url in self._desk.urls.items():
                script = _FAULTS.dump_json(list(self._plan.faults.get(kind, ())))
                (await http.post(f"{url}/faults", content=script)).raise_for_status()

    async def _follow(self, worker: Worker, kill: Kill | None) -> Event:
        """Tell every event until the one that the kill waits for, or one after which the run does not get on.

        Raises:
            WorkerEndedError: The worker ended before.
            NotGettingOnError: Neither happened within `PATIENCE_S`.
        """
        reading = asyncio.create_task(self._read(kill))
        ended = asyncio.create_task(worker.ended())
        try:
            await asyncio.wait({reading, ended}, timeout=PATIENCE_S, return_when=asyncio.FIRST_COMPLETED)
            if reading.done():
                return reading.result()
            if ended.done():
                raise WorkerEndedError(worker.log, what="ended by itself")
            raise NotGettingOnError(self._plan.run_id)
        finally:
            await _called_off(reading, ended)

    async def _read(self, kill: Kill | None) -> Event:
        while True:
            event = await self._next()
            if isinstance(event, OVER) or (kill is not None and kill.strikes(event)):
                return event

    async def _next(self) -> Event:
        """Tell the next event."""
        self._seen, event = await anext(self._events)
        self._tell_event(event)
        return event

    def _tell_event(self, event: Event) -> None:
        self._begun_at = self._begun_at or event.at
        said = words(event)
        if said is not None:
            at_s = (event.at - self._begun_at) / 1000
            self._tell(f"  {at_s:6.2f}s  {state_of(getattr(event, 'path', '')) or 'trip':<10} {said}")

    # ----- the kill

    async def _kill(self, worker: Worker, event: Event) -> Event:
        """Kill the worker and return the last event that it still got on disk."""
        kill = self._plan.kill
        assert kill is not None, "the run stopped at the kill"
        if kill.in_hand is not None and isinstance(event, WriteIntended):
            await self._until_in_hand(kill.in_hand, event.key)
        await worker.kill()
        state = await self._engine.state(self._plan.run_id)
        while self._seen < state.seq:
            event = await self._next()
        self._tell(f"worker 1 is killed with SIGKILL, while {kill.words}")
        return event

    async def _until_in_hand(self, kind: Kind, key: str) -> None:
        """Wait until the service works on the request; not for ever, since one that ignores keys does not say."""
        async with desk_client(self._desk.urls) as desk:
            with suppress(TimeoutError):
                await asyncio.wait_for(_until_works_on(desk, kind, key), _IN_HAND_S)

    def _is_as_planned(self, last: Event) -> bool:
        """Claim that the run ended as planned, and that no kill was planned: one that never came has shown nothing."""
        if self._plan.kill is not None:
            self._tell("the run was over before its worker was killed, so this has shown nothing")
        return self._plan.kill is None and isinstance(last, self._plan.ends)

    async def _tell_what_is_known(self) -> None:
        info = await self._run.status()
        state = await self._engine.state(self._plan.run_id)
        self._tell("what is known now, with no worker alive:")
        self._tell(f"  on disk   {info.id} is {info.status}, {state.seq} events, held by a process that is dead")
        for what, said in known(state):
            self._tell(f"  {what:<9} {said}")
        counts = {service.kind: service.booked for service in read_audit(self._plan.desk).services}
        said = ", ".join(f"{kind} {count}" for kind, count in counts.items())
        self._tell(f"  outside   bookings in the services' own ledgers: {said}; Podium can not see these")


async def _until_works_on(desk: DeskClient, kind: Kind, key: str) -> None:
    while not await _works_on(desk, kind, key):  # noqa: ASYNC110  # see below
        await asyncio.sleep(_LOOK_S)  # the service is another process: it can only be asked


async def _works_on(desk: DeskClient, kind: Kind, key: str) -> bool:
    """Claim that the service has a request with this key before it."""
    try:
        await desk.find(kind, key=key)
    except httpx.HTTPStatusError as error:
        return error.response.status_code == httpx.codes.CONFLICT
    return False


async def _called_off(*tasks: asyncio.Task[Any]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)
