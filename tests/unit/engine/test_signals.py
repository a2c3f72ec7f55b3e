"""Signals are kept until a step takes them, and each id counts once."""

import asyncio

import pytest

from podium import END, START, StateMachine, Status, wait
from podium.core import events as ev
from podium.errors import InvalidAnswerError, RefusedError, RunFailedError
from podium.testing.clock import FakeClock
from tests.inside import inner
from tests.unit.engine.rig import Rig, in_time, story, until
from tests.unit.engine.world import Trip, World, look

paid = wait("paid", str, give="booked")
shipped = wait("shipped", str, give="found", timeout=60)
shop = StateMachine("shop", Trip, START >> look.state("search", take={"what": "city"}) >> paid >> shipped >> END)


async def test_signal_is_taken_by_the_step_that_waits_for_it(rig: Rig) -> None:
    engine = await rig.open()
    run = await engine.start(shop, Trip())
    await until(run, ev.StepStarted, count=2)
    await run.signal("paid", "by card")
    await run.signal("shipped", "by air")
    trip = await run.result()
    assert (trip.booked, trip.found) == ("by card", "by air")


async def test_signals_are_kept_until_a_step_takes_them(rig: Rig, world: World) -> None:
    gate = world.gate("look")
    engine = await rig.open()
    run = await engine.start(shop, Trip())
    await run.signal("shipped", "first")
    await run.signal("paid", "by card")
    gate.set()
    trip = await run.result()
    assert (trip.booked, trip.found) == ("by card", "first")


async def test_signals_of_one_name_are_taken_in_the_order_they_came(rig: Rig) -> None:
    one, two = wait("news", str, give="found"), wait("news2", str, give="booked")
    again = StateMachine("again", Trip, START >> wait("start", str) >> one >> two >> END)
    engine = await rig.open()
    run = await engine.start(again, Trip())
    for name, said in (("news", "a"), ("news", "b"), ("news2", "c"), ("start", "go")):
        await run.signal(name, said)
    trip = await run.result()
    assert (trip.found, trip.booked) == ("a", "c")


async def test_signal_counts_once_per_id(rig: Rig, world: World) -> None:
    world.gate("look")
    engine = await rig.open()
    run = await engine.start(shop, Trip())
    await run.signal("paid", "by card", id="s1")
    await run.signal("paid", "by card", id="s1")
    kinds = await story(engine, run.id)
    assert kinds.count("SignalReceived") == 1


async def test_signal_counts_once_per_id_though_sent_at_once(rig: Rig, world: World) -> None:
    world.gate("look")
    engine, other = await rig.open(shop), await rig.open(shop)
    run = await engine.start(shop, Trip())
    there = await other.get(run.id)
    await asyncio.gather(*(which.signal("paid", "x", id="s1") for which in (run, there, run, there)))
    assert (await story(engine, run.id)).count("SignalReceived") == 1


async def test_signal_that_does_not_fit_is_refused_and_changes_nothing(rig: Rig) -> None:
    engine = await rig.open()
    run = await engine.start(shop, Trip())
    await until(run, ev.StepStarted, count=2)
    before = await story(engine, run.id)
    with pytest.raises((RefusedError, InvalidAnswerError), match="paid"):
        await run.signal("paid", {"not": "a text"})
    assert await story(engine, run.id) == before
    await run.signal("paid", "by card")


async def test_signal_to_a_run_that_is_over_is_refused(rig: Rig) -> None:
    one = StateMachine("one", Trip, START >> look.state("search", take={"what": "city"}) >> END)
    engine = await rig.open()
    run = await engine.start(one, Trip())
    await run.result()
    with pytest.raises(RefusedError, match="completed"):
        await run.signal("paid", "late")


async def test_wait_ends_at_its_time_with_a_failure(rig: Rig) -> None:
    clock = FakeClock()
    engine = await rig.open(clock=clock)
    run = await engine.start(shop, Trip())
    await run.signal("paid", "by card")
    await until(run, ev.StepStarted, count=3)
    await clock.advance(59_999)
    assert (await run.status()).status is Status.WAITING
    with pytest.raises(RunFailedError, match="StepTimeoutError"):
        await in_time(clock, run.result())


async def test_signal_waits_for_a_run_that_no_engine_holds(rig: Rig) -> None:
    engine = await rig.open()
    run = await engine.start(shop, Trip(), id="one")
    await until(run, ev.StepStarted, count=2)
    assert run.id not in inner(engine).host.live
    assert (await run.status()).owner is None
    await run.signal("paid", "by card")
    await until(run, ev.StepDone, count=2)
