"""What becomes of runs that are over, and of those who ask for them."""

import pytest

from podium import END, START, Engine, StateMachine, days, minutes, step, wait
from podium.core import events as ev
from podium.engine.retention import prune
from podium.engine.retention_store import Expired
from podium.errors import BadEngineUrlError
from podium.testing.clock import FakeClock
from podium.upkeep_errors import RunPrunedError
from tests.unit.engine.rig import Rig, in_time, until, valve
from tests.unit.engine.world import Trip


@step
async def think(trip: Trip) -> None:
    trip.log.append("thought")


SHORT = StateMachine("short", Trip, START >> think >> END)
LONG = StateMachine("long", Trip, START >> wait("go", str, give="found") >> END)
LATER = Expired(before_ms=1 << 60)


async def test_everything_is_kept_unless_asked_otherwise(rig: Rig) -> None:
    clock = FakeClock()
    engine = await rig.open(SHORT, clock=clock)
    handle = await engine.start(SHORT, Trip(), id="r")
    await in_time(clock, handle.result())
    for _ in range(3):
        await clock.skip(days(400).days * 86_400_000)
    assert (await handle.status()).status == "completed"


async def test_engine_prunes_what_ended_longer_ago_than_it_retains(rig: Rig) -> None:
    clock = FakeClock()
    engine = await rig.open(SHORT, LONG, clock=clock, retains=minutes(10))
    waiting = await engine.start(LONG, Trip(), id="waits")
    old = await engine.start(SHORT, Trip(), id="old")
    await in_time(clock, old.result())
    clock.jump(9 * 60_000)
    new = await engine.start(SHORT, Trip(), id="new")
    await in_time(clock, new.result())
    while True:
        await in_time(clock, clock.sleep(60_000), leap_ms=30_000)
        try:
            await old.status()
        except RunPrunedError:
            break
    assert (await new.status()).status == "completed"
    assert (await waiting.status()).status == "waiting"
    with pytest.raises(RunPrunedError, match="pruned at"):
        await old.result()
    with pytest.raises(RunPrunedError, match="the id is refused until"):
        await engine.start(SHORT, Trip(), id="old")


async def test_who_waits_for_a_run_that_is_pruned_is_told(rig: Rig) -> None:
    first, second = await rig.open(SHORT), await rig.open()
    handle = await first.start(SHORT, Trip(), id="r")
    await handle.result()
    async for _ in prune(valve(first), FakeClock(), LATER):
        pass
    future = second.end_of("r")
    with pytest.raises(RunPrunedError):
        await future
    again = await second.start(SHORT, Trip(), id="s")
    await again.result()


async def test_fork_of_a_pruned_run_is_readable_and_goes_on(rig: Rig) -> None:
    engine = await rig.open(LONG)
    parent = await engine.start(LONG, Trip(city="Ulsan"), id="parent")
    await until(parent, ev.StepStarted)
    fork = await parent.fork(id="fork")
    await parent.signal("go", "x")
    await parent.result()
    async for _ in prune(valve(engine), FakeClock(), LATER):
        pass
    assert (await fork.status()).parent == "parent"
    await fork.signal("go", "y")
    assert (await fork.result()).city == "Ulsan"


async def test_retention_of_temporal_is_its_namespaces() -> None:
    pytest.importorskip("temporalio")
    engine = Engine("temporal://127.0.0.1:1")
    engine.retain(days(30))
    with pytest.raises(BadEngineUrlError, match="the Temporal namespace says"):
        async with engine:
            pass
