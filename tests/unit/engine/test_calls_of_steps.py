"""`calls=`: what a step says of the calls inside it counts over what its tools say, guard by guard."""

import asyncio
from typing import Any

import pytest

from podium import END, FROM_ENGINE, START, Dag, Guards, IdempotencyKey, Retry, StateMachine, node, step, tool
from podium.core import events as ev
from podium.errors import RunFailedError
from podium.testing.clock import FakeClock
from tests.unit.engine.rig import Rig, in_time, turns, until, valve
from tests.unit.engine.world import AT_ONCE, Trip, World, look

ONCE = Guards(retry=Retry(attempts=1))


@step(calls=ONCE)
async def impatient(trip: Trip) -> None:
    trip.found = await look("asked")


@step(retry=Retry(attempts=3, base=0, cap=0), calls=ONCE)
async def insisting(trip: Trip, *, world: World = FROM_ENGINE) -> None:
    world.seen.append("entered")
    trip.found = await look("asked")


@step
async def patient(trip: Trip) -> None:
    trip.found = await look("asked")


@node(calls=ONCE)
async def asking(city: str) -> str:
    return await look(city)


def alone(state: Any) -> Any:
    return StateMachine("alone", Trip, START >> state >> END)


TOOL = look.state("tool", take={"what": "city"}, calls=ONCE)
ASK = alone(TOOL)
NODES: Any = Dag("nodes", Trip, asking, gives=asking)
TOOLS: Any = Dag("tools", Trip, asked := look.node("asked", take={"what": "city"}, calls=ONCE), gives=asked)
INNER: Any = alone(ASK.as_state("inner"))


@pytest.mark.parametrize("workflow", [alone(impatient), ASK, NODES, TOOLS, INNER], ids=lambda one: one.name)
async def test_step_says_how_often_its_calls_are_tried(rig: Rig, world: World, workflow: Any) -> None:
    world.failures["look"] = [ConnectionError("reset")] * 9
    engine = await rig.open()
    with pytest.raises(RunFailedError):
        await (await engine.start(workflow, Trip())).result()
    assert world.count("look") == 1


async def test_what_one_step_says_does_not_reach_another(rig: Rig, world: World) -> None:
    world.failures["look"] = [ConnectionError("reset")] * 4
    engine = await rig.open()
    with pytest.raises(RunFailedError):
        await (await engine.start(alone(patient), Trip(), id="patient")).result()
    assert world.count("look") == 3
    with pytest.raises(RunFailedError):
        await (await engine.start(alone(impatient), Trip(), id="impatient")).result()
    assert world.count("look") == 4


async def test_step_does_not_try_again_what_its_calls_gave_up(rig: Rig, world: World) -> None:
    world.failures["look"] = [ConnectionError("reset")] * 9
    engine = await rig.open()
    with pytest.raises(RunFailedError):
        await (await engine.start(alone(insisting), Trip())).result()
    assert (world.seen, world.count("look")) == (["entered"], 1)


async def test_what_the_step_does_not_say_is_the_tools(rig: Rig, world: World) -> None:
    """The tool tries three times; the step gives each of them 5 s instead of for ever."""
    hasty: Any = alone(look.state("hasty", take={"what": "city"}, calls=Guards(timeout=5)))
    clock = FakeClock()
    world.gate("look")
    engine = await rig.open(clock=clock)
    run = await engine.start(hasty, Trip())
    with pytest.raises(RunFailedError, match="TimeoutError"):
        await in_time(clock, run.result())
    assert world.count("look") == 3


@tool.write(idempotent=True, retry=AT_ONCE)
async def pay(what: str, *, key: IdempotencyKey = FROM_ENGINE, world: World = FROM_ENGINE) -> str:
    return await world.act("pay", what, key=key)


paying: Any = alone(pay.state("paying", take={"what": "city"}, give="booked", calls=ONCE))


async def test_write_that_is_taken_over_has_the_guards_of_its_step(rig: Rig, world: World) -> None:
    """One try before the crash, and one after it: the write is in doubt then, and waits before the next."""
    clock = FakeClock()
    world.gate("pay")
    first = await rig.open(paying, clock=clock)
    run = await first.start(paying, Trip(), id="one")
    await until(run, ev.WriteIntended)
    await world.entered["pay"].wait()
    valve(first).mute()
    await rig.crash(first)
    world.open_gates()
    world.failures["pay"] = [ConnectionError("reset")] * 9
    assert world.count("pay") == 1
    second = await rig.open(paying, clock=clock)
    await until(await second.get("one"), ev.StepPostponed)
    assert world.count("pay") == 2
    world.failures["pay"] = []
    trip = await in_time(clock, (await second.get("one")).result())
    assert trip.booked == "Busan!"
    assert world.done == ["pay:Busan"]


# ----- what is called in a tool's place has the guards of the step too


@tool.read(retry=AT_ONCE)
async def archive(what: str, *, world: World = FROM_ENGINE) -> str:
    return await world.act("archive", what)


@tool.read(retry=AT_ONCE, fallback=[archive])
async def ask(what: str, *, world: World = FROM_ENGINE) -> str:
    return await world.act("ask", what)


@tool.write(retry=AT_ONCE)
async def drive(what: str, *, key: IdempotencyKey = FROM_ENGINE, world: World = FROM_ENGINE) -> str:
    return await world.act("drive", what, key=key)


@tool.write(retry=AT_ONCE, fallback=[drive])
async def fly(what: str, *, key: IdempotencyKey = FROM_ENGINE, world: World = FROM_ENGINE) -> str:
    return await world.act("fly", what, key=key)


flying: Any = alone(fly.state("flying", take={"what": "city"}, give="booked", calls=ONCE))


async def test_what_stands_in_for_a_tool_is_tried_as_the_step_says(rig: Rig, world: World) -> None:
    for name in ("ask", "archive"):
        world.failures[name] = [ConnectionError("reset")] * 9
    engine = await rig.open()
    asking: Any = alone(ask.state("asking", take={"what": "city"}, calls=ONCE))
    with pytest.raises(RunFailedError):
        await (await engine.start(asking, Trip())).result()
    assert world.calls == ["ask:Busan", "archive:Busan"]


async def test_what_stands_in_for_a_write_is_tried_as_the_step_says_by_another_process(rig: Rig, world: World) -> None:
    """The first process is closed between the intent and the first byte; the second one sends."""
    for name in ("fly", "drive"):
        world.failures[name] = [ConnectionRefusedError("no")] * 9
    await leave_unsent(rig, flying)
    assert world.calls == []
    second = await rig.open(flying)
    with pytest.raises(RunFailedError):
        await (await second.get("one")).result()
    assert world.calls == ["fly:Busan", "drive:Busan"]


async def leave_unsent(rig: Rig, workflow: Any) -> None:
    """Let a process be closed when the intent of its run's write is on disk, and nothing was sent."""
    engine = await rig.open(workflow)
    valve(engine).shut()
    await engine.start(workflow, Trip(), id="one")
    await turns()
    closing = asyncio.create_task(engine.__aexit__(None, None, None))
    rig._dead.append(engine)
    await turns()
    valve(engine).let_go()
    await closing
