"""Plays a case on a stage, and holds what came of it against what was to come."""

import asyncio
import json
import secrets
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from dataclasses import replace
from typing import Any

from pydantic_core import to_json

from podium.core.events import Event
from podium.engine.engine import Engine
from podium.engine.handle import Handle
from podium.engine.ports import Status
from podium.errors import RefusedError, RunEndedError
from podium.testing.conformance.engines import case as cases
from podium.testing.conformance.engines.canonical import canonical, out_of_order
from podium.testing.conformance.engines.case import Act, Case, Told
from podium.testing.conformance.engines.known import known
from podium.testing.conformance.engines.service import Service
from podium.testing.conformance.engines.stage import Stage


async def play(case: Case, stage: Stage) -> Told:
    """Play a case from its beginning to its end."""
    player = _Player(case, stage)
    async with player.stack:
        await player.enter()
        player.run = await player.engine.start(case.workflow, case.input, id=f"case-{secrets.token_hex(4)}")
        for number, act in enumerate(case.script):
            await stage.let_pass(player.until(act.after))
            await player.do(act, str(number))
        return await stage.let_pass(player.end())


async def check(case: Case, stage: Stage) -> Told:
    """Play a case and return what came of it; raise AssertionError where that is not what the case says."""
    told = await play(case, stage)
    hold(case, told)
    return told


def hold(case: Case, told: Told) -> None:
    """Hold what came of a case against what the case says, and against what was told of it before."""
    assert told.status is case.ends, f"{case.name} ended as {told.status}: {told.failure}"
    if case.fails:
        assert told.failure == case.fails, f"{case.name} failed with {told.failure}"
    if isinstance(case.gives, dict):
        assert isinstance(told.result, dict), told.result
        assert {name: told.result[name] for name in case.gives} == case.gives
    elif case.gives is not None:
        assert told.result == case.gives
    assert sorted(told.effects) == sorted(case.effects), f"{case.name} did {told.effects}"
    assert out_of_order(case.workflow.graph, told.events) == []
    if not case.varies:
        assert canonical(told.events) == known(case.name), f"{case.name} was told in another way"


class _Player:
    """A case under way."""

    def __init__(self, case: Case, stage: Stage) -> None:
        self.case, self.stage = case, stage
        self.service = Service(case.faults)
        self.stack = AsyncExitStack()
        self.refusals: list[str] = []
        self.engine: Engine
        self.run: Handle[Any]
        self._is_gone = False

    async def enter(self) -> None:
        """Open an engine."""
        self.engine = self.stage.engine((self.case.workflow,), self._resources)
        await self.engine.__aenter__()
        self.stack.push_async_callback(self._leave, self.engine)
        self._is_gone = False

    async def _leave(self, engine: Engine) -> None:
        if engine is self.engine and not self._is_gone:
            self.service.release_all()
            await engine.__aexit__(None, None, None)

    @asynccontextmanager
    async def _resources(self) -> AsyncIterator[Service]:
        yield self.service

    async def until(self, after: str) -> None:
        """Wait until an event is committed."""
        if not after:
            return
        if after.startswith("call "):
            await self.service.heard(after.removeprefix("call "))
            return
        wanted, _, count = after.partition(" #")
        left = int(count or 1)
        async with aclosing(self.run.events()) as events:
            async for _, event in events:
                left -= _is_event(event, wanted)
                if left == 0:
                    return
        message = f"{self.case.name} ended before {after}"
        raise AssertionError(message)

    async def do(self, act: Act, place: str) -> None:
        """Let something happen, and keep whether it was refused."""
        if isinstance(act, cases.AtOnce):
            await self._do_at_once(act, place)
            return
        try:
            await self._do(act)
        except RefusedError:
            self.refusals.append(place)
            return
        assert not act.is_refused, f"{act} was not refused"

    async def _do_at_once(self, act: cases.AtOnce, place: str) -> None:
        """Begin one after the other, each some turns later, when but the last ms of the time to pass has passed."""
        wait_ms = max((inner.ms for inner in act.acts if isinstance(inner, cases.Pass)), default=0)
        if wait_ms:
            await self.stage.pass_ms(wait_ms - 1)
        tasks = []
        for nth, inner in enumerate(act.acts):
            last = replace(inner, ms=1) if isinstance(inner, cases.Pass) else inner
            tasks.append(asyncio.create_task(self.do(last, f"{place}.{nth}")))
            for _ in range(act.lead):
                await asyncio.sleep(0)
        await self.stage.let_pass(_all(tasks))

    async def _do(self, act: Act) -> None:
        match act:
            case cases.Pass():
                await self.stage.pass_ms(act.ms)
            case cases.Answer():
                await self.run.answer(act.path, act.answer, by="ann")
            case cases.Signal():
                await self.run.signal(act.name, act.payload)
            case cases.Cancel():
                await self.run.cancel("enough", by="ann")
            case cases.RetryRun():
                await self.run.retry(by="ann")
            case cases.Resolve():
                await self.run.resolve(act.path, act.verb, answer=act.answer, by="ann")
            case cases.ForkRun():
                self.run = await self.run.fork(at=act.at, writes=act.writes, id=f"{self.run.id}-fork")
            case cases.Release():
                self.service.release(act.tool)
            case _:
                await self._change_engine(act)

    async def _change_engine(self, act: Act) -> None:
        self._is_gone = True
        if isinstance(act, cases.Crash):
            await self.stage.crash(self.engine)
        else:
            await self.engine.__aexit__(None, None, None)
        run_id = self.run.id
        await self.enter()
        self.run = await self.engine.get(run_id)

    async def end(self) -> Told:
        """Wait for the end, and read what there is."""
        result, failure = None, ""
        try:
            result = as_json(await self.run.result())
        except RunEndedError as error:
            failure = error.failure.type if error.failure else ""
        info = await self.run.status()
        events = [event async for _, event in self.run.events()]
        effects = list(self.service.effects.values())
        assert info.status is not Status.COMPLETED or result is not None or info.output == "null"
        return Told(
            status=info.status,
            result=result,
            failure=failure,
            events=events,
            effects=effects,
            refusals=sorted(self.refusals),
        )


async def _all(tasks: Sequence[asyncio.Task[None]]) -> None:
    await asyncio.gather(*tasks)


def _is_event(event: Event, wanted: str) -> bool:
    return wanted == f"{type(event).__name__} {getattr(event, 'path', '')}".strip()


def as_json(value: Any) -> Any:
    """Return a result as JSON would have it."""
    return json.loads(to_json(value))
