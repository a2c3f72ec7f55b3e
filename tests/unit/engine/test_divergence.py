"""Code that does something else when it is run again parks or finishes; it never has a second effect."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import datetime
from typing import Any

import pytest

from podium import END, FROM_ENGINE, START, Engine, StateMachine, Verb, step
from podium.core import events as ev
from podium.errors import RunFailedError
from podium.workflow.state import State
from tests.unit.engine.rig import Rig, story, until, valve
from tests.unit.engine.world import Trip, World, book, look, order

BY_MODE: dict[str, Callable[[str], Coroutine[Any, Any, str]]] = {"first": book, "second": order}


@step
async def other_write(trip: Trip, *, world: World = FROM_ENGINE) -> None:
    trip.booked = await BY_MODE[world.mode]("seat")


@step
async def other_argument(trip: Trip, *, world: World = FROM_ENGINE) -> None:
    trip.booked = await book(f"seat for the {world.mode}")


@step
async def no_write(trip: Trip, *, world: World = FROM_ENGINE) -> None:
    if world.mode == "first":
        trip.booked = await book("seat")


@step
async def clock_in_argument(trip: Trip) -> None:
    trip.booked = await book(datetime.now().isoformat())  # noqa: DTZ005  # what authors do


@step
async def read_decides(trip: Trip, *, world: World = FROM_ENGINE) -> None:
    world.calls.append(f"plain:{world.mode}")
    trip.booked = await book(await look(world.mode))


@step
async def swapped(trip: Trip, *, world: World = FROM_ENGINE) -> None:
    calls = [look("one"), book("seat"), look("two")]
    ended = await asyncio.gather(*(calls if world.mode == "first" else reversed(calls)))
    trip.log = sorted(ended)


@step
async def same_reads_swapped(trip: Trip, *, world: World = FROM_ENGINE) -> None:
    cities = ["one", "two", "one"] if world.mode == "first" else ["two", "one", "one"]
    trip.log = sorted(await asyncio.gather(*(look(city) for city in cities)))
    trip.booked = await book("seat")


@step
async def fewer_reads(trip: Trip, *, world: World = FROM_ENGINE) -> None:
    if world.mode == "first":
        await look("once")
    trip.booked = await book("seat")


@step
async def more_reads(trip: Trip, *, world: World = FROM_ENGINE) -> None:
    if world.mode != "first":
        await look("before")
    trip.booked = await book("seat")
    await look("after")


@step
async def raises_first(trip: Trip, *, world: World = FROM_ENGINE) -> None:
    if world.mode != "first":
        raise RuntimeError(world.mode)
    trip.booked = await book("seat")


PARKS = [other_write, other_argument, no_write, clock_in_argument, read_decides]
FINISHES = [swapped, same_reads_swapped, fewer_reads, more_reads]

MACHINES = {
    state.name: StateMachine(state.name, Trip, START >> state >> END, tools=[book, order])
    for state in [*PARKS, *FINISHES, raises_first]
}
Cut = Callable[[Engine], None]


def intended(engine: Engine) -> None:
    valve(engine).cut(ev.WriteIntended)


def sent_and_lost(engine: Engine) -> None:
    valve(engine).cut(ev.WriteDone, before=True)


def done(engine: Engine) -> None:
    valve(engine).cut(ev.WriteDone)


each_moment = pytest.mark.parametrize("cut", [intended, sent_and_lost, done])


async def run_again(rig: Rig, machine: StateMachine[Trip], cut: Cut) -> Engine:
    """Let the process of a run die at a moment, and let another run its step again, which now does something else."""
    engine = await rig.open(machine)
    cut(engine)
    await engine.start(machine, Trip(), id="one")
    await valve(engine).is_cut.wait()
    await rig.crash(engine)
    rig.world.mode = "second"
    return await rig.open(machine)


@each_moment
@pytest.mark.parametrize("state", PARKS, ids=lambda state: state.name)
async def test_step_that_asks_for_another_write_parks(
    rig: Rig, world: World, state: State[Trip, None], cut: Cut
) -> None:
    machine = MACHINES[state.name]
    engine = await run_again(rig, machine, cut)
    run = await engine.get("one")
    parked = await until(run, ev.StepParked)
    assert parked.reason == "diverged"
    assert "book" in parked.detail
    assert len(world.effects) == 1
    assert world.count("order") == 0


@each_moment
@pytest.mark.parametrize("state", FINISHES, ids=lambda state: state.name)
async def test_step_that_only_reads_otherwise_finishes(
    rig: Rig, world: World, state: State[Trip, None], cut: Cut
) -> None:
    machine = MACHINES[state.name]
    engine = await run_again(rig, machine, cut)
    run = await engine.get("one")
    trip = await run.result()
    assert "seat!" in (trip.booked, *trip.log)
    assert world.done == ["book:seat"]


async def test_step_that_fails_before_its_write_has_no_second_effect(rig: Rig, world: World) -> None:
    engine = await run_again(rig, MACHINES["raises_first"], sent_and_lost)
    run = await engine.get("one")
    with pytest.raises(RunFailedError, match="second"):
        await run.result()
    world.mode = "first"
    await run.retry()
    assert (await run.result()).booked == "seat!"
    assert world.done == ["book:seat"]


async def test_diverged_step_is_run_again_on_a_persons_word(rig: Rig, world: World) -> None:
    engine = await run_again(rig, MACHINES["other_argument"], sent_and_lost)
    run = await engine.get("one")
    await until(run, ev.StepParked)
    world.mode = "first"
    await run.resolve("other_argument", Verb.SEND_AGAIN)
    assert (await run.result()).booked == "seat for the first!"
    assert len(world.effects) == 1


def changing(*, new: bool) -> StateMachine[Trip]:
    """Return a machine before and after its step's code was changed."""
    if new:

        @step
        async def flight(trip: Trip) -> None:
            trip.booked = await book("seat")
            trip.found = "by the new code"

    else:

        @step
        async def flight(trip: Trip) -> None:
            trip.booked = await book("seat")

    return StateMachine("changing", Trip, START >> flight >> END)


@each_moment
async def test_changed_code_of_a_step_with_a_write_parks_before_it_is_entered(rig: Rig, world: World, cut: Cut) -> None:
    before, after = changing(new=False), changing(new=True)
    assert before.hash == after.hash
    engine = await rig.open(before)
    cut(engine)
    await engine.start(before, Trip(), id="one")
    await valve(engine).is_cut.wait()
    await rig.crash(engine)
    other = await rig.open(after)
    run = await other.get("one")
    parked = await until(run, ev.StepParked)
    assert parked.reason == "diverged"
    assert "changed" in parked.detail
    await run.resolve("flight", Verb.SEND_AGAIN)
    assert (await run.result()).found == "by the new code"
    assert world.done == ["book:seat"]
    assert (await story(other, "one")).count("WriteIntended") <= 2


async def test_changed_code_without_a_write_just_runs(rig: Rig, world: World) -> None:
    before, after = changing(new=False), changing(new=True)
    engine = await rig.open(before)
    valve(engine).cut(ev.StepStarted)
    await engine.start(before, Trip(), id="one")
    await rig.crash(engine)
    other = await rig.open(after)
    assert (await (await other.get("one")).result()).found == "by the new code"
    assert world.done == ["book:seat"]
