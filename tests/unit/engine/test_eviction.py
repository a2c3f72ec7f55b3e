"""A run that only waits takes no memory, and comes back for whatever it waits for."""

from podium import END, START, Approve, Reject, StateMachine, Status, human, sleep, wait
from podium.core import events as ev
from podium.testing.clock import FakeClock
from tests.inside import inner
from tests.unit.engine.rig import Rig, in_time, turns, until
from tests.unit.engine.world import Trip, look


@human()
async def editor(trip: Trip, answer: Approve | Reject) -> None:
    trip.booked = answer.choice


search = look.state("search", take={"what": "city"}, give="found")
napping = StateMachine("napping", Trip, START >> sleep("nap", 60) >> search >> END)
blinking = StateMachine("blinking", Trip, START >> sleep("nap", 4) >> search >> END)
asking = StateMachine("asking", Trip, START >> editor >> search >> END)
waiting = StateMachine("waiting", Trip, START >> wait("go", str, give="booked") >> search >> END)


async def evicted(rig: Rig, machine: StateMachine[Trip], clock: FakeClock) -> None:
    """Start a run that waits, and see it go out of memory."""
    engine = await rig.open(machine, clock=clock)
    run = await engine.start(machine, Trip(), id="one")
    await until(run, ev.StepStarted)
    assert inner(engine).host.live == {}
    while (info := await run.status()).owner is not None:
        await turns(1)
    assert info.status is Status.WAITING


async def test_run_that_sleeps_comes_back_for_its_time(rig: Rig) -> None:
    clock = FakeClock()
    await evicted(rig, napping, clock)
    other = await rig.open(napping, clock=clock)
    assert (await in_time(clock, (await other.get("one")).result())).found == "Busan!"


async def test_run_that_waits_comes_back_for_its_signal(rig: Rig) -> None:
    clock = FakeClock()
    await evicted(rig, waiting, clock)
    other = await rig.open(waiting, clock=clock)
    there = await other.get("one")
    await in_time(clock, there.signal("go", "now"))
    assert (await in_time(clock, there.result())).booked == "now"


async def test_run_that_asks_comes_back_for_its_answer(rig: Rig) -> None:
    clock = FakeClock()
    await evicted(rig, asking, clock)
    other = await rig.open(asking, clock=clock)
    there = await other.get("one")
    await in_time(clock, there.answer("editor", Approve()))
    assert (await in_time(clock, there.result())).booked == "approve"


async def test_run_that_is_due_soon_stays(rig: Rig) -> None:
    clock = FakeClock()
    engine = await rig.open(clock=clock)
    run = await engine.start(blinking, Trip(), id="one")
    await until(run, ev.StepStarted)
    assert list(inner(engine).host.live) == ["one"]
    await in_time(clock, run.result())
    assert inner(engine).host.live == {}


async def test_hundreds_of_runs_that_wait_are_not_in_memory(rig: Rig) -> None:
    engine = await rig.open(clock=FakeClock())
    for number in range(200):
        await engine.start(waiting, Trip(), id=f"run-{number}")
    assert inner(engine).host.live == {}
