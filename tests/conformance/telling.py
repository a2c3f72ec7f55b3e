"""Plays a grown workflow on a stage: the other side errs by lot, and a person answers what is asked, by lot too."""

import asyncio
import zlib
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any

from podium import Approve, Handle, Reject, Verb
from podium.core import events as ev
from podium.core.path import is_undo, parse
from podium.core.stimuli import ParkReason
from podium.errors import RefusedError, RunEndedError, StoreUnavailableError
from podium.testing.conformance.engines import Stage
from podium.testing.conformance.engines.parts import Trip
from podium.testing.conformance.engines.play import as_json
from podium.testing.conformance.engines.service import Service
from tests.conformance.growing import SAFE

TRIES = 2
"""A call goes wrong so often at most."""


class Lot(Service):
    """The other side: what becomes of a call follows from the seed and the call, not from who is first."""

    def __init__(self, seed: int) -> None:
        super().__init__({})
        self.seed = seed
        self._seen: Counter[str] = Counter()

    def _way(self, tool: str, argument: str, key: str = "") -> str:
        call = f"{tool}:{argument}" + ("" if "un" in tool else f":{key}")
        self._seen[call] += 1
        nth = self._seen[call]
        if nth > TRIES or draw(self.seed, 2, tool, argument, nth):
            return "well"
        recovers = tool.startswith(SAFE[:4]) or "un" in tool
        ways = ("lost", "unsent") if recovers else ("refused", "refused", "lost", "gone", "unsent")
        return ways[draw(self.seed, len(ways), "way", tool, argument, nth)]


def draw(seed: int, limit: int, *about: object) -> int:
    return zlib.crc32(repr((seed, *about)).encode()) % limit


@dataclass(frozen=True)
class Outcome:
    """What came of it."""

    status: str
    result: Any
    failure: str
    effects: Sequence[str]
    events: Sequence[ev.Event]


async def tell(workflow: Any, seed: int, stage: Stage, *, run_id: str = "told") -> Outcome:
    """Play a workflow to its end."""
    service = Lot(seed)

    @asynccontextmanager
    async def resources() -> AsyncIterator[Service]:
        yield service

    async with stage.engine((workflow,), resources) as engine:
        run = await engine.start(workflow, Trip(), id=run_id)
        person = asyncio.create_task(_attend(run, seed))
        result, failure = None, ""
        try:
            result = as_json(await stage.let_pass(run.result()))
        except RunEndedError as error:
            failure = str(error.failure)
        await stage.let_pass(_ended(person))
        status = (await run.status()).status
        events = [event async for _, event in run.events()]
    return Outcome(str(status), result, failure, sorted(service.effects.values()), events)


async def _ended(task: asyncio.Task[None]) -> None:
    await task


async def _attend(run: Handle[Any], seed: int) -> None:
    """Answer whatever the run asks until it is over, also while a busy machine does not answer in time."""
    person = Person(run, seed)
    while not person.is_over:
        with suppress(StoreUnavailableError):
            await person.follow()


class Person:
    """Whoever answers a run.

    Attributes:
        is_over: The run is.
    """

    def __init__(self, run: Handle[Any], seed: int) -> None:
        self.is_over = False
        self._run, self._seed, self._after = run, seed, 0
        self._asked: Counter[str] = Counter()

    async def follow(self) -> None:
        """Go on with what was not answered yet."""
        async with aclosing(self._run.events(after=self._after)) as events:
            async for number, event in events:
                path = getattr(event, "path", "")
                with suppress(RefusedError):
                    await _say(self._run, event, draw(self._seed, 100, path, self._asked[path]))
                self._asked[path] += 1
                self._after = number
        self.is_over = True


async def _say(run: Handle[Any], event: ev.Event, lot: int) -> None:
    match event:
        case ev.TaskOpened(path=path, approval=True):
            await run.answer(path, lot % 4 != 0)
        case ev.TaskOpened(path=path):
            await run.answer(path, Approve() if lot % 2 else Reject())
        case ev.StepStarted(path=path) if parse(path).name.startswith("wait"):
            if lot % 5 == 0:
                with suppress(RefusedError):  # it can only go forward
                    await run.cancel()
            await run.signal(parse(path).name, f"signal {lot}")
        case ev.StepParked(path=path, reason=reason):
            verb = _verb(path, ParkReason(reason), lot)
            await run.resolve(path, verb, answer="by hand" if verb is Verb.DONE and not is_undo(path) else None)
        case _:
            pass


def _verb(path: str, reason: ParkReason, lot: int) -> Verb:
    """Return what a person decides; one of the verbs that can be meant."""
    if reason is ParkReason.FORWARD_ONLY:
        return (Verb.SEND_AGAIN, Verb.ABORT)[lot % 2]
    if is_undo(path):
        return Verb.SKIP if reason is not ParkReason.IN_DOUBT else Verb.NOT_DONE
    return (Verb.DONE, Verb.NOT_DONE, Verb.SEND_AGAIN, Verb.ABORT)[lot % 4]
