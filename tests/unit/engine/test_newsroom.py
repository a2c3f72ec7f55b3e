"""Who follows one run is woken by what happens in it, whoever made it happen, and not by what happens in others."""

import asyncio

from podium import END, START, StateMachine, step
from podium.effects.ports import Progress
from tests.inside import inner
from tests.unit.engine.rig import Rig, turns
from tests.unit.engine.world import Trip


@step
async def look(trip: Trip) -> None:
    trip.found = "Busan"


looking = StateMachine("looking", Trip, START >> look >> END)


async def test_follower_is_woken_by_his_run_alone(rig: Rig) -> None:
    engine = await rig.open()
    with engine.news("mine") as mine, engine.news() as any_of_all:
        await (await engine.start(looking, Trip(), id="other")).result()
        await (await engine.start(looking, Trip(), id="mine")).result()
        await mine.wait()
        while any_of_all.is_set() or mine.is_set():  # the last commits of both are told of
            any_of_all.clear()
            mine.clear()
            await turns()
            await engine.info("mine")
        await (await engine.start(looking, Trip(), id="third")).result()
        await any_of_all.wait()
        await engine.info("third")
        await turns()
        assert not mine.is_set()


async def test_follower_is_woken_by_another_process(rig: Rig) -> None:
    worker, watcher = await rig.open(), await rig.open(recovers=False)
    with watcher.news("theirs") as news:
        await worker.start(looking, Trip(), id="theirs")
        await asyncio.wait_for(news.wait(), 30)


async def test_follower_is_woken_by_what_a_step_says(rig: Rig) -> None:
    engine = await rig.open()
    with engine.news("mine") as mine, engine.news("other") as other:
        inner(engine).host.watchers.said("mine", Progress("look", 0.5, "half"))
        assert (mine.is_set(), other.is_set()) == (True, False)


async def test_nobody_is_looked_for_when_nobody_follows(rig: Rig) -> None:
    engine = await rig.open()
    before = len(inner(engine).host._tasks)
    with engine.news("one"), engine.news("two"):
        assert len(inner(engine).host._tasks) == before + 1
    await turns()
    assert len(inner(engine).host._tasks) == before
    assert inner(engine).host.watchers.followed() == []
