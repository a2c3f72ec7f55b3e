"""Candidates of a call share its time, pass their own guards, and are asked rather than waited for."""

import asyncio
from collections.abc import Callable
from typing import Any, ClassVar

import pytest

from podium import END, FROM_ENGINE, START, Breaker, IdempotencyKey, Retry, StateMachine, step, tool
from podium.core import events as ev
from podium.engine.engine import Engine
from podium.errors import RunFailedError
from podium.testing.clock import FakeClock
from tests.unit.engine.rig import Rig, in_time, until
from tests.unit.engine.world import Trip, World

DOWN = ConnectionRefusedError("down")
LOST = ConnectionResetError("in the middle")
ONCE = Retry(attempts=1)


@tool.read(retry=ONCE)
async def archive(what: str, *, world: World = FROM_ENGINE) -> str:
    return await world.act("archive", what)


@tool.write(retry=ONCE)
async def train(city: str, *, key: IdempotencyKey = FROM_ENGINE, world: World = FROM_ENGINE) -> str:
    return await world.act("train", city, key=key)


async def intents(engine: Engine, run_id: str) -> list[ev.WriteIntended]:
    return [event for _, event in await engine.events(run_id) if isinstance(event, ev.WriteIntended)]


def hanging(name: str, asked: list[tuple[str, int]], clock: FakeClock) -> Callable[..., Any]:
    async def hang(what: str) -> str:
        asked.append((name, clock.mono_ms()))
        await asyncio.Event().wait()
        return what

    hang.__name__ = name
    return hang


async def test_candidates_share_the_time_that_the_call_has(rig: Rig) -> None:
    clock, asked = FakeClock(), list[tuple[str, int]]()
    others = [tool.read(retry=ONCE)(hanging(name, asked, clock)) for name in ("second", "third")]
    first = tool.read(retry=ONCE, deadline=10, fallback=others)(hanging("first", asked, clock))
    machine = StateMachine("hurried", Trip, START >> first.state("find", take={"what": "city"}) >> END)
    engine = await rig.open(clock=clock)
    run = await engine.start(machine, Trip())
    while not asked:
        await asyncio.sleep(0)
    began_ms = clock.mono_ms()
    ended = asyncio.create_task(run.result())
    while not ended.done():
        await clock.advance(10)
        await asyncio.wait([ended], timeout=0.0001)
    with pytest.raises(RunFailedError, match="FallbackFailed") as failed:
        await ended
    at = {name: ms - began_ms for name, ms in asked}
    assert at["first"] == 0
    assert 3_900 <= at["second"] <= 4_050
    assert 6_900 <= at["third"] <= 7_100
    assert clock.mono_ms() - began_ms <= 10_100
    assert failed.value.failure is not None
    assert {cause.kind.value for cause in failed.value.failure.causes} == {"transient"}


class Throttled(Exception):  # noqa: N818  # what a client raises
    """429, with a long time to wait."""

    class response:  # noqa: N801  # as clients have it
        status_code = 429
        headers: ClassVar[dict[str, str]] = {"retry-after": "600"}


@tool.read(fallback=[archive])
async def busy(what: str, *, world: World = FROM_ENGINE) -> str:
    return await world.act("busy", what)


@tool.write(fallback=[train])
async def airline(city: str, *, key: IdempotencyKey = FROM_ENGINE, world: World = FROM_ENGINE) -> str:
    return await world.act("airline", city, key=key)


@tool.read(breaker=Breaker("lake", consecutive=1), retry=Retry(attempts=2, base=0, cap=0), fallback=[archive])
async def lake(what: str, *, world: World = FROM_ENGINE) -> str:
    return await world.act("lake", what)


async def test_another_tool_is_asked_rather_than_a_long_retry_after_waited_for(rig: Rig, world: World) -> None:
    world.failures["busy"] = [Throttled()]
    machine = StateMachine("busy", Trip, START >> busy.state("find", take={"what": "city"}, give="found") >> END)
    engine = await rig.open()
    assert (await (await engine.start(machine, Trip())).result()).found == "Busan!"
    assert world.calls == ["busy:Busan", "archive:Busan"]


async def test_another_tool_writes_rather_than_a_long_retry_after_is_waited_for(rig: Rig, world: World) -> None:
    world.failures["airline"] = [Throttled()]
    machine = StateMachine("away", Trip, START >> airline.state("go", take={"city": "city"}, give="booked") >> END)
    engine = await rig.open()
    assert (await (await engine.start(machine, Trip())).result()).booked == "Busan!"
    assert world.calls == ["airline:Busan", "train:Busan"]
    assert world.done == ["train:Busan"]


async def test_another_tool_is_asked_rather_than_an_open_breaker_waited_for(rig: Rig, world: World) -> None:
    world.failures["lake"] = [LOST]
    machine = StateMachine("lake", Trip, START >> lake.state("find", take={"what": "city"}, give="found") >> END)
    engine = await rig.open()
    for name in ("one", "two"):
        assert (await (await engine.start(machine, Trip(), id=name)).result()).found == "Busan!"
    assert world.calls == ["lake:Busan", "archive:Busan", "archive:Busan"]


async def test_last_one_may_wait_for_long_and_then_all_are_asked_again(rig: Rig, world: World) -> None:
    clock = FakeClock()
    world.failures["quick"], world.failures["lazy"] = [Throttled(), DOWN], [Throttled()]
    engine = await rig.open(clock=clock)
    machine = StateMachine("patient", Trip, START >> find_patiently >> END)
    run = await engine.start(machine, Trip())
    postponed = await in_time(clock, until(run, ev.StepPostponed))
    assert postponed.until - postponed.at >= 600_000
    assert (await in_time(clock, run.result(), leap_ms=60_000)).found == "Busan!"
    assert world.calls == ["quick:Busan", "lazy:Busan"] * 2


async def test_last_one_to_write_may_wait_for_long_and_is_sent_by_itself_then(rig: Rig, world: World) -> None:
    clock = FakeClock()
    world.failures["airline"], world.failures["slow_train"] = [DOWN], [Throttled()]
    engine = await rig.open(clock=clock)
    machine = StateMachine("going", Trip, START >> goes.state("go", take={"city": "city"}, give="booked") >> END)
    run = await engine.start(machine, Trip())
    await in_time(clock, until(run, ev.StepPostponed))
    assert (await in_time(clock, run.result(), leap_ms=60_000)).booked == "Busan!"
    assert world.calls == ["goes:Busan", "slow_train:Busan", "slow_train:Busan"]
    assert [(event.tool, event.candidate) for event in await intents(engine, run.id)] == [
        ("goes", 0),
        ("slow_train", 1),
        ("slow_train", 1),
    ]


@tool.write(idempotent=True)
async def slow_train(city: str, *, key: IdempotencyKey = FROM_ENGINE, world: World = FROM_ENGINE) -> str:
    return await world.act("slow_train", city, key=key)


@tool.write(retry=ONCE, fallback=[slow_train])
async def goes(city: str, *, key: IdempotencyKey = FROM_ENGINE, world: World = FROM_ENGINE) -> str:
    world.failures["goes"] = [DOWN]
    return await world.act("goes", city, key=key)


@step
async def find_patiently(trip: Trip) -> None:
    trip.found = await quick(trip.city)


@tool.read
async def lazy(what: str, *, world: World = FROM_ENGINE) -> str:
    return await world.act("lazy", what)


@tool.read(retry=ONCE, fallback=[lazy])
async def quick(what: str, *, world: World = FROM_ENGINE) -> str:
    return await world.act("quick", what)
