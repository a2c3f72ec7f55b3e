"""A run is started once per id, and its end is told."""

import asyncio

import pytest

from podium import END, START, StateMachine, Status, ToolFailed
from podium.core import events as ev
from podium.errors import DuplicateRunError, RunFailedError, RunNotFoundError
from tests.unit.engine.rig import Rig, until
from tests.unit.engine.world import Refused, Trip, World, book, look

travel = StateMachine(
    "travel",
    Trip,
    START
    >> look.state("search", take={"what": "city"}, give="found")
    >> book.state("flight", take={"city": "city"}, give="booked")
    >> END,
)
stay = StateMachine("stay", Trip, START >> look.state("hotel", take={"what": "city"}, give="found") >> END)


async def test_result_is_the_final_record(rig: Rig, world: World) -> None:
    engine = await rig.open()
    run = await engine.start(travel, Trip(city="Jeju"))
    assert await run.result() == Trip(city="Jeju", found="Jeju!", booked="Jeju!")
    assert (await run.status()).status is Status.COMPLETED
    assert world.calls == ["look:Jeju", "book:Jeju"]


async def test_same_id_and_input_give_the_same_run(rig: Rig, world: World) -> None:
    engine = await rig.open()
    first = await engine.start(travel, Trip(), id="one")
    second = await engine.start(travel, Trip(), id="one")
    assert await first.result() == await second.result()
    third = await engine.start(travel, Trip(), id="one")
    assert await third.result() == await first.result()
    assert world.count("look") == world.count("book") == 1


async def test_same_id_and_input_give_the_same_run_from_another_engine(rig: Rig, world: World) -> None:
    engine, other = await rig.open(), await rig.open()
    gate = world.gate("look")
    here = await engine.start(travel, Trip(), id="one")
    there = await other.start(travel, Trip(), id="one")
    waiting = asyncio.create_task(there.result())
    gate.set()
    assert await waiting == await here.result()
    assert world.count("look") == world.count("book") == 1


async def test_same_id_and_other_input_are_refused(rig: Rig) -> None:
    engine = await rig.open()
    run = await engine.start(travel, Trip(city="Busan"), id="one")
    with pytest.raises(DuplicateRunError, match="another input"):
        await engine.start(travel, Trip(city="Jeju"), id="one")
    assert (await run.result()).city == "Busan"


async def test_same_id_and_other_workflow_are_refused(rig: Rig) -> None:
    engine = await rig.open()
    await engine.start(travel, Trip(), id="one")
    with pytest.raises(DuplicateRunError, match="another workflow"):
        await engine.start(stay, Trip(), id="one")


async def test_starts_of_one_id_at_once_give_one_run(rig: Rig, world: World) -> None:
    engine, other = await rig.open(), await rig.open()
    starts = [which.start(travel, Trip(), id="one") for which in (engine, other, engine, other)]
    runs = await asyncio.gather(*starts)
    results = await asyncio.gather(*(run.result() for run in runs))
    assert len({result.model_dump_json() for result in results}) == 1
    assert world.count("look") == world.count("book") == 1


async def test_of_starts_of_one_id_with_other_inputs_one_wins(rig: Rig) -> None:
    engine, other = await rig.open(), await rig.open()
    asked = [(engine, "Busan"), (other, "Jeju"), (engine, "Seoul")]
    starts = [which.start(travel, Trip(city=city), id="one") for which, city in asked]
    ended = await asyncio.gather(*starts, return_exceptions=True)
    assert sorted(type(one).__name__ for one in ended) == ["DuplicateRunError", "DuplicateRunError", "Handle"]


async def test_failed_run_raises_its_cause(rig: Rig, world: World) -> None:
    world.failures["look"] = [Refused("closed")]
    engine = await rig.open()
    run = await engine.start(travel, Trip())
    with pytest.raises(RunFailedError, match="closed") as raised:
        await run.result()
    assert raised.value.run_id == run.id
    assert (await run.status()).status is Status.FAILED
    assert world.count("book") == 0


async def test_run_that_is_not_there_is_not_found(rig: Rig) -> None:
    engine = await rig.open()
    with pytest.raises(RunNotFoundError, match="nobody"):
        await engine.get("nobody")


async def test_runs_are_listed_newest_first(rig: Rig) -> None:
    engine = await rig.open()
    for name in ("one", "two"):
        await (await engine.start(travel, Trip(), id=name)).result()
    assert [info.id for info in await engine.runs()] == ["two", "one"]


async def test_events_are_told_from_the_first_to_the_last(rig: Rig, world: World) -> None:
    engine = await rig.open()
    gate = world.gate("book")
    run = await engine.start(travel, Trip())
    events = run.events()
    seen = [await anext(events) for _ in range(4)]
    gate.set()
    seen += [told async for told in events]
    assert [number for number, _ in seen] == list(range(1, len(seen) + 1))
    assert isinstance(seen[0][1], ev.RunStarted)
    assert isinstance(seen[-1][1], ev.RunCompleted)
    assert [told async for told in run.events(after=len(seen) - 1)] == seen[-1:]


async def test_events_of_a_run_elsewhere_are_told(rig: Rig, world: World) -> None:
    engine, other = await rig.open(travel), await rig.open(travel)
    gate = world.gate("book")
    run = await engine.start(travel, Trip(), id="one")
    await until(run, ev.WriteIntended)
    elsewhere = await other.get("one")
    waiting = asyncio.create_task(until(elsewhere, ev.RunCompleted))
    gate.set()
    await run.result()
    await waiting


async def test_error_edge_catches_what_a_tool_gave_up_on(rig: Rig, world: World) -> None:
    world.failures["look"] = [Refused("closed")]
    search = look.state("search", take={"what": "city"}, give="found")
    flight = book.state("flight", take={"city": "city"}, give="booked")
    caught = StateMachine("caught", Trip, START >> search.on_error(ToolFailed, to=flight) >> END, flight >> END)
    engine = await rig.open()
    assert (await (await engine.start(caught, Trip())).result()).booked == "Busan!"
