"""A step can ask about itself, and reach other runs: such a start or signal is its write."""

import logging

import pytest

from podium import END, FROM_ENGINE, START, Retry, StateMachine, current, step, wait
from podium.core import events as ev
from podium.errors import NotRunningError, RunFailedError
from podium.testing.clock import FakeClock
from tests.unit.engine.rig import Rig, in_time, story, until, valve
from tests.unit.engine.world import Trip, World, look

child = StateMachine("child", Trip, START >> look.state("search", take={"what": "city"}, give="found") >> END)
listener = StateMachine("listener", Trip, START >> wait("news", str, give="found") >> wait("end", str) >> END)


@step(retry=Retry(attempts=2, base=0, cap=0))
async def asks(trip: Trip, *, world: World = FROM_ENGINE) -> None:
    now = current()
    trip.log = [now.run_id, now.step, str(now.attempt)]
    now.logger.info("here")
    now.progress(0.4, "nearly")
    world.note("asks", "")


@step
async def starts(trip: Trip) -> None:
    trip.booked = await current().start(child, Trip(city="Jeju"))


@step
async def starts_named(trip: Trip) -> None:
    trip.booked = await current().start(child, Trip(city="Jeju"), id="named")


@step
async def signals(_trip: Trip) -> None:
    await current().signal("ear", "news", "from afar")


@step
async def starts_twice(_trip: Trip) -> None:
    await current().start(child, Trip())
    await current().start(child, Trip())


asking = StateMachine("asking", Trip, START >> asks >> END)
parent = StateMachine("parent", Trip, START >> starts >> END)
naming = StateMachine("naming", Trip, START >> starts_named >> END)
speaking = StateMachine("speaking", Trip, START >> signals >> END)
greedy = StateMachine("greedy", Trip, START >> starts_twice >> END)


async def test_step_knows_its_run_its_address_and_its_attempt(
    rig: Rig, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    world.failures["asks"] = [RuntimeError("once")]
    clock = FakeClock()
    engine = await rig.open(clock=clock)
    with caplog.at_level(logging.INFO, "podium.step"):
        run = await engine.start(asking, Trip(), id="one")
        trip = await in_time(clock, run.result())
    assert trip.log == ["one", "asks", "2"]
    said = [vars(record) for record in caplog.records]
    assert [(record["run_id"], record["step"], record["attempt"]) for record in said] == [
        ("one", "asks", 1),
        ("one", "asks", 2),
    ]


async def test_progress_is_told_while_the_step_runs_and_forgotten_after(rig: Rig, world: World) -> None:
    @step
    async def working(_trip: Trip) -> None:
        current().progress(0.5, "halfway")
        await look("it")

    gate = world.gate("look")
    engine = await rig.open()
    run = await engine.start(StateMachine("working", Trip, START >> working >> END), Trip())
    await world.entered["look"].wait()
    assert engine.progress_of(run.id) == {"working": (0.5, "halfway")}
    gate.set()
    await run.result()
    assert engine.progress_of(run.id) == {}


def test_nobody_else_is_running() -> None:
    with pytest.raises(NotRunningError):
        current()


async def test_start_in_a_step_starts_a_run_once(rig: Rig, world: World) -> None:
    engine = await rig.open()
    trip = await (await engine.start(parent, Trip())).result()
    assert (await (await engine.get(trip.booked)).result()).found == "Jeju!"
    assert world.count("look") == 1


@pytest.mark.parametrize("machine", [parent, naming], ids=lambda machine: machine.name)
async def test_start_in_a_step_that_is_run_again_starts_one_run(rig: Rig, machine: StateMachine[Trip]) -> None:
    engine = await rig.open(machine, child)
    valve(engine).cut(ev.WriteDone, before=True)
    await engine.start(machine, Trip(), id="one")
    await valve(engine).is_cut.wait()
    await rig.crash(engine)
    other = await rig.open(machine, child)
    trip = await (await other.get("one")).result()
    assert (await (await other.get(trip.booked)).result()).found == "Jeju!"
    assert len(await other.runs()) == 2
    assert trip.booked == "named" or machine is parent


async def test_signal_in_a_step_that_is_run_again_counts_once(rig: Rig) -> None:
    engine = await rig.open(speaking, listener)
    ear = await engine.start(listener, Trip(), id="ear")
    await until(ear, ev.StepStarted)
    valve(engine).cut(ev.WriteDone, before=True)
    await engine.start(speaking, Trip(), id="one")
    await valve(engine).is_cut.wait()
    await rig.crash(engine)
    other = await rig.open(speaking, listener)
    await (await other.get("one")).result()
    ear = await other.get("ear")
    await ear.signal("end", "now")
    assert (await ear.result()).found == "from afar"
    assert (await story(other, "ear")).count("SignalReceived") == 2


async def test_start_and_signal_count_as_the_write_of_the_step(rig: Rig) -> None:
    engine = await rig.open()
    with pytest.raises(RunFailedError, match=r"SecondWriteError.*podium.start"):
        await (await engine.start(greedy, Trip())).result()
    assert len(await engine.runs()) == 2
