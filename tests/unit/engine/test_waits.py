"""Sleeps and deadlines are kept by the journal, not by a process."""

import pytest

from podium import END, START, StateMachine, Status, seconds, sleep, step
from podium.core import events as ev
from podium.errors import RunFailedError
from podium.testing.clock import FakeClock
from tests.unit.engine.rig import Rig, in_time, until
from tests.unit.engine.world import Trip, World, book, look

search = look.state("search", take={"what": "city"}, give="found")
nap = StateMachine("nap", Trip, START >> sleep("cool", seconds(60)) >> search >> END)
blink = StateMachine("blink", Trip, START >> sleep("cool", 2) >> search >> END)
hurried = StateMachine("hurried", Trip, START >> sleep("cool", 60) >> search >> END, deadline=30)


@step
async def stall(trip: Trip) -> None:
    trip.found = await look("for ever")


@step
async def pay(trip: Trip) -> None:
    trip.booked = await book(trip.city)


slow = StateMachine("slow", Trip, START >> stall >> search >> END, deadline=30)
paying = StateMachine("paying", Trip, START >> pay >> search >> END, deadline=30)


async def test_sleep_ends_at_its_time_and_not_before(rig: Rig, world: World) -> None:
    clock = FakeClock()
    engine = await rig.open(clock=clock)
    run = await engine.start(nap, Trip())
    await until(run, ev.StepStarted)
    await clock.advance(59_999)
    assert (await run.status()).status is Status.WAITING
    assert world.calls == []
    assert (await in_time(clock, run.result())).found == "Busan!"


async def test_short_sleep_ends_to_the_millisecond(rig: Rig, world: World) -> None:
    clock = FakeClock()
    engine = await rig.open(clock=clock)
    run = await engine.start(blink, Trip())
    await until(run, ev.StepStarted)
    await clock.advance(1_999)
    assert world.calls == []
    await clock.advance(1)
    assert world.calls == ["look:Busan"]


async def test_sleep_outlives_its_engine(rig: Rig) -> None:
    clock = FakeClock()
    engine = await rig.open(nap, clock=clock)
    run = await engine.start(nap, Trip(), id="one")
    started = await until(run, ev.StepStarted)
    await rig.crash(engine)
    clock.jump(40_000)
    other = await rig.open(nap, clock=clock)
    there = await other.get("one")
    assert (await there.status()).wake_at == started.at + 60_000
    await in_time(clock, there.result())
    done = await until(there, ev.StepDone)
    assert done.at - started.at < 63_000


async def test_deadline_ends_a_run_that_waits(rig: Rig, world: World) -> None:
    clock = FakeClock()
    engine = await rig.open(clock=clock)
    run = await engine.start(hurried, Trip())
    await until(run, ev.StepStarted)
    with pytest.raises(RunFailedError, match=r"DeadlineError.*30000 ms"):
        await in_time(clock, run.result())
    assert world.calls == []


async def test_deadline_calls_off_a_step_that_reads(rig: Rig, world: World) -> None:
    clock = FakeClock()
    world.gate("look")
    engine = await rig.open(clock=clock)
    run = await engine.start(slow, Trip())
    await world.entered["look"].wait()
    with pytest.raises(RunFailedError, match="DeadlineError"):
        await in_time(clock, run.result())
    assert world.calls == ["look:for ever"]


async def test_deadline_lets_a_write_settle_and_starts_nothing_after_it(rig: Rig, world: World) -> None:
    clock = FakeClock()
    gate = world.gate("book")
    engine = await rig.open(clock=clock)
    run = await engine.start(paying, Trip())
    await world.entered["book"].wait()
    await clock.advance(31_000)
    await until(run, ev.DeadlinePassed)
    assert (await run.status()).status is Status.RUNNING
    gate.set()
    with pytest.raises(RunFailedError, match="DeadlineError"):
        await in_time(clock, run.result())
    await until(run, ev.WriteDone)
    assert world.calls == ["book:Busan"]


async def test_deadline_counts_from_the_start_though_the_engine_died(rig: Rig) -> None:
    clock = FakeClock()
    engine = await rig.open(hurried, clock=clock)
    run = await engine.start(hurried, Trip(), id="one")
    await until(run, ev.StepStarted)
    await rig.crash(engine)
    clock.jump(31_000)
    other = await rig.open(hurried, clock=clock)
    with pytest.raises(RunFailedError, match="DeadlineError"):
        await in_time(clock, (await other.get("one")).result())
