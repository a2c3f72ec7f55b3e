"""Until compensations are run, a run that would compensate parks, and says so; nothing is called."""

from typing import Any

import pytest

from podium import END, FROM_ENGINE, START, IdempotencyKey, OnFailure, StateMachine, Status, tool
from podium.core import events as ev
from podium.errors import RunFailedError
from tests.unit.engine.rig import Rig, until
from tests.unit.engine.world import Refused, Trip, World, look


@tool.write(idempotent=True)
async def rent(city: str, *, key: IdempotencyKey = FROM_ENGINE, world: World = FROM_ENGINE) -> str:
    return await world.act("rent", city, key=key)


@rent.compensate
async def give_back(rented: str, *, world: World = FROM_ENGINE) -> None:
    world.note("give_back", rented)


car = rent.state("car", take={"city": "city"}, give="booked")
search = look.state("search", take={"what": "city"}, give="found")


def machine(**options: Any) -> StateMachine[Trip]:
    return StateMachine("saga", Trip, START >> car >> search >> END, **options)


async def test_failed_run_with_something_to_undo_parks_as_compensation_pending(rig: Rig, world: World) -> None:
    world.failures["look"] = [Refused("closed")]
    engine = await rig.open()
    run = await engine.start(machine(), Trip())
    await until(run, ev.CompensationStarted)
    info = await run.status()
    assert info.status is Status.PARKED
    assert "CompensationPending" in (info.error or "")
    assert "closed" in (info.error or "")
    assert world.count("give_back") == 0


async def test_cancelled_run_with_something_to_undo_parks_too(rig: Rig, world: World) -> None:
    world.gate("look")
    engine = await rig.open()
    run = await engine.start(machine(), Trip())
    await world.entered["look"].wait()
    await run.cancel()
    await until(run, ev.CompensationStarted)
    assert (await run.status()).status is Status.PARKED


async def test_retry_sends_it_on_without_writing_again(rig: Rig, world: World) -> None:
    world.failures["look"] = [Refused("closed")]
    engine = await rig.open()
    run = await engine.start(machine(), Trip())
    await until(run, ev.CompensationStarted)
    await run.retry()
    assert (await run.result()).found == "Busan!"
    assert world.count("rent") == 1


async def test_stop_leaves_what_was_written(rig: Rig, world: World) -> None:
    world.failures["look"] = [Refused("closed")]
    engine = await rig.open()
    run = await engine.start(machine(on_failure=OnFailure.STOP), Trip())
    with pytest.raises(RunFailedError):
        await run.result()
    assert world.count("give_back") == 0
