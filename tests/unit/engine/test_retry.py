"""One layer retries: the tool's policy around its call, or the step's around its own code."""

import asyncio

import pytest

from podium import END, FROM_ENGINE, START, Retry, StateMachine, ToolFailed, step
from podium.core import events as ev
from podium.errors import RunFailedError
from podium.testing.clock import FakeClock
from tests.unit.engine.rig import Rig, in_time, story, until
from tests.unit.engine.world import AT_ONCE, Refused, Trip, World, book, charge, look

search = StateMachine("search", Trip, START >> look.state("search", take={"what": "city"}, give="found") >> END)


@step(retry=Retry(attempts=3, base=10, cap=10))
async def moody(trip: Trip, *, world: World = FROM_ENGINE) -> None:
    world.seen.append("entered")
    trip.log.append("tried")
    await look("before")
    trip.booked = await book("seat")
    await look("after")
    world.note("moody", trip.city)


@step(retry=AT_ONCE)
async def relying(trip: Trip) -> None:
    trip.found = await look("both")


@step(retry=AT_ONCE)
async def grouping(_trip: Trip) -> None:
    async with asyncio.TaskGroup() as group:
        group.create_task(look("both"))


trying = StateMachine("trying", Trip, START >> moody >> END)


@pytest.mark.parametrize("failures", [0, 1, 2])
async def test_tool_is_tried_as_its_policy_says(rig: Rig, world: World, failures: int) -> None:
    world.failures["look"] = [ConnectionError("reset")] * failures
    engine = await rig.open()
    assert (await (await engine.start(search, Trip())).result()).found == "Busan!"
    assert world.count("look") == failures + 1


async def test_tool_gives_up_when_its_tries_are_spent(rig: Rig, world: World) -> None:
    world.failures["look"] = [ConnectionError("reset")] * 9
    engine = await rig.open()
    with pytest.raises(RunFailedError, match="ConnectionError: reset"):
        await (await engine.start(search, Trip())).result()
    assert world.count("look") == 3


async def test_tool_is_not_tried_again_after_a_definite_no(rig: Rig, world: World) -> None:
    world.failures["look"] = [Refused("no")]
    engine = await rig.open()
    with pytest.raises(RunFailedError):
        await (await engine.start(search, Trip())).result()
    assert world.count("look") == 1


async def test_step_is_tried_as_its_policy_says_and_keeps_its_write(rig: Rig, world: World) -> None:
    world.failures["moody"] = [RuntimeError("not now")] * 2
    clock = FakeClock()
    engine = await rig.open(clock=clock)
    run = await engine.start(trying, Trip())
    trip = await in_time(clock, run.result())
    assert trip.log == ["tried"]
    assert world.count("moody") == 3
    assert [world.count("book"), world.calls.count("look:before")] == [1, 1]
    assert world.calls.count("look:after") == 3
    assert (await story(engine, run.id)).count("AttemptFailed") == 2


async def test_step_fails_when_its_tries_are_spent(rig: Rig, world: World) -> None:
    world.failures["moody"] = [RuntimeError("not now")] * 9
    clock = FakeClock()
    engine = await rig.open(clock=clock)
    run = await engine.start(trying, Trip())
    with pytest.raises(RunFailedError, match="RuntimeError: not now"):
        await in_time(clock, run.result())
    assert world.count("moody") == 3
    assert world.count("book") == 1


async def test_steps_waits_between_tries_are_inside_the_cap(rig: Rig, world: World) -> None:
    world.failures["moody"] = [RuntimeError("not now")] * 9
    clock = FakeClock()
    engine = await rig.open(clock=clock)
    run = await engine.start(trying, Trip())
    with pytest.raises(RunFailedError):
        await in_time(clock, run.result())
    failed = [event for _, event in await engine.events(run.id) if isinstance(event, ev.AttemptFailed)]
    assert [0 <= event.retry_at - event.at <= 10_000 for event in failed] == [True, True]
    assert [event.attempt for event in failed] == [1, 2]


alone = StateMachine("alone", Trip, START >> relying >> END)
in_group = StateMachine("in-group", Trip, START >> grouping >> END)


@pytest.mark.parametrize("machine", [alone, in_group], ids=lambda machine: machine.name)
async def test_failed_call_is_not_retried_by_the_step_around_it(
    rig: Rig, world: World, machine: StateMachine[Trip]
) -> None:
    world.failures["look"] = [ConnectionError("reset")] * 9
    engine = await rig.open()
    run = await engine.start(machine, Trip())
    with pytest.raises(RunFailedError):
        await run.result()
    assert world.count("look") == 3
    assert "AttemptFailed" not in await story(engine, run.id)


async def test_retry_of_a_step_outlives_its_engine(rig: Rig, world: World) -> None:
    world.failures["moody"] = [RuntimeError("not now")]
    clock = FakeClock()
    engine = await rig.open(trying, clock=clock)
    run = await engine.start(trying, Trip(), id="one")
    await until(run, ev.AttemptFailed)
    await rig.crash(engine)
    other = await rig.open(trying, clock=clock)
    await in_time(clock, (await other.get("one")).result())
    assert world.count("moody") == 2
    assert world.count("book") == 1


async def test_unkeyed_write_is_tried_again_only_while_certainly_unsent(rig: Rig, world: World) -> None:
    once = StateMachine("once", Trip, START >> charge.state("charge", take={"what": "city"}, give="booked") >> END)
    world.failures["charge"] = [ConnectionRefusedError("down")] * 2
    engine = await rig.open()
    assert (await (await engine.start(once, Trip())).result()).booked == "Busan!"
    assert world.count("charge") == 3
    world.failures["charge"] = [ConnectionRefusedError("down"), ConnectionResetError("in the middle")]
    run = await engine.start(once, Trip())
    parked = await until(run, ev.StepParked)
    assert parked.reason == "in-doubt"
    assert world.count("charge") == 5


async def test_unsent_write_fails_for_sure_when_its_tries_are_spent(rig: Rig, world: World) -> None:
    once = StateMachine("once", Trip, START >> charge.state("charge", take={"what": "city"}, give="booked") >> END)
    world.failures["charge"] = [ConnectionRefusedError("down")] * 9
    engine = await rig.open()
    with pytest.raises(RunFailedError, match="ConnectionRefusedError"):
        await (await engine.start(once, Trip())).result()
    assert world.count("charge") == 3


async def test_failure_of_a_tool_reaches_the_step_as_tool_failed(rig: Rig, world: World) -> None:
    @step
    async def careful(trip: Trip) -> None:
        try:
            await look("it")
        except ToolFailed as failed:
            trip.log.append(failed.failure.message)

    world.failures["look"] = [Refused("closed on Sundays")]
    engine = await rig.open()
    run = await engine.start(StateMachine("careful", Trip, START >> careful >> END), Trip())
    assert (await run.result()).log == ["closed on Sundays"]


class OwnEnd(BaseException):
    """As some libraries have, to get past `except Exception`."""


@step
async def ends_its_own_way(_trip: Trip) -> None:
    raise OwnEnd


async def test_step_that_raises_what_is_no_exception_fails_its_run(rig: Rig) -> None:
    engine = await rig.open()
    run = await engine.start(StateMachine("ends", Trip, START >> ends_its_own_way >> END), Trip())
    with pytest.raises(RunFailedError, match="OwnEnd"):
        await run.result()
