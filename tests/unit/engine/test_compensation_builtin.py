"""Runs that a step started are called off when it is undone; a signal that was sent can not be taken back."""

import pytest

from podium import END, FROM_ENGINE, START, Engine, NotDone, OnFailure, StateMachine, Status, Verb, current, step, wait
from podium.core import events as ev
from podium.errors import RefusedError, RunCancelledError, RunCompensatedError
from tests.inside import inner
from tests.unit.engine.booking import finish, fly, stay
from tests.unit.engine.rig import Rig, draw, until
from tests.unit.engine.world import Refused, Trip, World, look

waiting = StateMachine("waiting", Trip, START >> stay >> wait("paid", str) >> END)
quick = StateMachine("quick", Trip, START >> look.state("search", take={"what": "city"}) >> END)


@step
async def delegate(trip: Trip, *, world: World = FROM_ENGINE) -> None:
    child = quick if world.mode == "quick" else waiting
    trip.booked = await current().start(child, Trip(), id="child")


@step
async def tell(trip: Trip) -> None:
    await current().signal("child", "paid", "yes")


delegating = StateMachine("delegating", Trip, START >> delegate >> finish >> END, on_failure=OnFailure.COMPENSATE)
patient = StateMachine(
    "patient", Trip, START >> delegate >> wait("go", str) >> finish >> END, on_failure=OnFailure.COMPENSATE
)
telling = StateMachine("telling", Trip, START >> fly >> tell >> finish >> END)


async def test_run_that_was_started_is_called_off(rig: Rig, world: World) -> None:
    world.failures["look"] = [Refused("closed")]
    engine = await rig.open()
    parent = await engine.start(delegating, Trip())
    with pytest.raises(RunCompensatedError, match="closed"):
        await parent.result()
    child = await engine.get("child")
    with pytest.raises(RunCompensatedError):
        await child.result()
    assert world.done == ["hotel:Busan", "cancel_hotel:Busan!"]
    (cancelled,) = [event for _, event in await engine.events("child") if isinstance(event, ev.CancelAsked)]
    assert "was undone" in cancelled.reason


async def test_run_that_ended_without_success_needs_no_cancel(rig: Rig, world: World) -> None:
    engine = await rig.open()
    world.gate("look")
    parent = await engine.start(delegating, Trip())
    await world.entered["look"].wait()
    child = await engine.get("child")
    await until(child, ev.StepStarted, count=2)
    await child.cancel("by hand")
    with pytest.raises(RunCompensatedError):
        await child.result()
    await parent.cancel()
    with pytest.raises(RunCompensatedError):
        await parent.result()


async def test_run_that_is_completed_can_not_be_called_off_and_parks(rig: Rig, world: World) -> None:
    world.mode = "quick"
    engine = await rig.open()
    draw(engine, 0)
    parent = await engine.start(patient, Trip())
    await until(parent, ev.StepStarted, count=2)
    await (await engine.get("child")).result()
    await parent.cancel()
    parked = await until(parent, ev.StepParked)
    assert (parked.path, parked.reason) == ("delegate.undo", "undo-failed")
    assert "is completed" in parked.detail
    await parent.resolve("delegate.undo", Verb.SKIP)
    with pytest.raises(RunCompensatedError, match="but for delegate"):
        await parent.result()


async def test_run_that_is_not_there_can_not_be_called_off(rig: Rig) -> None:
    engine = await rig.open()
    with pytest.raises(NotDone, match="no run 'nobody'"):
        await inner(engine).host.outbox.cancel_run("nobody", cancel_id="x")


async def test_signal_makes_a_run_that_compensates_go_forward_only(rig: Rig, world: World) -> None:
    engine = await rig.open()
    await engine.start(waiting, Trip(), id="child")
    world.failures["look"] = [Refused("closed")]
    parent = await engine.start(telling, Trip())
    parked = await until(parent, ev.StepParked)
    assert (parked.path, parked.reason) == ("finish", "forward-only")
    with pytest.raises(RefusedError, match="can only go forward.*tell"):
        await parent.cancel()
    await parent.resolve("finish", Verb.SEND_AGAIN, by="ann")
    assert (await parent.result()).found == "Busan!"
    assert await _status(engine, "child") is Status.COMPLETED


async def _status(engine: Engine, run_id: str) -> Status:
    run = await engine.get(run_id)
    await run.result()
    return (await run.status()).status


async def test_child_that_was_called_off_says_so(rig: Rig, world: World) -> None:
    """A child that wrote nothing is cancelled, not compensated."""
    world.mode = "quick"
    gate = world.gate("look")
    engine = await rig.open()
    parent = await engine.start(delegating, Trip())
    await world.entered["look"].wait()
    await parent.cancel()
    with pytest.raises(RunCompensatedError):
        await parent.result()
    gate.set()
    with pytest.raises(RunCancelledError):
        await (await engine.get("child")).result()
