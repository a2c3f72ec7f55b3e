"""Doubt never shows in an author's code, whatever the code catches or cleans up; and nothing is called after it."""

import asyncio
import contextlib
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from podium import END, FROM_ENGINE, START, StateMachine, Verb, step
from podium.core import events as ev
from tests.unit.engine.rig import Rig, turns, until
from tests.unit.engine.world import ANY_ERROR, WHATEVER, Trip, World, book, charge, look

TOOLS: dict[str, Callable[[str], Coroutine[Any, Any, str]]] = {"charge": charge, "book": book}


async def other_write(what: str) -> str:
    return await TOOLS["book"](what)


@step
async def catches_exceptions(trip: Trip, *, world: World = FROM_ENGINE) -> None:
    try:
        trip.booked = await charge("seat")
    except ANY_ERROR:
        world.seen.append("caught")
        trip.booked = await other_write("instead")


@step
async def catches_everything(trip: Trip, *, world: World = FROM_ENGINE) -> None:
    try:
        trip.booked = await charge("seat")
    except WHATEVER:
        with contextlib.suppress(BaseException):
            trip.booked = await other_write("instead")
        world.seen.append("left")


@step
async def suppresses(trip: Trip) -> None:
    with contextlib.suppress(BaseException):
        trip.booked = await charge("seat")
    trip.found = await look("after")
    trip.booked = await other_write("instead")


@step
async def cleans_up_with_a_read(trip: Trip) -> None:
    try:
        trip.booked = await charge("seat")
    finally:
        trip.found = await look("finally")


@step
async def cleans_up_with_a_write(trip: Trip) -> None:
    try:
        trip.booked = await charge("seat")
    finally:
        await other_write("finally")


@step
async def gathers(trip: Trip) -> None:
    ended = await asyncio.gather(charge("seat"), look("beside"), return_exceptions=True)
    trip.log = [str(end) for end in ended]
    trip.found = await look("after")


@step
async def leaves_it_in_the_background(trip: Trip) -> None:
    task = asyncio.create_task(charge("seat"))
    await asyncio.sleep(0)
    trip.found = await look("beside")
    await task


@step
async def gives_up_waiting(trip: Trip) -> None:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(0):
            trip.booked = await charge("seat")


STEPS = [
    catches_exceptions,
    catches_everything,
    suppresses,
    cleans_up_with_a_read,
    cleans_up_with_a_write,
    gathers,
    leaves_it_in_the_background,
    gives_up_waiting,
]
MACHINES = {state.name: StateMachine(state.name, Trip, START >> state >> END, tools=[charge, book]) for state in STEPS}
each_step = pytest.mark.parametrize("name", list(MACHINES))


@each_step
async def test_write_in_doubt_parks_and_nothing_is_called_after_it(rig: Rig, world: World, name: str) -> None:
    world.losses["charge"] = [ConnectionResetError("in the middle")]
    engine = await rig.open()
    run = await engine.start(MACHINES[name], Trip())
    parked = await until(run, ev.StepParked)
    assert parked.reason == "in-doubt"
    await turns()
    assert [call for call in world.calls if call not in ("look:beside", "charge:seat")] == []
    assert len(world.effects) == 1
    assert "caught" not in world.seen


@each_step
async def test_step_whose_doubt_is_resolved_is_run_again_over_its_write(rig: Rig, world: World, name: str) -> None:
    world.losses["charge"] = [ConnectionResetError("in the middle")]
    engine = await rig.open()
    run = await engine.start(MACHINES[name], Trip())
    await until(run, ev.StepParked)
    await run.resolve(name, Verb.DONE, answer="by hand")
    await until(run, ev.StepResolved)
    with contextlib.suppress(Exception):  # two of them then ask for a second write
        await run.result()
    assert world.count("charge") == 1
    assert len(world.effects) == 1


@each_step
async def test_write_that_was_under_way_at_a_crash_parks_before_the_step_is_entered(
    rig: Rig, world: World, name: str
) -> None:
    world.gate("charge")
    engine = await rig.open(MACHINES[name])
    await engine.start(MACHINES[name], Trip(), id="one")
    await world.entered["charge"].wait()
    await rig.crash(engine)
    before = list(world.calls)
    other = await rig.open(MACHINES[name])
    parked = await until(await other.get("one"), ev.StepParked)
    assert parked.reason == "in-doubt"
    await turns()
    assert world.calls == before
    assert len(world.effects) == 1
