"""The order of undoing follows the workflow: branches side by side, loops visit by visit, nested ones as parts."""

from typing import Literal

import pytest
from pydantic import BaseModel

from podium import END, FROM_ENGINE, START, Dag, StateMachine, Status, ToolFailed, Verb, node, step
from podium.core import events as ev
from podium.errors import RunCompensatedError
from tests.unit.engine.booking import drive, finish, flight, fly, hotel, stay
from tests.unit.engine.rig import Rig, draw, story, until
from tests.unit.engine.world import Refused, Trip, World, look


class Cities(BaseModel):
    city: str = "Busan"
    towns: list[str] = ["a", "b", "c"]


@node
async def ready(out: str, back: str, bed: str) -> str:
    return await look(f"{out}{back}{bed}")


branches = Dag(
    "branches",
    Cities,
    flight.node("out"),
    flight.node("back", take={"city": "out"}),
    hotel.node("bed", take={"city": "city"}),
    ready,
    gives=ready,
)


@node
async def counted(beds: list[str]) -> int:
    return len(await look(",".join(beds)))


spread = Dag(
    "spread", Cities, hotel.node("beds", each="towns", take={"city": "item"}, concurrency=1), counted, gives=counted
)


@step
async def again(trip: Trip) -> Literal["again", "enough"]:
    trip.log.append("x")
    return "again" if len(trip.log) < 3 else "enough"


rounds = StateMachine("rounds", Trip, START >> fly >> again.choose({"again": fly, "enough": finish}), finish >> END)

inner = StateMachine("inner", Trip, START >> stay >> drive >> END)
outer = StateMachine("outer", Trip, START >> fly >> inner.as_state("trip") >> finish >> END)


async def test_branches_are_undone_side_by_side_each_in_reverse(rig: Rig, world: World) -> None:
    world.failures["look"] = [Refused("closed")]
    first, second = world.gate("cancel_flight"), world.gate("cancel_hotel")
    engine = await rig.open()
    run = await engine.start(branches, Cities())
    await world.entered["cancel_flight"].wait()
    await world.entered["cancel_hotel"].wait()
    assert world.count("cancel_flight") == 1, "the way out is undone after the way back"
    first.set()
    second.set()
    with pytest.raises(RunCompensatedError, match="closed"):
        await run.result()
    assert [call for call in world.calls if call.startswith("cancel_flight")] == [
        "cancel_flight:Busan!!",
        "cancel_flight:Busan!",
    ]
    assert len(world.done) == 6


async def test_branch_whose_compensation_fails_does_not_hold_up_the_others(rig: Rig, world: World) -> None:
    world.failures["look"] = [Refused("closed")]
    world.failures["cancel_flight"] = [Refused("never") for _ in range(10)]
    engine = await rig.open()
    draw(engine, 0)
    run = await engine.start(branches, Cities())
    parked = await until(run, ev.StepParked)
    assert parked.path == "back.undo"
    info = await run.status()
    while info.status is not Status.PARKED:
        info = await run.status()
    assert world.done[3:] == ["cancel_hotel:Busan!"]
    (record,) = await run.parked()
    assert record.waiting == ("out",)
    await run.resolve("back.undo", Verb.SEND_AGAIN, by="ann")
    with pytest.raises(RunCompensatedError):
        await run.result()
    assert world.done[4:] == ["cancel_flight:Busan!!", "cancel_flight:Busan!"]


async def test_parallel_writes_on_their_way_settle_before_anything_is_undone(rig: Rig, world: World) -> None:
    gate = world.gate("hotel")
    world.failures["flight"] = [Refused("full")]
    engine = await rig.open()
    run = await engine.start(branches, Cities())
    await world.entered["hotel"].wait()
    await until(run, ev.ScopeFailing)
    assert "CompensationStarted" not in await story(engine, run.id)
    gate.set()
    with pytest.raises(RunCompensatedError, match="full"):
        await run.result()
    assert world.done == ["hotel:Busan", "cancel_hotel:Busan!"]


