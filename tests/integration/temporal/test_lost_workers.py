"""Workers that die, stand still or are told to end: nothing is lost, no write is sent blindly again."""

import asyncio
import os
from dataclasses import replace

import pytest

from podium.temporal.wire import Limits
from tests.integration.crash.outside import Outside
from tests.integration.temporal.bare import BareClient
from tests.integration.temporal.flows import ALL, GO
from tests.integration.temporal.processes import Processes

pytestmark = [pytest.mark.process, pytest.mark.slow]

SOON = Limits(heartbeat_ms=1_000)
KILLED = -9


@pytest.mark.parametrize(("name", "effect"), [("keying", "Busan"), ("ten", "hotel")], ids=["a tool", "in a step"])
@pytest.mark.parametrize("when", ["before", "after"])
async def test_keyed_write_of_a_killed_worker_is_sent_again_under_its_key(
    workers: Processes, outside: Outside, name: str, effect: str, when: str
) -> None:
    bare, mortal = workers.bare, workers.start(outside.deadly(when, effect))
    run = await bare.start(ALL[name], limits=SOON)
    assert mortal.until_dead() == KILLED
    workers.start(outside)
    assert (await run.over()).status == "completed"
    tried = [line for line in outside.lines("tried") if line.startswith(effect)]
    assert len(tried) == 2
    assert len(set(tried)) == 1, "one key"
    assert outside.done().count(effect) == 1
    kinds = await run.kinds()
    assert kinds.count("StepLost") == 1


@pytest.mark.parametrize(("effect", "asked"), [("flight", 1), ("tent", 2)])
@pytest.mark.parametrize("when", ["before", "after"])
async def test_plan_whose_worker_is_killed_goes_on_elsewhere_and_is_not_planned_anew(
    workers: Processes, outside: Outside, when: str, effect: str, asked: int
) -> None:
    bare, mortal = workers.bare, workers.start(outside.deadly(when, effect))
    run = await bare.start(ALL["planning"], limits=SOON)
    assert mortal.until_dead() == KILLED
    assert outside.lines("asked").count("planner") == asked
    workers.start(outside)
    assert (await run.data())["paid"] == "tent done"
    assert outside.done() == ["flight", "tent"]
    assert len({line for line in outside.lines("tried") if line.startswith(effect)}) == 1, "one key"
    assert outside.lines("asked").count("planner") == 2


async def test_write_without_a_key_parks_and_is_never_sent_again(
    bare: BareClient, workers: Processes, outside: Outside
) -> None:
    mortal = workers.start(outside.deadly("after", "Busan"))
    run = await bare.start(ALL["charging"], limits=SOON)
    assert mortal.until_dead() == KILLED
    workers.start(outside)
    await run.until("parked")
    (parked,) = await run.parked()
    assert (parked.reason, parked.tool) == ("in-doubt", "charge")
    assert (await run.resolve("pay", "done", 7)).startswith("invalid: ")
    assert await run.resolve("pay", "done", "it happened") == ""
    assert (await run.data())["paid"] == "it happened"
    assert outside.tried() == outside.done() == ["Busan"]


async def test_write_that_can_be_asked_for_is_found(bare: BareClient, workers: Processes, outside: Outside) -> None:
    mortal = workers.start(outside.deadly("after", "Busan"))
    run = await bare.start(ALL["ordering"], limits=SOON)
    assert mortal.until_dead() == KILLED
    workers.start(outside)
    assert (await run.data())["paid"] == "Busan done"
    assert outside.tried() == outside.done() == ["Busan"]


async def test_write_that_is_not_found_parks_because_its_sender_may_live(
    bare: BareClient, workers: Processes, outside: Outside
) -> None:
    mortal = workers.start(outside.deadly("before", "Busan"))
    run = await bare.start(ALL["ordering"], limits=SOON)
    assert mortal.until_dead() == KILLED
    workers.start(outside)
    await run.until("parked")
    (parked,) = await run.parked()
    assert "may still be alive" in parked.detail
    assert outside.tried() == ["Busan"]


async def test_step_that_kills_its_workers_is_parked(bare: BareClient, workers: Processes, outside: Outside) -> None:
    run = await bare.start(ALL["killing"], limits=SOON)
    for _ in range(3):
        assert workers.start(outside).until_dead() == KILLED
    workers.start(outside)
    await run.until("parked")
    (parked,) = await run.parked()
    assert parked.reason == "crash-loop"


async def test_worker_that_stood_still_tells_what_it_knows_and_ends_the_doubt(
    bare: BareClient, workers: Processes, outside: Outside
) -> None:
    zombie = workers.start(replace(outside, stops_after="Busan"))
    run = await bare.start(ALL["charging"], limits=SOON)
    zombie.until_stopped()
    workers.start(outside)
    await run.until("parked")
    zombie.go_on()
    assert (await run.data())["paid"] == "Busan done"
    assert outside.tried() == outside.done() == ["Busan"]


async def test_worker_that_blocks_a_thread_is_not_taken_for_lost(
    bare: BareClient, workers: Processes, outside: Outside
) -> None:
    os.mkfifo(outside.folder / GO)
    workers.start(outside)
    run = await bare.start(ALL["blocking"], limits=SOON)
    while await run.heard_for_ms() < 5 * SOON.heartbeat_ms:
        assert (await run.info()).status == "running"
    await asyncio.to_thread((outside.folder / GO).write_text, "on")
    assert (await run.data())["notes"] == ["awake"]
    assert outside.lines("asked") == ["sleepy"]
    assert "StepLost" not in await run.kinds()


async def test_worker_that_is_told_to_end_hands_its_steps_on(
    bare: BareClient, workers: Processes, outside: Outside
) -> None:
    old = workers.start(outside)
    run = await bare.start(ALL["waiting-long"])
    while "endless" not in outside.lines("asked"):
        await run.info()
    assert old.terminate() == 0, "nothing of it is left when the interpreter ends"
    workers.start(outside)
    while outside.lines("asked").count("endless") < 2:
        await run.info()
    assert await run.cancel() == ""
    assert (await run.over()).status == "cancelled"
    assert outside.tried() == ["before"], "what is on record is not sent again"
    assert "StepLost" not in await run.kinds()
