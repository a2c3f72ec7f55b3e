"""The recipes for teams, and the developer and the tester, do what their first lines say, and keep every promise."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from examples import debate, developer_tester, group_chat, map_reduce, pipeline
from podium import Engine
from podium.agents import Ended
from podium.core.events import ScopeOpened, StepDone, StepStarted
from podium.testing import simulate


async def result(workflow: Any, given: BaseModel) -> Any:
    async with Engine("memory:") as engine:
        return await (await engine.start(workflow, given)).result()


async def test_pipeline_lets_each_document_through_at_its_own_pace() -> None:
    async with Engine("memory:") as engine:
        run = await engine.start(pipeline.pipeline, pipeline.Pile())
        first, second, third = await run.result()
        events = [event async for _, event in run.events()]
    assert (first, second) == ("en: the", "de: katze")
    assert "nothing in it" in third
    done = [event.path for event in events if isinstance(event, StepDone)]
    assert "through[1]/summarise" in done


async def test_map_reduce_counts_over_all_texts() -> None:
    counted = await result(map_reduce.map_reduce, map_reduce.Library())
    assert [(word.word, word.count) for word in counted] == [("be", 3), ("not", 2), ("or", 2), ("to", 2), ("quick", 1)]


async def test_debate_hears_both_sides_in_turn_and_decides() -> None:
    async with Engine("memory:") as engine:
        run = await engine.start(debate.debate, debate.Debate(motion="Tea"))
        assert (await run.result()).verdict == "against"
        sides = [argument.side for argument in await run.board(debate.said)]
    assert sides == ["for", "against"] * debate.ROUNDS


async def test_group_chat_goes_on_until_they_agree() -> None:
    async with Engine("memory:") as engine:
        run = await engine.start(group_chat.group_chat, group_chat.Chat(question="To Busan?"))
        assert (await run.result()).answer == "To Busan? by train!"
        speakers = [message.by for message in await run.board(group_chat.chat)]
    assert speakers == ["planner", "critic"] * 2


RECIPES: tuple[tuple[Any, BaseModel], ...] = (
    (pipeline.pipeline, pipeline.Pile(texts=["The cat", ""])),
    (map_reduce.map_reduce, map_reduce.Library(texts=["to be", "be"])),
    (debate.debate, debate.Debate(motion="Tea")),
    (group_chat.group_chat, group_chat.Chat(question="To Busan?")),
)


@pytest.mark.parametrize(("workflow", "input"), RECIPES, ids=lambda value: getattr(value, "name", ""))
def test_recipe_keeps_its_promises_under_every_single_fault(workflow: Any, input: BaseModel) -> None:
    report = simulate(workflow, input, runs=120)
    assert report.coverage.singles == report.coverage.singles_of


@pytest.mark.process
@pytest.mark.slow
async def test_developer_and_tester_hand_work_on_until_the_tests_pass(tmp_path: Path) -> None:
    developer_tester.make_repository(tmp_path)
    async with Engine("memory:") as engine:
        run = await engine.start(developer_tester.mending, developer_tester.Repository(folder=str(tmp_path)))
        team = await asyncio.wait_for(run.result(), 60)
        events = [event async for _, event in run.events()]
    assert (team.ended, team.round) == (Ended.DONE, 1)
    assert team.results[0].passed == ["tester", "developer", "tester", "developer"], "past the coordinator"
    plans = [event.path for event in events if isinstance(event, StepStarted) and event.path.startswith("plan")]
    assert plans == ["plan"]
    turns = [event.path for event in events if isinstance(event, ScopeOpened) and event.path.count("/") == 2]
    assert len(turns) == 5
    assert len((tmp_path / developer_tester.EDITS).read_text("utf-8").splitlines()) == 2
