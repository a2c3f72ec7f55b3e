"""Processes that do not run a workflow may still decide about its runs; those that run one may leave others alone."""

import asyncio

import pytest

from podium import END, START, Reject, StateMachine, human
from podium.core import events as ev
from podium.engine import inbox
from podium.engine.ports import Status
from podium.errors import RunCancelledError
from tests.inside import inner
from tests.unit.engine.rig import Rig, story, turns, until
from tests.unit.engine.world import Trip, World, book, look


@human()
async def ask(trip: Trip, answer: Reject) -> None:
    """May we?"""
    trip.found = answer.reason


search = look.state("search", take={"what": "city"}, give="found")
flight = book.state("flight", take={"city": "city"}, give="booked")
travel = StateMachine("travel", Trip, START >> search >> flight >> END)
asking = StateMachine("asking", Trip, START >> ask >> flight >> END)
REJECT = '{"choice":"reject","reason":"rain"}'


async def test_idle_run_is_decided_about_without_its_code(rig: Rig, world: World) -> None:
    author = await rig.open()
    run = await author.start(asking, Trip(), id="one")
    await until(run, ev.TaskOpened)
    await author.__aexit__(None, None, None)
    stranger = await rig.open()
    await (await stranger.get("one")).cancel(by="ann")
    assert (await stranger.info("one")).status is Status.CANCELLED
    with pytest.raises(RunCancelledError):
        await (await stranger.get("one")).result()
    assert world.calls == []


async def test_who_decides_without_the_code_performs_nothing(rig: Rig, world: World) -> None:
    author = await rig.open()
    run = await author.start(asking, Trip(), id="one")
    await until(run, ev.TaskOpened)
    await author.__aexit__(None, None, None)
    stranger = await rig.open()
    assert await stranger.ask("one", inbox.ANSWER, "a", path="ask", answer=REJECT, by="ann") == ""
    info = await stranger.info("one")
    assert (info.status, info.owner) == (Status.RUNNING, None)
    assert world.calls == []
    worker = await rig.open(asking)
    assert (await (await worker.get("one")).result()).found == "rain"


async def test_what_is_left_is_decided_by_a_worker_that_comes_later(rig: Rig) -> None:
    author = await rig.open()
    run = await author.start(asking, Trip(), id="one")
    await until(run, ev.TaskOpened)
    await author.__aexit__(None, None, None)
    stranger = await rig.open()
    left = asyncio.create_task(stranger.leave("one", inbox.ANSWER, "a", path="ask", answer=REJECT, by="ann"))
    await turns()
    assert "StepAnswered" not in await story(stranger, "one")
    worker = await rig.open(asking)
    assert await left == ""
    assert (await (await worker.get("one")).result()).found == "rain"


async def test_engine_that_does_not_recover_leaves_the_runs_of_others(rig: Rig, world: World) -> None:
    first = await rig.open()
    gate = world.gate("look")
    await first.start(travel, Trip(), id="theirs")
    await world.entered["look"].wait()
    await rig.crash(first)
    gate.set()
    second = await rig.open(travel, recovers=False)
    assert (await (await second.start(travel, Trip(city="Oslo"), id="ours")).result()).booked == "Oslo!"
    await inner(second).recovery.sweep()
    assert (await second.info("theirs")).epoch == 1
    assert world.done == ["book:Oslo"]
    assert (await (await second.resume("theirs")).result()).booked == "Busan!"


async def test_engine_that_does_not_recover_takes_its_own_waiting_runs_up_again(rig: Rig) -> None:
    engine = await rig.open(recovers=False)
    run = await engine.start(asking, Trip(), id="ours")
    await until(run, ev.TaskOpened)
    await turns()
    assert "ours" not in inner(engine).host.live
    other = await rig.open()
    left = asyncio.create_task(other.leave("ours", inbox.ANSWER, "a", path="ask", answer=REJECT, by="ann"))
    assert (await run.result()).found == "rain"
    assert await left == ""


async def test_draining_lets_steps_under_way_end_and_starts_none(rig: Rig, world: World) -> None:
    engine = await rig.open()
    gate = world.gate("look")
    await engine.start(travel, Trip(), id="one")
    await world.entered["look"].wait()
    draining = asyncio.create_task(engine.drain(grace_ms=60_000))
    await turns()
    assert not draining.done()
    gate.set()
    await draining
    assert (await story(engine, "one"))[-2:] == ["StepDone", "StepStarted"]
    assert world.calls == ["look:Busan"]


async def test_draining_gives_up_when_its_time_is_up(rig: Rig, world: World) -> None:
    engine = await rig.open()
    world.gate("look")
    await engine.start(travel, Trip(), id="one")
    await world.entered["look"].wait()
    await engine.drain(grace_ms=1)
    assert "StepDone" not in await story(engine, "one")


async def test_statuses_are_told_once_they_are_on_disk(rig: Rig) -> None:
    engine = await rig.open()
    statuses = engine.statuses()
    run = await engine.start(travel, Trip(), id="one")
    await run.result()
    told: list[Status] = []
    while not told or told[-1] is not Status.COMPLETED:
        run_id, status = await statuses.get()
        assert run_id == "one"
        told.append(status)
    assert set(told) == {Status.RUNNING, Status.COMPLETED}
