"""A run keeps its graph: an engine that does not have the code leaves it alone, and says so."""

from typing import Any

import pytest

from podium import END, START, Handle, StateMachine, Status, sleep
from podium.core import events as ev
from podium.engine.clock import SystemClock
from podium.errors import RunCancelledError, UnknownWorkflowError
from podium.testing.clock import FakeClock
from tests.inside import inner
from tests.unit.engine.rig import Rig, in_time, turns, until
from tests.unit.engine.world import Trip, World, book, look

search = look.state("search", take={"what": "city"}, give="found")
flight = book.state("flight", take={"city": "city"}, give="booked")
travel = StateMachine("travel", Trip, START >> search >> flight >> END)
shorter = StateMachine("travel", Trip, START >> flight >> END)
resting = StateMachine("resting", Trip, START >> sleep("nap", 600) >> flight >> END)


async def abandoned(rig: Rig, machine: StateMachine[Trip] = travel) -> None:
    engine = await rig.open(machine)
    rig.world.gate("look")
    run = await engine.start(machine, Trip(), id="one")
    await until(run, ev.StepStarted)
    await turns()
    await rig.crash(engine)
    rig.world.gates.clear()


async def test_run_of_an_unknown_graph_is_left_alone(rig: Rig, world: World) -> None:
    await abandoned(rig)
    other = await rig.open(shorter)
    there = await other.get("one")
    await inner(other).recovery.sweep()
    assert (await there.status()).epoch == 1
    assert world.count("book") == 0
    with pytest.raises(UnknownWorkflowError, match="another structure"):
        await other.code_of("one")


async def test_run_goes_on_where_its_code_is(rig: Rig, world: World) -> None:
    await abandoned(rig)
    await rig.open(shorter)
    knowing = await rig.open(travel)
    assert (await (await knowing.get("one")).result()).booked == "Busan!"
    assert world.count("book") == 1


async def test_run_without_its_code_can_still_be_cancelled(rig: Rig, world: World) -> None:
    await abandoned(rig, resting)
    other = await rig.open()
    there = await other.get("one")
    await there.cancel()
    with pytest.raises(RunCancelledError):
        await there.result()
    assert world.calls == []


async def test_run_without_any_worker_that_has_its_code_is_shown_as_parked(rig: Rig) -> None:
    await abandoned(rig)
    clock = FakeClock(SystemClock().now_ms())
    other = await rig.open(shorter, clock=clock)
    there = await other.get("one")
    await in_time(clock, shown(there, Status.PARKED))
    assert "no live worker" in ((await there.status()).error or "")
    knowing = await rig.open(travel, clock=clock)
    assert (await in_time(clock, (await knowing.get("one")).result())).booked == "Busan!"


async def test_clock_that_is_set_back_does_not_keep_a_worker_from_looking_around(rig: Rig) -> None:
    await abandoned(rig)
    clock = FakeClock(SystemClock().now_ms())
    other = await rig.open(shorter, clock=clock)
    there = await other.get("one")
    await turns()
    clock.jump(-3_600_000)
    inner(other).recovery.nudge()  # the fake clock's timers are of the time before
    await shown(there, Status.PARKED)


async def shown(run: Handle[Any], status: Status) -> None:
    while (await run.status()).status is not status:
        await turns(1)
