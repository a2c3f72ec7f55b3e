"""A write that is in doubt when its run ends is resolved first: undone if it happened, left alone if it did not."""

from typing import Any

import pytest

from podium import END, FROM_ENGINE, START, Engine, Handle, IdempotencyKey, StateMachine, Verb, tool
from podium.core import events as ev
from podium.errors import RunCompensatedError
from podium.testing.clock import FakeClock
from tests.unit.engine.booking import dine, finish, fly, stay
from tests.unit.engine.rig import Rig, in_time, until
from tests.unit.engine.world import AT_ONCE, Refused, Trip, World


@tool.write(retry=AT_ONCE, timeout=30)
async def ticket(city: str, *, key: IdempotencyKey = FROM_ENGINE, world: World = FROM_ENGINE) -> str:
    """Not keyed, but can be asked."""
    return await world.act("ticket", city, key=key)


@ticket.reconcile
async def find_ticket(city: str, *, key: IdempotencyKey = FROM_ENGINE, world: World = FROM_ENGINE) -> str | None:
    world.calls.append(f"find_ticket:{city}")
    return f"{city}!" if key in world.effects else None


async def find_refund(
    ticket: str,
    *,
    key: IdempotencyKey = FROM_ENGINE,
    forward_key: IdempotencyKey = FROM_ENGINE,
    world: World = FROM_ENGINE,
) -> bool | None:
    world.seen.append(f"refund of {forward_key}")
    return True if key in world.effects else None


@ticket.compensate(reconcile=find_refund)
async def refund(ticket: str, *, key: IdempotencyKey = FROM_ENGINE, world: World = FROM_ENGINE) -> bool:
    await world.act("refund", ticket, key=key)
    return True


go = ticket.state("go", take={"city": "city"})
travel = StateMachine("travel", Trip, START >> fly >> stay >> go >> finish >> END)
hurried = StateMachine("hurried", Trip, START >> fly >> go >> END, deadline=10)
UNDONE = ["cancel_hotel:Busan!", "cancel_flight:Busan!"]


async def lost(rig: Rig, world: World, clock: FakeClock) -> tuple[Engine, Handle[Any]]:
    """Let the reply of the third write be lost after half a minute, with a cancel before."""
    world.gate("ticket")
    engine = await rig.open(clock=clock)
    return engine, await engine.start(travel, Trip())


async def test_write_in_doubt_that_is_found_done_goes_on_and_is_undone_only_after_a_cancel(
    rig: Rig, world: World
) -> None:
    clock = FakeClock()
    _, run = await lost(rig, world, clock)
    await world.entered["ticket"].wait()
    assert (await in_time(clock, run.result())).found == "Busan!"
    assert len(world.done) == 3
    _, run = await lost(rig, world, clock)
    await in_time(clock, until(run, ev.WriteIntended, count=3))
    await run.cancel()
    with pytest.raises(RunCompensatedError):
        await in_time(clock, run.result())
    assert world.count("find_ticket") >= 2
    assert world.done[3:] == ["flight:Busan", "hotel:Busan", "ticket:Busan", "refund:Busan!", *UNDONE]


async def test_write_in_doubt_that_is_found_absent_is_not_undone(rig: Rig, world: World) -> None:
    world.failures["ticket"] = [ConnectionError("reset") for _ in range(9)]
    engine = await rig.open()
    run = await engine.start(travel, Trip())
    with pytest.raises(RunCompensatedError, match="reset"):
        await run.result()
    assert world.count("find_ticket") == 3
    assert world.done == ["flight:Busan", "hotel:Busan", *UNDONE]


async def test_compensation_in_doubt_is_asked_about_under_its_own_key(rig: Rig, world: World) -> None:
    world.failures["look"] = [Refused("closed")]
    world.losses["refund"] = [ConnectionError("reset")]
    engine = await rig.open()
    run = await engine.start(travel, Trip())
    with pytest.raises(RunCompensatedError, match="closed"):
        await run.result()
    events = [event for _, event in await engine.events(run.id)]
    (sent,) = [event.key for event in events if isinstance(event, ev.WriteIntended) and event.path == "go"]
    assert world.seen == [f"refund of {sent}"]
    assert world.count("refund") == 1
    assert world.done[3:] == ["refund:Busan!", *UNDONE]


async def test_compensation_that_is_found_absent_is_made_anew(rig: Rig, world: World) -> None:
    world.failures["look"] = [Refused("closed")]
    world.failures["refund"] = [ConnectionError("reset")]
    clock = FakeClock()
    engine = await rig.open(clock=clock)
    run = await engine.start(travel, Trip())
    with pytest.raises(RunCompensatedError, match="closed"):
        await in_time(clock, run.result())
    assert world.count("refund") == 2
    keys = [event.key for _, event in await engine.events(run.id) if isinstance(event, ev.WriteIntended)]
    assert len(set(keys)) == len(keys) == 7


async def test_deadline_that_passes_in_doubt_undoes_what_was_found_done(rig: Rig, world: World) -> None:
    world.gate("ticket")
    clock = FakeClock()
    engine = await rig.open(clock=clock)
    run = await engine.start(hurried, Trip())
    with pytest.raises(RunCompensatedError, match="deadline"):
        await in_time(clock, run.result())
    assert world.done == ["flight:Busan", "ticket:Busan", "refund:Busan!", "cancel_flight:Busan!"]


async def test_doubt_that_only_a_person_can_end_holds_up_the_undoing(rig: Rig, world: World) -> None:

    world.losses["table"] = [ConnectionError("reset")]
    engine = await rig.open()
    run = await engine.start(StateMachine("dining", Trip, START >> fly >> dine >> finish >> END), Trip())
    await until(run, ev.StepParked)
    await run.cancel()
    assert "CompensationStarted" not in [type(event).__name__ for _, event in await engine.events(run.id)]
    await run.resolve("dine", Verb.DONE, answer="Busan!", by="ann")
    with pytest.raises(RunCompensatedError):
        await run.result()
    assert world.done == ["flight:Busan", "table:Busan", "free_table:Busan!", "cancel_flight:Busan!"]
