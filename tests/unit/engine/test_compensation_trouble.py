"""A compensation that does not go well: tried for long, in doubt, parked with a person, and going on from there."""

import asyncio

import pytest

from podium import Status, Verb
from podium.core import events as ev
from podium.engine.ports import ParkedStep
from podium.errors import InvalidAnswerError, RefusedError, RunCompensatedError
from podium.testing.clock import FakeClock
from tests.unit.engine.booking import dine, drive, fly, machine, sit, stay
from tests.unit.engine.rig import Rig, in_time, story, until
from tests.unit.engine.world import Refused, Trip, World

trip = machine(fly, stay, drive)
lone = machine(fly)
dining = machine(fly, dine)

UNWELL = ConnectionRefusedError
LOST = ConnectionError


@pytest.fixture(autouse=True)
def _closed(world: World) -> None:
    """Let every run here fail at its end."""
    world.failures["look"] = [Refused("closed") for _ in range(9)]


async def parked(rig_engine: object, run_id: str) -> ParkedStep:
    (step,) = await rig_engine.parked(run_id=run_id)  # type: ignore[attr-defined]  # an engine
    assert isinstance(step, ParkedStep)
    return step


async def test_compensation_that_fails_is_tried_again_later_under_a_new_key(rig: Rig, world: World) -> None:
    world.failures["cancel_flight"] = [Refused("not now"), Refused("not yet")]
    clock = FakeClock()
    engine = await rig.open(clock=clock)
    run = await engine.start(lone, Trip())
    with pytest.raises(RunCompensatedError, match="closed"):
        await in_time(clock, run.result())
    assert world.count("cancel_flight") == 3
    sent = [event for _, event in await engine.store.events(run.id) if isinstance(event, ev.WriteIntended)]
    assert len({event.key for event in sent if event.path == "fly.undo"}) == 3
    failed = [event for _, event in await engine.store.events(run.id) if isinstance(event, ev.AttemptFailed)]
    assert [0 <= event.retry_at - event.at <= 1_000 << n for n, event in enumerate(failed)] == [True, True]


async def test_run_that_waits_to_try_again_is_not_held_and_shows_when_it_goes_on(rig: Rig, world: World) -> None:
    world.failures["cancel_flight"] = [Refused("not now") for _ in range(8)]
    clock = FakeClock()
    engine = await rig.open(clock=clock)
    engine._host.around = _always_longest(engine)
    run = await engine.start(lone, Trip())
    await in_time(clock, until(run, ev.AttemptFailed, count=5))
    await clock.advance(100)
    info = await run.status()
    assert (info.status, info.owner, info.has_work) == (Status.COMPENSATING, None, False)
    assert info.wake_at is not None
    assert run.id not in engine._host.live
    with pytest.raises(RunCompensatedError):
        await in_time(clock, run.result())


def _always_longest(engine: object) -> object:
    from dataclasses import replace

    return replace(engine._host.around, share=lambda: 0.999)  # type: ignore[attr-defined]
