"""Workflows that are made of something else: states that no author wrote, and a machine that gives one field."""

from typing import Any, Literal

import pytest
from pydantic import BaseModel

from podium import END, START, Engine, StateMachine, step, tool
from podium.workflow.machine import Machine
from podium.workflow.made import made_state


class Letter(BaseModel):
    way: str
    text: str = ""


@tool.write
async def by_post(text: str) -> str:
    return f"posted: {text}"


@tool.write
async def by_mail(text: str) -> str:
    return f"mailed: {text}"


def sending() -> Machine[Letter, str]:
    ways = {"post": by_post, "mail": by_mail}

    async def act(letter: Any) -> None:
        letter.text = await ways[letter.way](letter.text)

    state = made_state("act", act, made_of="two ways", tools=(by_post, by_mail), title="Send it.")
    return Machine("sending", Letter, START >> state >> END, gives="text")


async def test_a_made_state_may_name_several_writes_of_which_it_makes_one() -> None:
    async with Engine("memory:") as engine:
        run = await engine.start(sending(), Letter(way="mail", text="hello"))
        assert await run.result() == "mailed: hello"


def test_a_made_state_stands_where_its_workflow_is_written_and_lists_what_it_may_call() -> None:
    node = sending().graph.nodes["act"]
    assert node.where is not None
    assert node.where.file == __file__
    assert ([facts.name for facts in node.tools], node.calls_one, node.title) == (
        ["by_post", "by_mail"],
        True,
        "Send it.",
    )


async def test_a_machine_that_gives_a_field_gives_it_to_the_workflow_around_it() -> None:
    class Outer(BaseModel):
        wish: str
        answer: str = ""

    @step
    async def ask(outer: Outer) -> Literal["go"]:
        outer.wish = outer.wish.upper()
        return "go"

    inner = sending().as_state("send", take={"text": "wish", "way": "answer"}, give="answer")
    outer = StateMachine("outer", Outer, START >> ask.choose({"go": inner}), inner >> END)
    async with Engine("memory:") as engine:
        run = await engine.start(outer, Outer(wish="hello", answer="post"))
        assert (await run.result()).answer == "posted: HELLO"


@pytest.mark.parametrize("url", ["memory:", "sqlite:///{folder}/runs.db"])
async def test_the_result_is_the_field_for_whoever_asks_later(url: str, tmp_path: Any) -> None:
    async with Engine(url.format(folder=tmp_path)) as engine:
        await (await engine.start(sending(), Letter(way="post", text="x"), id="a")).result()
        again = await engine.start(sending(), Letter(way="post", text="x"), id="a")
        assert await again.result() == "posted: x"
