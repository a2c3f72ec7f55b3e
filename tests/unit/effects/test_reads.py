"""What a step has read is kept for when it is run again; what was said to go stale is asked anew."""

from podium import END, FROM_ENGINE, START, StateMachine, ToolFailed, minutes, step, tool
from podium.core import events as ev
from podium.testing.clock import FakeClock
from tests.unit.engine.rig import Rig, in_time, story, valve
from tests.unit.engine.world import AT_ONCE, Refused, Trip, World, book, look


@tool.read(retry=AT_ONCE, fresh=minutes(5))
async def price(what: str, *, world: World = FROM_ENGINE) -> str:
    await world.act("price", what)
    return f"{what} {world.count('price')}"


@tool.read(retry=AT_ONCE, digest=lambda what, noise: what)  # noqa: ARG005  # that is what it is for
async def hear(what: str, noise: str, *, world: World = FROM_ENGINE) -> str:
    return await world.act("hear", f"{what}{noise}")


@step
async def buy(trip: Trip) -> None:
    trip.found = await price("seat")
    trip.booked = await book("seat")


@step
async def thrice(trip: Trip) -> None:
    trip.log = [await look(city) for city in ("one", "two", "one", "one")]
    trip.booked = await book("seat")


@step
async def listens(trip: Trip, *, world: World = FROM_ENGINE) -> None:
    trip.found = await hear("tune", world.mode)
    trip.booked = await book("seat")


@step
async def shrugs(trip: Trip) -> None:
    try:
        await look("it")
    except ToolFailed as failed:
        trip.log.append(failed.failure.message)
    trip.booked = await book("seat")


buying, counting, listening, shrugging = (
    StateMachine(state.name, Trip, START >> state >> END) for state in (buy, thrice, listens, shrugs)
)


async def run_again(rig: Rig, machine: StateMachine[Trip], *, after_ms: int = 0) -> Trip:
    """Let a process die with the result of its step's write, and another run the step again, so much later."""
    clock = FakeClock()
    engine = await rig.open(machine, clock=clock)
    valve(engine).cut(ev.WriteDone, before=True)
    await engine.start(machine, Trip(), id="one")
    await valve(engine).is_cut.wait()
    await rig.crash(engine)
    clock.jump(after_ms)
    rig.world.mode = "second"
    other = await rig.open(machine, clock=clock)
    return await in_time(clock, (await other.get("one")).result())


async def test_what_was_read_is_not_asked_again(rig: Rig, world: World) -> None:
    assert (await run_again(rig, counting)).log == ["one!", "two!", "one!", "one!"]
    assert world.count("look") == 4


async def test_answer_that_is_fresh_enough_is_reused(rig: Rig, world: World) -> None:
    assert (await run_again(rig, buying, after_ms=4 * 60_000)).found == "seat 1"
    assert world.count("price") == 1


async def test_answer_that_went_stale_is_asked_for_again(rig: Rig, world: World) -> None:
    assert (await run_again(rig, buying, after_ms=6 * 60_000)).found == "seat 2"
    assert world.count("price") == 2


async def test_calls_with_one_digest_are_one_call(rig: Rig, world: World) -> None:
    assert (await run_again(rig, listening)).found == "tunefirst!"
    assert world.calls.count("hear:tunefirst") == 1
    assert world.count("hear") == 1


async def test_failure_of_a_read_is_kept_too(rig: Rig, world: World) -> None:
    world.failures["look"] = [Refused("closed")]
    assert (await run_again(rig, shrugging)).log == ["closed"]
    assert world.count("look") == 1


async def test_each_read_is_recorded_once(rig: Rig) -> None:
    engine = await rig.open()
    run = await engine.start(counting, Trip())
    await run.result()
    assert (await story(engine, run.id)).count("ReadDone") == 4
