"""A run that fails for good, or is called off, undoes what it wrote: in reverse, each once, and tells of it."""

import asyncio

import pytest

from podium import OnFailure, Status
from podium.core import events as ev
from podium.errors import RunCancelledError, RunCompensatedError, RunFailedError
from podium.testing.clock import FakeClock
from tests.unit.engine.booking import drive, fly, machine, stay
from tests.unit.engine.rig import Rig, in_time, story, until
from tests.unit.engine.world import Refused, Trip, World

trip = machine(fly, stay, drive)

BOOKED = ["flight:Busan", "hotel:Busan", "car:Busan"]
UNDONE = ["cancel_car:Busan!", "cancel_hotel:Busan!", "cancel_flight:Busan!"]


async def test_failed_run_undoes_what_it_wrote_in_reverse(rig: Rig, world: World) -> None:
    world.failures["look"] = [Refused("closed")]
    engine = await rig.open()
    run = await engine.start(trip, Trip())
    with pytest.raises(RunCompensatedError, match="closed") as ended:
        await run.result()
    assert world.done == [*BOOKED, *UNDONE]
    assert ended.value.failure is not None
    assert "Refused" in ended.value.failure.type
    assert ended.value.skipped == ()
    info = await run.status()
    assert (info.status, info.owner, info.wake_at, info.undoing_since) == (Status.COMPENSATED, None, None, None)
    assert "closed" in (info.error or "")
    assert (await story(engine, run.id))[-1] == "RunCompensated"


async def test_write_that_fails_undoes_those_before_it_each_once_and_not_itself(rig: Rig, world: World) -> None:
    world.failures["car"] = [Refused("none left")]
    engine = await rig.open()
    run = await engine.start(trip, Trip())
    with pytest.raises(RunCompensatedError, match="none left") as ended:
        await run.result()
    assert world.calls == [*BOOKED, *UNDONE[1:]]
    assert ended.value.failure is not None
    assert (ended.value.failure.source, "Refused" in ended.value.failure.type) == ("car", True)


async def test_each_compensation_is_sent_under_a_key_of_its_own(rig: Rig, world: World) -> None:
    world.failures["look"] = [Refused("closed")]
    engine = await rig.open()
    run = await engine.start(trip, Trip())
    with pytest.raises(RunCompensatedError):
        await run.result()
    assert len(world.effects) == len(BOOKED + UNDONE)
    keys = [event.key for _, event in await engine.events(run.id) if isinstance(event, ev.WriteIntended)]
    assert keys == list(world.effects)


async def test_cancelled_run_undoes_what_it_wrote(rig: Rig, world: World) -> None:
    world.gate("look")
    engine = await rig.open()
    run = await engine.start(trip, Trip())
    await world.entered["look"].wait()
    await run.cancel("changed my mind")
    with pytest.raises(RunCompensatedError, match=r"was compensated$") as ended:
        await run.result()
    assert ended.value.failure is None
    assert world.done == [*BOOKED, *UNDONE]
    assert (await run.status()).error == "called off"


async def test_run_whose_time_is_up_undoes_what_it_wrote(rig: Rig, world: World) -> None:
    world.gate("look")
    clock = FakeClock()
    engine = await rig.open(clock=clock)
    run = await engine.start(machine(fly, stay, drive, deadline=30), Trip())
    await world.entered["look"].wait()
    with pytest.raises(RunCompensatedError, match="deadline of 30000 ms"):
        await in_time(clock, run.result())
    assert world.done == [*BOOKED, *UNDONE]


async def test_write_that_is_on_its_way_at_the_cancel_settles_and_is_undone(rig: Rig, world: World) -> None:
    gate = world.gate("hotel")
    engine = await rig.open()
    run = await engine.start(trip, Trip())
    await world.entered["hotel"].wait()
    await run.cancel()
    gate.set()
    with pytest.raises(RunCompensatedError):
        await run.result()
    assert world.done == [*BOOKED[:2], *UNDONE[1:]]


async def test_run_that_wrote_nothing_only_ends(rig: Rig, world: World) -> None:
    world.failures["flight"] = [Refused("full")]
    engine = await rig.open()
    run = await engine.start(trip, Trip())
    with pytest.raises(RunFailedError, match="full"):
        await run.result()
    world.doors["flight"] = asyncio.Event()
    world.failures["flight"] = [Refused("full after all")]
    run = await engine.start(trip, Trip(), id="cancelled")
    await world.entered["flight"].wait()
    await run.cancel()
    world.open_gates()
    with pytest.raises(RunCancelledError):
        await run.result()


async def test_stop_leaves_what_was_written(rig: Rig, world: World) -> None:
    world.failures["look"] = [Refused("closed")]
    engine = await rig.open()
    run = await engine.start(machine(fly, on_failure=OnFailure.STOP), Trip())
    with pytest.raises(RunFailedError):
        await run.result()
    assert world.done == BOOKED[:1]


async def test_run_shows_compensating_while_it_undoes_and_keeps_its_cause(rig: Rig, world: World) -> None:
    world.failures["look"] = [Refused("closed")]
    gate = world.gate("cancel_hotel")
    clock = FakeClock()
    engine = await rig.open(clock=clock)
    run = await engine.start(trip, Trip())
    await world.entered["cancel_hotel"].wait()
    await until(run, ev.UndoDone)
    info = await run.status()
    assert (info.status, info.wake_at, info.has_work) == (Status.COMPENSATING, None, True)
    assert info.undoing_since == clock.now_ms()
    assert "closed" in (info.error or "")
    assert not info.status.is_terminal
    gate.set()
    with pytest.raises(RunCompensatedError):
        await run.result()


async def test_cancel_while_it_undoes_is_accepted_and_changes_nothing(rig: Rig, world: World) -> None:
    world.failures["look"] = [Refused("closed")]
    gate = world.gate("cancel_hotel")
    engine = await rig.open()
    run = await engine.start(trip, Trip())
    await world.entered["cancel_hotel"].wait()
    await run.cancel("again")
    await run.cancel("and again")
    gate.set()
    with pytest.raises(RunCompensatedError, match="closed"):
        await run.result()
    assert world.done == [*BOOKED, *UNDONE]
    assert "CancelAsked" not in await story(engine, run.id)


async def test_many_runs_undo_side_by_side(rig: Rig, world: World) -> None:
    world.failures["look"] = [Refused("closed") for _ in range(20)]
    engine = await rig.open()
    runs = [await engine.start(trip, Trip()) for _ in range(20)]
    ends = await asyncio.gather(*(run.result() for run in runs), return_exceptions=True)
    assert {type(end) for end in ends} == {RunCompensatedError}
    assert len(world.done) == 20 * len(BOOKED + UNDONE)
