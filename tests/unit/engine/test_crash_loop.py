"""A run whose process dies again and again is recovered alone, then parked; the others go on."""

import asyncio

from podium import END, START, Engine, Handle, StateMachine, step
from podium.core import events as ev
from tests.inside import inner
from tests.unit.engine.rig import Rig, turns, until
from tests.unit.engine.world import Trip, World, book, charge, look

killing = StateMachine("killing", Trip, START >> look.state("kill", take={"what": "city"}) >> END)


@step
async def pay(trip: Trip) -> None:
    trip.found = await look(trip.city)
    trip.booked = await charge(trip.city)


paying = StateMachine("paying", Trip, START >> pay >> END)
booking = StateMachine("booking", Trip, START >> book.state("book", take={"city": "city"}) >> END)
harmless = StateMachine("harmless", Trip, START >> look.state("search", take={"what": "city"}) >> END)


async def killed(rig: Rig, *, times: int, machine: StateMachine[Trip] = killing) -> Engine:
    """Start a run, and let its process die with a step in flight as often as is said; return another engine."""
    rig.world.gate("look")
    engine = await rig.open(machine, harmless)
    await engine.start(machine, Trip(city="killer"), id="killer")
    for _ in range(times):
        await rig.world.entered["look"].wait()
        rig.world.entered["look"].clear()
        await rig.crash(engine)
        engine = await rig.open(machine, harmless)
    return engine


async def flying(run: Handle[Trip], engine: Engine) -> None:
    """Wait until a run's step is under way."""
    while not inner(engine).host.live[run.id].flights:
        await turns(1)


async def test_run_that_died_once_goes_on_beside_others(rig: Rig, world: World) -> None:
    engine = await killed(rig, times=1)
    await world.entered["look"].wait()
    other = await engine.start(harmless, Trip(), id="other")
    await flying(other, engine)
    world.open_gates()
    await other.result()
    await (await engine.get("killer")).result()


async def test_run_that_died_twice_runs_alone(rig: Rig, world: World) -> None:
    engine = await killed(rig, times=2)
    await world.entered["look"].wait()
    other = await engine.start(harmless, Trip(city="other"), id="other")
    await turns()
    assert not inner(engine).host.live["other"].flights
    taken = await until(await engine.get("killer"), ev.RunTakenOver, count=2)
    assert taken.alone
    world.open_gates()
    await (await engine.get("killer")).result()
    await other.result()
    assert world.calls[-1] == "look:other"


async def test_run_that_killed_its_process_while_alone_is_parked_and_the_others_go_on(rig: Rig, world: World) -> None:
    engine = await killed(rig, times=3)
    killer = await engine.get("killer")
    parked = await until(killer, ev.StepParked)
    assert parked.reason == "crash-loop"
    world.open_gates()
    await (await engine.start(harmless, Trip(), id="other")).result()
    assert world.calls.count("look:killer") == 3


async def test_progress_clears_a_run_of_suspicion(rig: Rig, world: World) -> None:
    long = StateMachine(
        "long",
        Trip,
        START >> look.state("one", take={"what": "city"}) >> look.state("two", take={"what": "city"}) >> END,
    )
    engine = await killed(rig, times=1, machine=long)
    await world.entered["look"].wait()
    world.entered["look"].clear()
    world.gates["look"].set()
    world.gate("look")
    await until(await engine.get("killer"), ev.StepDone)
    await rig.crash(engine)
    again = await rig.open(long)
    taken = await until(await again.get("killer"), ev.RunTakenOver, count=2)
    assert not taken.alone
    world.open_gates()
    await (await again.get("killer")).result()


async def test_suspect_that_waits_for_its_turn_hears_nothing_before_its_write_is_in_doubt(
    rig: Rig, world: World
) -> None:
    """Whoever died may have sent it: told to end now, the run would take it for unsent."""
    world.gate("look")
    first = await rig.open(paying)
    await first.start(paying, Trip(), id="killer")
    await world.entered["look"].wait()
    await rig.crash(first)
    world.gates.clear()
    world.gate("charge")
    second = await rig.open(paying)
    await world.entered["charge"].wait()
    gate = world.gate("book")
    third = await rig.open(paying)
    busy = await third.start(booking, Trip(), id="busy")
    await world.entered["book"].wait()
    await rig.crash(second)
    await inner(third).recovery.sweep()
    assert "killer" in inner(third).host.live
    killer = await third.get("killer")
    asked = asyncio.create_task(killer.cancel())
    await inner(third).recovery.sweep()
    await turns()
    assert not asked.done()
    gate.set()
    await busy.result()
    await asked
    assert (await until(killer, ev.StepParked)).reason == "in-doubt"
    assert world.count("charge") == 1
