"""Whoever undoes may die at any moment: another process goes on, and nothing is undone twice."""

import asyncio

import pytest

from podium import Status
from podium.core import events as ev
from podium.core.events import Event
from podium.errors import RunCompensatedError
from podium.testing.clock import FakeClock
from tests.inside import inner
from tests.unit.engine.booking import drive, fly, machine, stay
from tests.unit.engine.rig import Rig, draw, in_time, story, until, valve
from tests.unit.engine.world import Refused, Trip, World

trip = machine(fly, stay, drive)

BOOKED = ["flight:Busan", "hotel:Busan", "car:Busan"]
UNDONE = ["cancel_car:Busan!", "cancel_hotel:Busan!", "cancel_flight:Busan!"]


@pytest.fixture(autouse=True)
def _closed(world: World) -> None:
    """Let every run here fail at its end."""
    world.failures["look"] = [Refused("closed") for _ in range(9)]


@pytest.mark.parametrize("path", ["drive.undo", "stay.undo", "fly.undo"])
@pytest.mark.parametrize(
    ("kind", "before"),
    [
        (ev.WriteIntended, True),
        (ev.WriteIntended, False),
        (ev.WriteDone, True),
        (ev.WriteDone, False),
        (ev.UndoDone, True),
    ],
    ids=["before the intent", "after the intent", "before the result", "after the result", "before the end"],
)
async def test_run_whose_process_dies_while_it_undoes_is_undone_by_another(
    rig: Rig, world: World, path: str, kind: type[Event], *, before: bool
) -> None:
    first = await rig.open()
    valve(first).cut(kind, before=before, path=path)
    await first.start(trip, Trip(), id="one")
    await valve(first).is_cut.wait()
    await rig.crash(first)
    second = await rig.open(trip)
    run = await second.get("one")
    with pytest.raises(RunCompensatedError, match="closed"):
        await run.result()
    assert world.done == [*BOOKED, *UNDONE]
    undone = [event.path for _, event in await second.events("one") if isinstance(event, ev.UndoDone)]
    assert undone == ["drive.undo", "stay.undo", "fly.undo"]


async def test_closing_engine_lets_go_and_another_goes_on(rig: Rig, world: World) -> None:
    gate = world.gate("cancel_hotel")
    first = await rig.open()
    run = await first.start(trip, Trip(), id="one")
    await world.entered["cancel_hotel"].wait()
    closing = asyncio.create_task(first.__aexit__(None, None, None))
    rig._dead.append(first)
    await asyncio.sleep(0)
    gate.set()
    await closing
    second = await rig.open(trip)
    with pytest.raises(RunCompensatedError):
        await (await second.get(run.id)).result()
    assert world.done == [*BOOKED, *UNDONE]
    assert world.count("cancel_hotel") == 1, "what was on its way settled first"


async def test_wait_between_tries_outlives_its_process(rig: Rig, world: World) -> None:
    world.failures["cancel_hotel"] = [Refused("not now") for _ in range(7)]
    clock = FakeClock()
    first = await rig.open(clock=clock)
    draw(first, 0.999)
    run = await first.start(trip, Trip(), id="one")
    await in_time(clock, until(run, ev.AttemptFailed, count=6))
    await rig.crash(first)
    second = await rig.open(trip, clock=clock)
    draw(second, 0.999)
    there = await second.get("one")
    assert (await there.status()).status is Status.COMPENSATING
    with pytest.raises(RunCompensatedError):
        await in_time(clock, there.result())
    assert world.count("cancel_hotel") == 8
    assert (await story(second, "one")).count("AttemptFailed") == 7


async def test_run_that_undoes_is_shelved_where_nobody_has_its_code_and_keeps_its_cause(rig: Rig, world: World) -> None:
    gate = world.gate("cancel_hotel")
    clock = FakeClock()
    first = await rig.open(clock=clock)
    await first.start(trip, Trip(), id="one")
    await world.entered["cancel_hotel"].wait()
    await rig.crash(first)
    gate.set()
    other = await rig.open(machine(fly), clock=clock)
    run = await other.get("one")
    await in_time(clock, _shown(run, Status.PARKED))
    assert "podium worker" in ((await run.status()).error or "")
    await inner(other).store.offer({trip.hash})
    info = await run.status()
    assert info.status is Status.COMPENSATING
    assert "closed" in (info.error or "")


async def _shown(run: object, status: Status) -> None:
    while (await run.status()).status is not status:  # type: ignore[attr-defined]  # a handle
        await asyncio.sleep(0)
