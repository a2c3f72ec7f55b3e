"""Routers on a Temporal server: one workflow execution decides, asks, and runs what was chosen."""

import pytest

from podium import END, START, Engine, StateMachine, step
from podium.core.events import ReadDone
from podium.errors import RunFailedError
from podium.routing import IntentRouter, OutOfScope, Pick, Routed, ToolRouter
from tests.integration.temporal.asking import until_waiting
from tests.unit.routing.desks import journal, question, reads, script
from tests.unit.routing.test_tool_router import DOWN, Ask, acting, box
from tests.unit.routing.travelling import EITHER, TRAVEL, desk

pytestmark = pytest.mark.process


async def test_a_sentence_is_decided_once_clarified_read_and_run_by_whichever_worker(url: str) -> None:
    first, second = desk(), desk()
    script(first, {"it is about three": EITHER})
    local = script(second, {})
    async with Engine(url, workflows=[first]) as engine:
        run = await engine.start(first, "it is about three", id="routed")
        await until_waiting(run)
        assert (await question(engine, run))["question"].startswith("It may be for travel")
    async with Engine(url, workflows=[second]) as engine:
        again = await engine.get("routed")
        await again.answer("clarify", Pick(route="travel"))
        await until_waiting(again)
        await again.answer("ask_travel", "to Busan")
        answer = await again.result()
        assert isinstance(answer, Routed)
        assert (answer.route, answer.result.booked) == ("travel", "Busan, 3")
        assert len(reads(await journal(again), "decide_desk")) == 1
    assert local.asked == []


async def test_what_no_route_is_for_is_said(url: str) -> None:
    router: IntentRouter = desk()
    script(router, {"Busan": TRAVEL})
    async with Engine(url, workflows=[router]) as engine:
        assert isinstance(await (await engine.start(router, "hurz", id="unrouted")).result(), OutOfScope)


async def test_a_tool_that_a_breaker_leaves_alone_is_not_chosen(url: str) -> None:
    router: ToolRouter = box()
    machine = acting(router)

    @step
    async def ask_again(ask: Ask) -> None:
        ask.names = [match.name for match in await router.choose(ask.wish)]

    asking = StateMachine("asking_again", Ask, START >> ask_again >> END, tools=[router.chooser])
    async with Engine(url, workflows=[machine, asking]) as engine:
        run = await engine.start(machine, Ask(wish="weather forecast", city="Busan"), id="well")
        assert (await run.result()).result == "sun in Busan"
        DOWN.add("sky")
        with pytest.raises(RunFailedError):
            await (await engine.start(machine, Ask(wish="weather forecast", city="Busan"), id="down")).result()
        seen = await engine.start(asking, Ask(wish="weather forecast"), id="after")
        assert "weather_forecast" not in (await seen.result()).names
        (read,) = [event for event in await journal(seen) if isinstance(event, ReadDone)]
        assert "sky is left alone" in read.result
    DOWN.clear()
