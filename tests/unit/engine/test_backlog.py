"""An engine takes in what it can work on; the rest waits its turn in the store, and what is too much is refused."""

import pytest

from podium import BusyError, Engine, Handle, RunFilter, StateMachine, Status
from podium.core import events as ev
from podium.engine.clock import SystemClock
from podium.testing.clock import FakeClock
from tests.inside import inner
from tests.unit.engine.rig import Rig, in_time, turns, until
from tests.unit.engine.test_start import stay, travel
from tests.unit.engine.world import Trip, World

MANY = 40


async def crowded(rig: Rig, clock: FakeClock, **bounds: int) -> Engine:
    """Return an engine that has room for two runs, and has them."""
    engine = await rig.open(travel, stay, clock=clock, bounds={"held": 2, **bounds})
    rig.world.gate("look")
    for number in range(2):
        run = await engine.start(stay, Trip(city="first"), id=f"first-{number}")
        await until(run, ev.StepStarted)
    return engine


async def queued(engine: Engine, count: int, *, tenant: str, machine: StateMachine[Trip] = stay) -> list[Handle[Trip]]:
    """Start runs of a tenant, which wait."""
    made = range(count)
    return [await engine.start(machine, Trip(city=tenant), id=f"{tenant}-{n}", tenant=tenant) for n in made]


async def test_one_run_of_a_tenant_does_not_wait_for_all_of_another(rig: Rig, world: World) -> None:
    clock = FakeClock(SystemClock().now_ms())
    engine = await crowded(rig, clock)
    await queued(engine, MANY, tenant="many")
    (one,) = await queued(engine, 1, tenant="one")
    world.gates.pop("look").set()
    await in_time(clock, one.result())
    assert world.calls.index("look:one") <= 6
    done = [await engine.get(f"many-{number}") for number in range(MANY)]
    for run in done:
        await in_time(clock, run.result())
    assert world.count("look") == MANY + 3


async def test_no_more_runs_are_held_than_there_is_room_for(rig: Rig, world: World) -> None:
    clock = FakeClock(SystemClock().now_ms())
    engine = await crowded(rig, clock)
    runs = await queued(engine, MANY, tenant="many")
    inner(engine).recovery.nudge()
    await turns()
    assert set(inner(engine).host.live) == {"first-0", "first-1"}
    assert {(info.status, info.owner) for info in await engine.runs(RunFilter(tenant="many"))} == {
        (Status.RUNNING, None)
    }
    world.gates.pop("look").set()
    for run in runs:
        await run.result()  # whose turn it is begins as soon as there is room, without waiting for any look around


async def test_more_than_the_bound_is_refused_and_may_be_asked_for_again(rig: Rig, world: World) -> None:
    clock = FakeClock(SystemClock().now_ms())
    engine = await crowded(rig, clock, backlog=5, backlog_per_tenant=3)
    await queued(engine, 3, tenant="many")
    with pytest.raises(BusyError, match="3 runs of tenant 'many' wait to be begun") as busy:
        await engine.start(stay, Trip(city="late"), id="late", tenant="many")
    assert busy.value.retry_after >= 1
    assert "late" not in {info.id for info in await engine.runs()}
    assert (await engine.start(stay, Trip(city="many"), id="many-2", tenant="many")).id == "many-2", "it is there"
    await queued(engine, 2, tenant="other")
    with pytest.raises(BusyError, match="5 runs wait"):
        await engine.start(stay, Trip(), tenant="third")
    world.gates.pop("look").set()
    for number in range(3):
        await in_time(clock, (await engine.get(f"many-{number}")).result())
    late = await engine.start(stay, Trip(city="late"), id="late", tenant="many")
    assert (await in_time(clock, late.result())).found == "late!"
    assert world.calls.count("look:late") == 1


async def test_what_one_worker_has_no_room_for_another_one_does(rig: Rig, world: World) -> None:
    clock = FakeClock(SystemClock().now_ms())
    engine = await crowded(rig, clock)
    runs = await queued(engine, 3, tenant="many", machine=travel)
    gate = world.gates.pop("look")
    await rig.open(travel, clock=clock)
    for run in runs:
        await in_time(clock, run.result())
    assert world.count("look") == 5
    gate.set()


async def test_engine_that_takes_over_nothing_has_its_own_backlog(rig: Rig, world: World) -> None:
    clock = FakeClock(SystemClock().now_ms())
    engine = await rig.open(clock=clock, recovers=False, bounds={"held": 1})
    world.gate("look")
    first = await engine.start(stay, Trip(city="first"))
    await until(first, ev.StepStarted)
    second = await engine.start(stay, Trip(city="second"))
    await turns()
    assert len(inner(engine).host.live) == 1
    world.gates.pop("look").set()
    await in_time(clock, second.result())
    await in_time(clock, first.result())


async def test_fork_is_its_parents_tenants(rig: Rig) -> None:
    engine = await rig.open()
    run = await engine.start(stay, Trip(), tenant="acme")
    await until(run, ev.StepDone)
    fork = await run.fork(at=1)
    assert (await fork.status()).tenant == "acme"
