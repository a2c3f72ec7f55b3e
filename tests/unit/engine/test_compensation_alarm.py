"""Undoing has no time limit, so somebody is told when it takes long: once per run and process."""

import logging

import pytest

from podium import Verb
from podium.core import events as ev
from podium.engine.recovery import SWEEP_MS, UNDOING_MS_MAX
from podium.errors import RunCompensatedError
from podium.testing.clock import FakeClock
from tests.inside import inner
from tests.unit.engine.booking import fly, machine
from tests.unit.engine.rig import Rig, draw, in_time, until
from tests.unit.engine.world import Refused, Trip, World

lone = machine(fly)
MINUTE_MS = 60_000


async def test_somebody_is_told_once_of_a_run_that_undoes_for_long(
    rig: Rig, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING, "podium")
    world.failures["look"] = [Refused("closed")]
    world.failures["cancel_flight"] = [ConnectionRefusedError("down") for _ in range(99)]
    clock = FakeClock()
    engine = await rig.open(clock=clock)
    draw(engine, 0.999)
    run = await engine.start(lone, Trip(), id="late")
    await in_time(clock, until(run, ev.CompensationStarted))
    since = (await run.status()).undoing_since
    assert since is not None
    while clock.now_ms() < since + UNDOING_MS_MAX - 2 * SWEEP_MS:
        await in_time(clock, _pause(clock), leap_ms=SWEEP_MS)
    assert caplog.messages == []
    while clock.now_ms() < since + UNDOING_MS_MAX + 10 * MINUTE_MS:
        await in_time(clock, _pause(clock), leap_ms=SWEEP_MS)
    assert [message.split(" and is ")[0] for message in caplog.messages] == [
        "run late (saga) has been undoing what it wrote for 15 minutes"
    ]
    assert "podium runs show late" in caplog.text


async def test_run_that_waits_for_a_person_is_told_of_too_and_one_that_is_over_is_not(
    rig: Rig, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING, "podium")
    world.failures["look"] = [Refused("closed")]
    world.failures["cancel_flight"] = [Refused("never") for _ in range(10)]
    clock = FakeClock()
    engine = await rig.open(clock=clock)
    draw(engine, 0)
    run = await engine.start(lone, Trip(), id="parked")
    await in_time(clock, until(run, ev.StepParked))
    for _ in range(30):
        await in_time(clock, _pause(clock), leap_ms=MINUTE_MS)
    assert len(caplog.messages) == 1
    assert "is parked" in caplog.text
    await run.resolve("fly.undo", Verb.SKIP)
    with pytest.raises(RunCompensatedError):
        await run.result()
    assert await inner(engine).store.undoing(until_ms=clock.now_ms()) == []


async def _pause(clock: FakeClock) -> None:
    """Let the engine look around once."""
    await clock.sleep(SWEEP_MS)
