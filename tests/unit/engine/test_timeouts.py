"""A tool and a step end in their time; a write settles first."""

import threading

import pytest

from podium import END, FROM_ENGINE, START, Retry, StateMachine, current, step, tool
from podium.core import events as ev
from podium.errors import RunFailedError
from podium.testing.clock import FakeClock
from tests.unit.engine.rig import Rig, in_time, story, turns, until
from tests.unit.engine.world import AT_ONCE, Trip, World, book

ONCE = Retry(attempts=1)


@tool.read(timeout=5, retry=AT_ONCE)
async def slow(what: str, *, world: World = FROM_ENGINE) -> str:
    return await world.act("slow", what)


@tool.write(timeout=5, retry=ONCE)
async def send(what: str, *, world: World = FROM_ENGINE) -> str:
    return await world.act("send", what, key="send")


@tool.read(timeout=5, retry=ONCE)
def block(what: str, *, world: World = FROM_ENGINE) -> str:
    world.note("block", what)
    THREADS.wait()
    return what


THREADS = threading.Event()


@step(timeout=5)
async def hang(_trip: Trip, *, world: World = FROM_ENGINE) -> None:
    await world.act("hang", "step")


@step(timeout=5)
async def writes(trip: Trip) -> None:
    trip.booked = await book("seat")


@step(timeout=5, retry=AT_ONCE)
async def hangs_once(trip: Trip, *, world: World = FROM_ENGINE) -> None:
    trip.log.append("tried")
    await world.act("hang", "step")


@tool.read(timeout=60, retry=ONCE)
async def patient(what: str, *, world: World = FROM_ENGINE) -> str:
    return await world.act("patient", what)


waiting = StateMachine("waiting", Trip, START >> patient.state("patient", take={"what": "city"}, give="found") >> END)


@step(timeout=5)
async def starts(trip: Trip) -> None:
    trip.booked = await current().start(waiting, Trip(), id="other")


starting = StateMachine("starting", Trip, START >> starts >> END)
reading = StateMachine("reading", Trip, START >> slow.state("slow", take={"what": "city"}) >> END)
sending = StateMachine("sending", Trip, START >> send.state("send", take={"what": "city"}) >> END)
blocking = StateMachine("blocking", Trip, START >> block.state("block", take={"what": "city"}) >> END)
hanging = StateMachine("hanging", Trip, START >> hang >> END)
again = StateMachine("again", Trip, START >> hangs_once >> END)
writing = StateMachine("writing", Trip, START >> writes >> END)


async def test_read_that_takes_too_long_is_tried_again_then_fails(rig: Rig, world: World) -> None:
    clock = FakeClock()
    world.gate("slow")
    engine = await rig.open(clock=clock)
    run = await engine.start(reading, Trip())
    with pytest.raises(RunFailedError, match=r"TimeoutError.*5000 ms"):
        await in_time(clock, run.result())
    assert world.count("slow") == 3


async def test_read_that_ends_in_time_is_not_called_off(rig: Rig, world: World) -> None:
    clock = FakeClock()
    gate = world.gate("slow")
    engine = await rig.open(clock=clock)
    run = await engine.start(reading, Trip())
    await world.entered["slow"].wait()
    await clock.advance(4_999)
    gate.set()
    await run.result()
    assert world.count("slow") == 1


async def test_write_that_takes_too_long_is_in_doubt(rig: Rig, world: World) -> None:
    clock = FakeClock()
    world.gate("send")
    engine = await rig.open(clock=clock)
    run = await engine.start(sending, Trip())
    parked = await in_time(clock, until(run, ev.StepParked))
    assert parked.reason == "in-doubt"
    assert world.count("send") == 1


async def test_thread_that_takes_too_long_is_left_and_its_caller_goes_on(rig: Rig, world: World) -> None:
    clock = FakeClock()
    THREADS.clear()
    engine = await rig.open(clock=clock)
    run = await engine.start(blocking, Trip())
    with pytest.raises(RunFailedError, match="TimeoutError"):
        await in_time(clock, run.result())
    THREADS.set()
    assert world.count("block") == 1


async def test_step_that_takes_too_long_fails(rig: Rig, world: World) -> None:
    clock = FakeClock()
    world.gate("hang")
    engine = await rig.open(clock=clock)
    run = await engine.start(hanging, Trip())
    with pytest.raises(RunFailedError, match=r"TimeoutError.*5000 ms"):
        await in_time(clock, run.result())


async def test_step_that_took_too_long_is_tried_again_by_its_own_policy(rig: Rig, world: World) -> None:
    clock = FakeClock()
    world.gate("hang")
    engine = await rig.open(clock=clock)
    run = await engine.start(again, Trip())
    await in_time(clock, until(run, ev.AttemptFailed))
    world.open_gates()
    assert (await in_time(clock, run.result())).log == ["tried"]


async def test_step_that_takes_too_long_lets_its_write_settle(rig: Rig, world: World) -> None:
    clock = FakeClock()
    gate = world.gate("book")
    engine = await rig.open(clock=clock)
    run = await engine.start(writing, Trip())
    await world.entered["book"].wait()
    await clock.advance(6_000)
    await turns()
    assert "StepFailed" not in await story(engine, run.id)
    gate.set()
    with pytest.raises(RunFailedError, match="TimeoutError"):
        await in_time(clock, run.result())
    kinds = await story(engine, run.id)
    assert kinds.index("WriteDone") < kinds.index("StepFailed")
    assert world.count("book") == 1


async def test_run_that_a_step_starts_has_its_own_time(rig: Rig, world: World) -> None:
    gate, clock = world.gate("patient"), FakeClock()
    engine = await rig.open(clock=clock)
    await (await engine.start(starting, Trip())).result()
    await world.entered["patient"].wait()
    await clock.advance(30_000)
    gate.set()
    assert (await (await engine.get("other")).result()).found == "Busan!"
