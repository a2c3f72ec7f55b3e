"""A cancel stops what only reads or waits; a write that may have been sent settles first."""

import asyncio

import pytest

from podium import END, FROM_ENGINE, START, Retry, StateMachine, Status, sleep, step, tool
from podium.core import events as ev
from podium.errors import RefusedError, RunCancelledError
from podium.testing.clock import FakeClock
from tests.inside import inner
from tests.unit.engine.rig import Rig, in_time, story, turns, until, valve
from tests.unit.engine.world import Refused, Trip, World, book, charge, look

search = look.state("search", take={"what": "city"}, give="found")
flight = book.state("flight", take={"city": "city"}, give="booked")


@tool.read(retry=Retry(attempts=5, base=20, cap=20))
async def ask(what: str, *, world: World = FROM_ENGINE) -> str:
    return await world.act("slow", what)


@tool.write(retry=Retry(attempts=5, base=20, cap=20))
async def send(what: str, *, world: World = FROM_ENGINE) -> str:
    return await world.act("slow", what, key="slow")


asking_slowly = StateMachine("asking", Trip, START >> ask.state("slow", take={"what": "city"}) >> END)
sending_slowly = StateMachine("sending", Trip, START >> send.state("slow", take={"what": "city"}) >> END)
reading = StateMachine("reading", Trip, START >> search >> flight >> END)
writing = StateMachine("writing", Trip, START >> flight >> search >> END)
napping = StateMachine("napping", Trip, START >> sleep("nap", 60) >> search >> END)


@step(retry=Retry(attempts=5, base=100, cap=1000))
async def moody(trip: Trip, *, world: World = FROM_ENGINE) -> None:
    world.note("moody", trip.city)


trying = StateMachine("trying", Trip, START >> moody >> END)


@step
async def stubborn(_trip: Trip, *, world: World = FROM_ENGINE) -> None:
    """Catch the cancellation, and go on calling tools."""
    try:
        await look("first")
    except asyncio.CancelledError:
        world.seen.append("cancelled")
    try:
        await book("second")
    finally:
        await look("third")


defying = StateMachine("defying", Trip, START >> stubborn >> END)


async def test_cancel_ends_a_read_under_way(rig: Rig, world: World) -> None:
    world.gate("look")
    engine = await rig.open()
    run = await engine.start(reading, Trip())
    await world.entered["look"].wait()
    await run.cancel("enough", by="ann")
    with pytest.raises(RunCancelledError):
        await run.result()
    assert (await run.status()).status is Status.CANCELLED
    assert world.calls == ["look:Busan"]
    asked = await until(run, ev.CancelAsked)
    assert (asked.reason, asked.by) == ("enough", "ann")


async def test_cancel_ends_a_run_that_waits(rig: Rig) -> None:
    engine = await rig.open()
    run = await engine.start(napping, Trip())
    await until(run, ev.StepStarted)
    await run.cancel()
    with pytest.raises(RunCancelledError):
        await run.result()


async def test_cancel_ends_a_step_between_two_attempts(rig: Rig, world: World) -> None:
    world.failures["moody"] = [RuntimeError("not now")]
    engine = await rig.open(clock=FakeClock())
    run = await engine.start(trying, Trip())
    await until(run, ev.AttemptFailed)
    await run.cancel()
    with pytest.raises(RunCancelledError):
        await run.result()
    assert world.count("moody") == 1


async def test_cancel_lets_a_write_under_way_settle(rig: Rig, world: World) -> None:
    gate = world.gate("book")
    engine = await rig.open()
    run = await engine.start(writing, Trip())
    await world.entered["book"].wait()
    await run.cancel()
    waiting = asyncio.create_task(run.result())
    await turns()
    assert not waiting.done()
    gate.set()
    with pytest.raises(RunCancelledError):
        await waiting
    kinds = await story(engine, run.id)
    assert kinds.index("CancelAsked") < kinds.index("WriteDone") < kinds.index("RunCancelled")
    assert world.calls == ["book:Busan"]


async def test_cancel_voids_an_intent_that_was_not_sent(rig: Rig, world: World) -> None:
    engine = await rig.open()
    run = await engine.start(reading, Trip())
    gate = world.gate("look")
    await turns()
    valve(engine).shut()
    gate.set()
    await turns()
    live = inner(engine).host.live[run.id]
    assert live.state.steps["flight"].write is not None
    asking = asyncio.create_task(run.cancel())
    while not live.state.is_cancelled:
        await turns(1)
    valve(engine).let_go()
    await asking
    with pytest.raises(RunCancelledError):
        await run.result()
    assert world.count("book") == 0
    assert "WriteFailed" in await story(engine, run.id)


async def test_cancelled_write_that_fails_is_not_tried_again_by_its_step(rig: Rig, world: World) -> None:
    gate = world.gate("charge")
    once = StateMachine("once", Trip, START >> charge.state("charge", take={"what": "city"}) >> search >> END)
    engine = await rig.open()
    run = await engine.start(once, Trip())
    await world.entered["charge"].wait()
    await run.cancel()
    gate.set()
    with pytest.raises(RunCancelledError):
        await run.result()
    assert world.calls == ["charge:Busan"]


async def test_cancelled_step_that_goes_on_is_refused_every_call(rig: Rig, world: World) -> None:
    world.gate("look")
    engine = await rig.open()
    run = await engine.start(defying, Trip())
    await world.entered["look"].wait()
    await run.cancel()
    with pytest.raises(RunCancelledError):
        await run.result()
    await turns()
    assert world.seen == ["cancelled"]
    assert world.calls == ["look:first"]
    assert world.effects == {}


@pytest.mark.parametrize("machine", [asking_slowly, sending_slowly], ids=lambda machine: machine.name)
async def test_cancel_between_two_tries_of_a_call_makes_no_other(
    rig: Rig, world: World, machine: StateMachine[Trip]
) -> None:
    world.failures["slow"] = [ConnectionRefusedError("down")] * 9
    clock = FakeClock()
    engine = await rig.open(clock=clock)
    run = await engine.start(machine, Trip())
    while world.count("slow") < 1:
        await turns(1)
    await run.cancel()
    with pytest.raises(RunCancelledError):
        await in_time(clock, run.result())
    assert world.count("slow") == 1


async def test_second_cancel_changes_nothing(rig: Rig, world: World) -> None:
    gate = world.gate("book")
    engine = await rig.open()
    run = await engine.start(writing, Trip())
    await world.entered["book"].wait()
    await run.cancel()
    await run.cancel()
    assert (await story(engine, run.id)).count("CancelAsked") == 1
    gate.set()
    with pytest.raises(RunCancelledError):
        await run.result()


async def test_cancel_of_a_run_that_is_over_is_refused(rig: Rig, world: World) -> None:
    world.failures["look"] = [Refused("no")]
    engine = await rig.open()
    run = await engine.start(reading, Trip())
    await until(run, ev.RunFailed)
    with pytest.raises(RefusedError, match="failed"):
        await run.cancel()


async def test_cancel_reaches_a_run_held_elsewhere(rig: Rig, world: World) -> None:
    world.gate("look")
    engine, other = await rig.open(reading), await rig.open(reading)
    run = await engine.start(reading, Trip(), id="one")
    await world.entered["look"].wait()
    await (await other.get("one")).cancel()
    with pytest.raises(RunCancelledError):
        await run.result()
