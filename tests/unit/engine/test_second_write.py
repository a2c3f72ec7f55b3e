"""A step writes at most once per visit; a second write is refused before any effect, and fails the step."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from podium import END, FROM_ENGINE, START, StateMachine, step, tool
from podium.core import events as ev
from podium.errors import RunFailedError, SecondWriteError
from podium.workflow.state import State
from tests.unit.engine.rig import Rig, story, turns, until
from tests.unit.engine.world import ANY_ERROR, Trip, World, book, charge, look

WRITES: dict[str, Callable[[str], Coroutine[Any, Any, str]]] = {"book": book, "charge": charge}


async def through_a_helper(name: str, what: str) -> str:
    return await WRITES[name](what)


@step
async def twice(trip: Trip) -> None:
    trip.booked = await through_a_helper("book", "one")
    trip.found = await through_a_helper("charge", "two")


@step
async def same_twice(trip: Trip) -> None:
    for city in ("one", "two"):
        trip.log.append(await book(city))


@step
async def swallows(trip: Trip, *, world: World = FROM_ENGINE) -> None:
    await through_a_helper("book", "one")
    try:
        await through_a_helper("charge", "two")
    except ANY_ERROR:
        world.seen.append("caught")
    trip.found = await look("after")


@step
async def both_at_once(trip: Trip) -> None:
    trip.log = list(await asyncio.gather(through_a_helper("book", "one"), through_a_helper("charge", "two")))


@step
async def both_come_what_may(trip: Trip) -> None:
    both = [through_a_helper("book", "one"), through_a_helper("charge", "two")]
    trip.log = [str(end) for end in await asyncio.gather(*both, return_exceptions=True)]


@tool.write(idempotent=True)
async def nests(what: str) -> str:
    return await through_a_helper("book", what)


@tool.read
async def reads_around(what: str) -> str:
    return await look(what)


@step
async def looks(trip: Trip) -> None:
    trip.found = await reads_around("inner")


def machine(state: State[Trip, None]) -> StateMachine[Trip]:
    return StateMachine("one", Trip, START >> state >> END, tools=[book, charge])


@pytest.mark.parametrize("state", [twice, same_twice, swallows], ids=lambda state: state.name)
async def test_second_write_fails_the_step_before_any_effect(rig: Rig, world: World, state: State[Trip, None]) -> None:
    engine = await rig.open()
    with pytest.raises(RunFailedError, match="SecondWriteError"):
        await (await engine.start(machine(state), Trip())).result()
    assert world.calls == ["book:one"]
    await turns()
    assert world.seen == []


@pytest.mark.parametrize("state", [both_at_once, both_come_what_may], ids=lambda state: state.name)
async def test_second_write_at_the_same_time_fails_the_step(rig: Rig, world: World, state: State[Trip, None]) -> None:
    engine = await rig.open()
    run = await engine.start(machine(state), Trip())
    with pytest.raises(RunFailedError, match="SecondWriteError"):
        await run.result()
    assert world.count("charge") == 0
    kinds = await story(engine, run.id)
    assert ("WriteDone" in kinds or "WriteFailed" in kinds) == ("WriteIntended" in kinds)


async def test_second_write_waits_for_the_first_to_settle(rig: Rig, world: World) -> None:
    gate = world.gate("book")
    engine = await rig.open()
    late = machine(late_second)
    run = await engine.start(late, Trip())
    await world.entered["book"].wait()
    await turns()
    assert "StepFailed" not in await story(engine, run.id)
    gate.set()
    with pytest.raises(RunFailedError, match="SecondWriteError"):
        await run.result()
    kinds = await story(engine, run.id)
    assert kinds.index("WriteDone") < kinds.index("StepFailed")
    assert world.done == ["book:one"]


@step
async def late_second(trip: Trip, *, world: World = FROM_ENGINE) -> None:
    async def second() -> str:
        await world.entered["book"].wait()
        return await through_a_helper("charge", "two")

    trip.log = list(await asyncio.gather(through_a_helper("book", "one"), second()))


async def test_write_inside_a_write_is_refused_before_any_effect(rig: Rig, world: World) -> None:
    engine = await rig.open()
    run = await engine.start(machine(nests.state("nests", take={"what": "city"})), Trip())
    parked = await until(run, ev.StepParked)
    assert "WriteInWriteError" in parked.detail
    assert world.calls == []


async def test_read_inside_a_read_is_a_part_of_it(rig: Rig) -> None:
    engine = await rig.open()
    run = await engine.start(machine(looks), Trip())
    assert (await run.result()).found == "inner!"
    assert (await story(engine, run.id)).count("ReadDone") == 1


def test_the_error_names_both_writes_and_what_to_do() -> None:
    error = SecondWriteError(first="book", second="charge", step="twice")
    assert all(word in str(error) for word in ("'book'", "'charge'", "twice", "two steps", "each="))
