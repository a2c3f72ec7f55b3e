"""A run that was compensated can be sent on: from where the first compensated step had begun, under new keys."""

import pytest

from podium import END, FROM_ENGINE, START, StateMachine, Status, Verb, step
from podium.core import events as ev
from podium.errors import RefusedError, RunCompensatedError
from tests.unit.engine.booking import drive, finish, fly, machine, stay
from tests.unit.engine.rig import Rig, draw, until
from tests.unit.engine.world import Refused, Trip, World, look

trip = machine(fly, stay, drive)
BOOKED = ["flight:Busan", "hotel:Busan", "car:Busan"]
UNDONE = ["cancel_car:Busan!", "cancel_hotel:Busan!", "cancel_flight:Busan!"]


@step
async def think(trip: Trip, *, world: World = FROM_ENGINE) -> None:
    trip.log.append(f"thought {await look('first')}")
    world.seen.append("thought")


thoughtful = StateMachine("thoughtful", Trip, START >> think >> fly >> stay >> finish >> END)


async def test_compensated_run_writes_anew_under_new_keys(rig: Rig, world: World) -> None:
    world.failures["look"] = [Refused("closed")]
    engine = await rig.open()
    run = await engine.start(trip, Trip())
    with pytest.raises(RunCompensatedError):
        await run.result()
    await run.retry(by="ann")
    done = await run.result()
    assert (done.found, done.booked) == ("Busan!", "Busan!")
    assert world.done == [*BOOKED, *UNDONE, *BOOKED]
    info = await run.status()
    assert (info.status, info.error, info.undoing_since) == (Status.COMPLETED, None, None)
    (rewound,) = [event for _, event in await engine.events(run.id) if isinstance(event, ev.RunRewound)]
    assert rewound.by == "ann"


async def test_run_that_fails_again_is_compensated_again(rig: Rig, world: World) -> None:
    world.failures["look"] = [Refused("closed"), Refused("closed for good")]
    engine = await rig.open()
    run = await engine.start(trip, Trip())
    with pytest.raises(RunCompensatedError):
        await run.result()
    await run.retry()
    with pytest.raises(RunCompensatedError, match="for good"):
        await run.result()
    await run.retry()
    await run.result()
    assert world.done == [*BOOKED, *UNDONE, *BOOKED, *UNDONE, *BOOKED]
    assert len(set(world.effects)) == 15


async def test_what_came_before_the_first_compensated_step_is_not_done_again(rig: Rig, world: World) -> None:
    engine = await rig.open()
    world.failures["hotel"] = [Refused("full")]
    run = await engine.start(thoughtful, Trip())
    with pytest.raises(RunCompensatedError, match="full"):
        await run.result()
    await run.retry()
    assert (await run.result()).log == ["thought first!"]
    assert world.seen == ["thought"]
    assert world.done == [BOOKED[0], UNDONE[2], *BOOKED[:2]]


async def test_compensated_run_is_sent_on_by_another_process(rig: Rig, world: World) -> None:
    world.failures["look"] = [Refused("closed")]
    first = await rig.open()
    run = await first.start(trip, Trip(), id="one")
    with pytest.raises(RunCompensatedError):
        await run.result()
    await first.__aexit__(None, None, None)
    rig._dead.append(first)
    there = await (await rig.open()).get("one")
    await there.retry()
    assert (await there.status()).status is Status.RUNNING, "decided without the code, which comes later"
    worker = await rig.open(trip)
    assert (await (await worker.get("one")).result()).booked == "Busan!"
    assert world.done == [*BOOKED, *UNDONE, *BOOKED]


async def test_cancelled_and_completed_runs_are_not_sent_on(rig: Rig, world: World) -> None:
    world.gate("look")
    engine = await rig.open()
    run = await engine.start(trip, Trip())
    await world.entered["look"].wait()
    await run.cancel()
    with pytest.raises(RunCompensatedError):
        await run.result()
    with pytest.raises(RefusedError, match="called off"):
        await run.retry()
    world.open_gates()
    done = await engine.start(trip, Trip(), id="done")
    await done.result()
    with pytest.raises(RefusedError, match="only a failed run"):
        await done.retry()


async def test_what_was_left_as_it_is_is_not_written_again(rig: Rig, world: World) -> None:
    world.failures["look"] = [Refused("closed")]
    world.failures["cancel_hotel"] = [Refused("not now") for _ in range(10)]
    engine = await rig.open()
    draw(engine, 0)
    run = await engine.start(trip, Trip())
    await until(run, ev.StepParked)
    await run.resolve("stay.undo", Verb.SKIP, by="ann", reason="kept for the next guest")
    with pytest.raises(RunCompensatedError, match=r"but for stay: ") as ended:
        await run.result()
    assert ended.value.skipped == ("stay",)
    assert "left as it is: stay" in ((await run.status()).error or "")
    await run.retry()
    await run.result()
    assert world.done == [*BOOKED, UNDONE[0], UNDONE[2], BOOKED[0], BOOKED[2]]
