"""Deciding runs ahead of the disk by so much and no more; then nothing new starts until it has caught up."""

import asyncio

import pytest
from pydantic import BaseModel

from podium import FROM_ENGINE, Dag, node
from podium.core import events as ev
from podium.engine.host import LAG_EVENTS_MAX, LAG_MS_MAX
from podium.testing.clock import FakeClock
from tests.inside import inner
from tests.unit.engine.rig import Rig, turns, until, valve
from tests.unit.engine.world import World

ITEMS = 3_000


class Batch(BaseModel):
    """Many of a kind."""

    items: list[int]


@node(each="items", concurrency=4)
async def each(item: int, *, world: World = FROM_ENGINE) -> int:
    world.note("each", str(item))
    await asyncio.sleep(0)
    return item


@node
async def total(each: list[int]) -> int:
    return sum(each)


adding = Dag("adding", Batch, each, total, gives=total)


async def running(world: World) -> None:
    """Let the engine go on until it does not move any more."""
    before = -1
    while before != world.count("each"):
        before = world.count("each")
        for _ in range(200):
            await asyncio.sleep(0)


async def test_nothing_new_starts_when_too_many_events_wait_for_the_disk(rig: Rig, world: World) -> None:
    engine = await rig.open(clock=FakeClock())
    valve(engine).shut()
    run = await engine.start(adding, Batch(items=list(range(ITEMS))))
    await running(world)
    assert valve(engine).queued >= LAG_EVENTS_MAX
    assert valve(engine).queued < LAG_EVENTS_MAX + 20
    assert 0 < world.count("each") < ITEMS
    valve(engine).let_go()
    assert await run.result() == sum(range(ITEMS))
    assert world.count("each") == ITEMS


async def test_nothing_new_starts_when_the_disk_is_too_far_behind_in_time(rig: Rig, world: World) -> None:
    clock = FakeClock()
    engine = await rig.open(clock=clock)
    valve(engine).shut()
    run = await engine.start(adding, Batch(items=list(range(600))))
    while world.count("each") < 10:
        await turns(1)
    await clock.skip(LAG_MS_MAX + 100)
    await running(world)
    stopped_at = world.count("each")
    assert stopped_at < 40
    valve(engine).let_go()
    assert await run.result() == sum(range(600))


async def test_other_runs_are_held_back_too(rig: Rig, world: World) -> None:
    engine = await rig.open(clock=FakeClock())
    valve(engine).shut()
    run = await engine.start(adding, Batch(items=list(range(ITEMS))))
    await running(world)
    before = world.count("each")
    other = await engine.start(adding, Batch(items=[1, 2, 3]), id="other")
    await running(world)
    assert world.count("each") == before
    valve(engine).let_go()
    assert await other.result() == 6
    await run.result()


async def test_stalled_disk_stops_new_steps_until_it_goes_on(
    rig: Rig, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    engine = await rig.open()
    run = await engine.start(adding, Batch(items=list(range(100))))
    inner(engine).host.store_stalled("the disk is full")
    await running(world)
    stopped_at = world.count("each")
    assert stopped_at < 100
    inner(engine).host.store_stalled(None)
    assert await run.result() == sum(range(100))
    assert [record.message for record in caplog.records if "stalled" in record.message]


async def test_run_that_is_held_back_can_be_cancelled(rig: Rig, world: World) -> None:
    engine = await rig.open()
    run = await engine.start(adding, Batch(items=list(range(100))))
    inner(engine).host.store_stalled("the disk is full")
    await running(world)
    await run.cancel()
    await until(run, ev.RunCancelled)
    inner(engine).host.store_stalled(None)
    before = world.count("each")
    await running(world)
    assert world.count("each") == before
