"""Deciding and reading run ahead of the disk; nothing leaves the process before what it depends on is on disk."""

import asyncio

import pytest

from podium import END, START, Engine, Handle, StateMachine, wait
from podium.core import events as ev
from podium.errors import RefusedError
from tests.inside import inner
from tests.unit.engine.rig import Rig, story, turns, until, valve
from tests.unit.engine.world import Refused, Trip, World, book, look

reads = [look.state(f"read{number}", take={"what": "city"}, give="found") for number in range(4)]
flight = book.state("flight", take={"city": "city"}, give="booked")
reading = StateMachine("reading", Trip, START >> reads[0] >> reads[1] >> reads[2] >> reads[3] >> END)
writing = StateMachine("writing", Trip, START >> reads[0] >> reads[1] >> flight >> reads[2] >> END)
asking = StateMachine("asking", Trip, START >> wait("go", str) >> reads[0] >> END)


async def held(rig: Rig, machine: StateMachine[Trip]) -> tuple[Engine, Handle[Trip]]:
    """Start a run whose first read waits at a gate, and hold back every commit from then on."""
    rig.world.gate("look")
    engine = await rig.open()
    run = await engine.start(machine, Trip(), id="one")
    await rig.world.entered["look"].wait()
    valve(engine).shut()
    return engine, run


async def test_reads_run_ahead_of_the_disk(rig: Rig, world: World) -> None:
    engine, _ = await held(rig, reading)
    world.open_gates()
    await turns()
    assert world.count("look") == 4
    assert await story(engine, "one") == ["RunStarted", "StepStarted"]


async def test_result_is_not_told_before_it_is_on_disk(rig: Rig, world: World) -> None:
    engine, run = await held(rig, reading)
    waiting = asyncio.create_task(run.result())
    world.open_gates()
    await turns()
    valve(engine).tell_again()
    await turns()
    assert not waiting.done()
    valve(engine).let_go()
    assert (await waiting).found == "Busan!"


async def test_failure_is_not_told_before_it_is_on_disk(rig: Rig, world: World) -> None:
    engine, run = await held(rig, reading)
    world.losses["look"] = [Refused("closed")]
    waiting = asyncio.create_task(run.result())
    world.open_gates()
    await turns()
    valve(engine).tell_again()
    await turns()
    assert not waiting.done()
    valve(engine).let_go()
    await asyncio.wait([waiting])
    assert (await run.status()).seq == len(await story(engine, "one"))


async def test_write_is_not_sent_before_its_intent_is_on_disk(rig: Rig, world: World) -> None:
    engine, run = await held(rig, writing)
    world.open_gates()
    await turns()
    valve(engine).tell_again()
    await turns()
    assert (world.count("look"), world.count("book")) == (2, 0)
    valve(engine).let_go()
    await run.result()
    assert world.count("book") == 1


async def test_what_follows_a_write_runs_ahead_again(rig: Rig, world: World) -> None:
    gate = world.gate("book")
    engine = await rig.open()
    await engine.start(writing, Trip(), id="one")
    await world.entered["book"].wait()
    valve(engine).shut()
    gate.set()
    await turns()
    assert world.count("look") == 3
    assert "WriteDone" not in await story(engine, "one")


async def test_verdict_is_not_told_before_it_is_on_disk(rig: Rig) -> None:
    engine = await rig.open()
    run = await engine.start(asking, Trip(), id="one")
    await until(run, ev.StepStarted)
    valve(engine).shut()
    asked = asyncio.create_task(run.signal("go", "now"))
    while "one" not in inner(engine).host.live:
        await turns(1)
    await turns()
    valve(engine).tell_again()
    await turns()
    assert not asked.done()
    valve(engine).let_go()
    await asked
    assert "SignalReceived" in await story(engine, "one")


async def test_refusal_is_not_told_before_it_is_on_disk(rig: Rig) -> None:
    engine = await rig.open()
    run = await engine.start(asking, Trip(), id="one")
    await until(run, ev.StepStarted)
    valve(engine).shut()
    asked = asyncio.create_task(run.answer("go", answer=True))
    while not valve(engine).holds:
        await turns(1)
    await turns()
    valve(engine).tell_again()
    await turns()
    assert not asked.done()
    valve(engine).let_go()
    with pytest.raises(RefusedError):
        await asked


async def test_events_are_not_told_before_they_are_on_disk(rig: Rig, world: World) -> None:
    engine, run = await held(rig, reading)
    seen: list[ev.Event] = []

    async def watch() -> None:
        async for _, event in run.events():
            seen.append(event)

    watching = asyncio.create_task(watch())
    while len(seen) < 2:
        await turns(1)
    world.open_gates()
    await turns()
    assert [type(event).__name__ for event in seen] == ["RunStarted", "StepStarted"]
    valve(engine).let_go()
    await watching
    assert isinstance(seen[-1], ev.RunCompleted)


async def test_what_was_not_on_disk_is_done_again_by_whoever_takes_over(rig: Rig, world: World) -> None:
    engine, _ = await held(rig, writing)
    world.open_gates()
    await turns()
    await rig.crash(engine)
    world.gates.clear()
    other = await rig.open(writing)
    assert (await (await other.get("one")).result()).booked == "Busan!"
    assert world.count("book") == 1
    assert world.count("look") == 2 + 3
