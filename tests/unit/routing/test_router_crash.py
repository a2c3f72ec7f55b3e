"""A router whose process is killed: what was decided stays decided, and who was asked is asked once."""

import asyncio
from typing import Any

import pytest

from podium import Engine
from podium.core.events import Event, ReadDone, StepStarted, TaskOpened
from podium.routing import IntentRouter, Pick, Routed
from tests.unit.engine.rig import Rig, until, valve
from tests.unit.routing.desks import journal, reads, script
from tests.unit.routing.travelling import EITHER, TRAVEL, UNSURE, WRITING, Nobody, desk


async def killed(rig: Rig, engine: Engine, router: IntentRouter, path: str, *, kind: type[Event] = StepStarted) -> None:
    """Start a run and kill its process when it is on disk that a step has begun, or another event, and no more."""
    valve(engine).cut(kind, path=path)
    starting = asyncio.create_task(engine.start(router, "Busan", id="a"))
    await valve(engine).is_cut.wait()
    await rig.crash(engine)
    starting.cancel()


@pytest.mark.parametrize("path", ["read_travel", "travel", "travel/book"])
async def test_a_kill_between_the_decision_and_the_workflow_keeps_the_decision(rig: Rig, path: str) -> None:
    before = desk()
    script(before, {"Busan": TRAVEL})
    first = await rig.open(before)
    await killed(rig, first, before, path)

    after = desk()
    local = script(after, {"Busan": WRITING})  # it would decide otherwise now
    second = await rig.open(after)
    answer = await (await second.get("a")).result()
    assert isinstance(answer, Routed)
    assert answer.route == "travel"
    assert local.asked == []


async def test_a_kill_after_a_model_has_answered_does_not_ask_it_again(rig: Rig) -> None:
    before = desk(model=Nobody())
    script(before, {"Busan": UNSURE}, {"Busan": TRAVEL})
    first = await rig.open(before)
    await killed(rig, first, before, "read_travel")

    after = desk(model=Nobody())
    local = script(after, {})
    second = await rig.open(after)
    run = await second.get("a")
    answer = await run.result()
    assert isinstance(answer, Routed)
    assert answer.route == "travel"
    assert (local.asked, local.cascade.asked) == ([], [])
    assert len(reads(await journal(run), "escalate_desk")) == 1


@pytest.mark.parametrize(("asks", "path"), [(False, "route"), (True, "escalate")])
async def test_a_kill_right_after_the_answer_does_not_ask_again(rig: Rig, asks: bool, path: str) -> None:
    options: dict[str, Any] = {"model": Nobody()} if asks else {}
    before = desk(**options)
    script(before, {"Busan": UNSURE if asks else TRAVEL}, {"Busan": TRAVEL})
    first = await rig.open(before)
    await killed(rig, first, before, path, kind=ReadDone)

    after = desk(**options)
    local = script(after, {"Busan": WRITING}, {"Busan": WRITING})
    second = await rig.open(after)
    answer = await (await second.get("a")).result()
    assert isinstance(answer, Routed)
    assert answer.route == "travel"
    assert (local.asked, local.cascade.asked) == ([], [])


async def test_a_question_outlives_its_process_and_so_does_what_was_said_already(rig: Rig) -> None:
    before = desk()
    script(before, {"it is about three": EITHER})
    first = await rig.open(before)
    run = await first.start(before, "it is about three", id="a")
    await until(run, TaskOpened)
    await rig.crash(first)

    after = desk()
    script(after, {})
    second = await rig.open(after)
    again = await second.get("a")
    await again.answer("clarify", Pick(route="travel"))
    await until(again, TaskOpened, count=2)
    await rig.crash(second)

    third = await rig.open(desk())
    last = await third.get("a")
    await last.answer("ask_travel", "to Busan")
    answer = await last.result()
    assert isinstance(answer, Routed)
    assert answer.result.booked == "Busan, 3"
    assert sum(isinstance(event, TaskOpened) for event in await journal(last)) == 2
