"""A write that asks first is sent with exactly the arguments that were asked about, or not at all."""

import json

import pytest

from podium import END, FROM_ENGINE, START, Approval, IdempotencyKey, NotApproved, StateMachine, Status, step, tool
from podium.core import events as ev
from podium.errors import InvalidAnswerError, RunFailedError
from podium.testing.clock import FakeClock
from tests.unit.engine.rig import Rig, in_time, story, until
from tests.unit.engine.world import Trip, World, look


@tool.write(idempotent=True, approve=Approval(when=lambda call: call.args["amount"] > 500, timeout=60))
async def pay(amount: int, *, key: IdempotencyKey = FROM_ENGINE, world: World = FROM_ENGINE) -> str:
    return await world.act("pay", str(amount), key=key)


@step
async def settle(trip: Trip, *, world: World = FROM_ENGINE) -> None:
    trip.log.append(await look("price"))
    trip.booked = await pay(900 if world.mode == "first" else 901)


@step
async def small(trip: Trip) -> None:
    trip.booked = await pay(500)


@step
async def sorry(trip: Trip) -> None:
    trip.booked = "sorry"


bill = StateMachine("bill", Trip, START >> settle >> END)
kind = StateMachine("kind", Trip, START >> settle.on_error(NotApproved, to=sorry, undo=False) >> END, sorry >> END)
tip = StateMachine("tip", Trip, START >> small >> END)


async def test_approved_write_is_sent_once_with_the_frozen_arguments(rig: Rig, world: World) -> None:
    engine = await rig.open()
    run = await engine.start(bill, Trip())
    await until(run, ev.TaskOpened)
    assert world.count("pay") == 0
    (task,) = await engine.tasks()
    assert task.approval
    assert json.loads(task.context) == {"tool": "pay", "args": {"amount": 900}}
    await run.answer("settle", answer=True, by="ann")
    assert (await run.result()).booked == "900!"
    assert world.calls == ["look:price", "pay:900"]


async def test_step_that_asks_for_other_arguments_once_approved_parks(rig: Rig, world: World) -> None:
    engine = await rig.open()
    run = await engine.start(bill, Trip())
    await until(run, ev.TaskOpened)
    world.mode = "second"
    await run.answer("settle", answer=True)
    parked = await until(run, ev.StepParked)
    assert parked.reason == "diverged"
    assert "901" in parked.detail
    assert world.count("pay") == 0


async def test_refused_write_is_not_sent_and_fails_as_not_approved(rig: Rig, world: World) -> None:
    engine = await rig.open()
    run = await engine.start(bill, Trip())
    await until(run, ev.TaskOpened)
    await run.answer("settle", answer=False, by="ann")
    with pytest.raises(RunFailedError, match=r"NotApproved.*ann"):
        await run.result()
    assert world.count("pay") == 0


async def test_error_edge_catches_a_refusal(rig: Rig, world: World) -> None:
    engine = await rig.open()
    run = await engine.start(kind, Trip())
    await until(run, ev.TaskOpened)
    await run.answer("settle", answer=False)
    assert (await run.result()).booked == "sorry"
    assert world.count("pay") == 0


async def test_time_out_refuses(rig: Rig, world: World) -> None:
    clock = FakeClock()
    engine = await rig.open(clock=clock)
    run = await engine.start(kind, Trip())
    await until(run, ev.TaskOpened)
    assert (await in_time(clock, run.result())).booked == "sorry"
    assert world.count("pay") == 0
    assert await engine.tasks() == []


async def test_write_that_the_condition_lets_pass_is_sent_without_asking(rig: Rig) -> None:
    engine = await rig.open()
    run = await engine.start(tip, Trip())
    assert (await run.result()).booked == "500!"
    assert "TaskOpened" not in await story(engine, run.id)


async def test_consent_is_yes_or_no(rig: Rig) -> None:
    engine = await rig.open()
    run = await engine.start(bill, Trip())
    await until(run, ev.TaskOpened)
    with pytest.raises(InvalidAnswerError, match="true or false"):
        await run.answer("settle", answer="perhaps")
    assert (await run.status()).status is Status.WAITING


async def test_consent_outlives_its_engine_and_is_not_asked_twice(rig: Rig, world: World) -> None:
    engine = await rig.open(bill)
    run = await engine.start(bill, Trip(), id="one")
    await until(run, ev.TaskOpened)
    await rig.crash(engine)
    other = await rig.open(bill)
    there = await other.get("one")
    await there.answer("settle", answer=True)
    assert (await there.result()).booked == "900!"
    assert world.count("pay") == 1
    assert world.count("look") == 1
    assert (await story(other, "one")).count("TaskOpened") == 1