async def test_every_item_of_a_map_is_undone(rig: Rig, world: World) -> None:
    world.failures["look"] = [Refused("closed")]
    engine = await rig.open()
    run = await engine.start(spread, Cities())
    with pytest.raises(RunCompensatedError):
        await run.result()
    assert sorted(world.done[3:]) == ["cancel_hotel:a!", "cancel_hotel:b!", "cancel_hotel:c!"]
    assert len(world.effects) == 6


async def test_every_visit_of_a_loop_is_undone_the_last_first(rig: Rig, world: World) -> None:
    world.failures["look"] = [Refused("closed")]
    engine = await rig.open()
    run = await engine.start(rounds, Trip())
    with pytest.raises(RunCompensatedError):
        await run.result()
    undone = [event.path for _, event in await engine.events(run.id) if isinstance(event, ev.UndoDone)]
    assert undone == ["fly#3.undo", "fly#2.undo", "fly.undo"]
    assert len(world.effects) == 6


async def test_nested_workflow_is_part_of_one_saga(rig: Rig, world: World) -> None:
    world.failures["look"] = [Refused("closed")]
    engine = await rig.open()
    run = await engine.start(outer, Trip())
    with pytest.raises(RunCompensatedError):
        await run.result()
    undone = [event.path for _, event in await engine.events(run.id) if isinstance(event, ev.UndoDone)]
    assert undone == ["trip/drive.undo", "trip/stay.undo", "fly.undo"]


async def test_failure_of_a_nested_workflow_that_is_handled_undoes_nothing(rig: Rig, world: World) -> None:
    world.failures["car"] = [Refused("none left")]
    handled = inner.as_state("trip").on_error(ToolFailed, to=finish, undo=False)
    engine = await rig.open()
    run = await engine.start(StateMachine("handled", Trip, START >> fly >> handled >> finish >> END), Trip())
    await run.result()
    assert world.done == ["flight:Busan", "hotel:Busan"]


@step
async def apologise(trip: Trip, *, world: World = FROM_ENGINE) -> None:
    trip.log.append("sorry")
    world.seen.append("sorry")


async def test_edge_that_undoes_undoes_what_its_machine_wrote_and_then_is_taken(rig: Rig, world: World) -> None:
    world.failures["car"] = [Refused("none left")]
    risky = drive.on_error(ToolFailed, to=apologise, undo=True)
    within = StateMachine("within", Trip, START >> stay >> risky >> END, apologise >> END)
    whole = StateMachine("whole", Trip, START >> fly >> within.as_state("trip") >> finish >> END)
    engine = await rig.open()
    run = await engine.start(whole, Trip())
    await run.result()
    assert world.seen == ["sorry"]
    assert world.done == ["flight:Busan", "hotel:Busan", "cancel_hotel:Busan!"]
    assert (await run.status()).status is Status.COMPLETED


async def test_what_an_edge_undid_is_not_undone_twice(rig: Rig, world: World) -> None:
    world.failures["car"] = [Refused("none left")]
    world.failures["look"] = [Refused("closed")]
    risky = drive.on_error(ToolFailed, to=finish, undo=True)
    engine = await rig.open()
    run = await engine.start(StateMachine("twice", Trip, START >> fly >> stay >> risky >> finish >> END), Trip())
    with pytest.raises(Exception, match="closed"):
        await run.result()
    assert world.done == ["flight:Busan", "hotel:Busan", "cancel_hotel:Busan!", "cancel_flight:Busan!"]
    assert (await run.status()).status is Status.FAILED, "nothing was left to undo"


async def test_run_shows_that_it_goes_on_while_an_edge_undoes(rig: Rig, world: World) -> None:
    world.failures["car"] = [Refused("none left")]
    gate = world.gate("cancel_hotel")
    risky = drive.on_error(ToolFailed, to=apologise, undo=True)
    engine = await rig.open()
    run = await engine.start(StateMachine("edge", Trip, START >> stay >> risky >> END, apologise >> END), Trip())
    await world.entered["cancel_hotel"].wait()
    assert (await run.status()).status is Status.RUNNING
    await run.cancel("never mind")
    gate.set()
    with pytest.raises(Exception, match="was cancelled"):
        await run.result()
    assert world.done == ["hotel:Busan", "cancel_hotel:Busan!"]
