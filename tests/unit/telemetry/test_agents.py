"""Agents, nested workflows and plans in a trace: what asks a model is a chat below its agent."""

import pytest
from pydantic import BaseModel

from podium import END, START, Dag, StateMachine, node, step
from podium.agents import Agent, Prompt
from podium.telemetry import names, prometheus
from tests.unit.agents.script import Script
from tests.unit.telemetry.seen import Seen, tree


class Order(BaseModel):
    city: str = "Busan"
    text: str = ""


@step
async def trim(order: Order) -> None:
    order.text = order.text.strip()


async def test_agent_is_invoked_and_its_model_chatted_with() -> None:
    seen = Seen()
    async with seen.engine() as engine:
        await (await engine.start(Agent("greeter", Script("Hello.").model), Prompt(prompt="Greet."))).result()
        figures = await prometheus.text(engine)
    assert tree(seen.spans) == ["invoke_agent greeter", "  step think", f"    {_chat(seen)}"]
    chat = dict(seen.named(_chat(seen)).attributes or {})
    assert chat[names.OPERATION] == "chat"
    assert chat[names.AGENT_NAME] == "greeter"
    assert int(str(chat[names.INPUT_TOKENS])) > 0
    assert names.OUTPUT_MESSAGES not in chat
    assert 'podium_model_tokens_total{agent="greeter"' in figures


def _chat(seen: Seen) -> str:
    return next(span.name for span in seen.spans if span.name.startswith("chat "))


async def test_answers_are_shown_as_the_conventions_write_them_where_that_is_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(names.CAPTURE, "true")
    seen = Seen()
    async with seen.engine() as engine:
        await (await engine.start(Agent("greeter", Script("Hello.").model), Prompt(prompt="Greet."))).result()
    said = str(dict(seen.named(_chat(seen)).attributes or {})[names.OUTPUT_MESSAGES])
    assert said.startswith('[{"role":"assistant","parts":[{"type":"text","content":"Hello."}]')


async def test_agent_inside_a_workflow_hangs_below_its_step() -> None:
    seen = Seen()
    writer = Agent("writer", Script(" Hello.").model)
    letter = StateMachine(
        "letter", Order, START >> writer.as_state("write", take={"prompt": "city"}, give="text") >> trim >> END
    )
    async with seen.engine() as engine:
        await (await engine.start(letter, Order())).result()
    assert tree(seen.spans) == [
        "invoke_workflow letter",
        "  step write",
        "    invoke_agent writer",
        "      step think",
        f"        {_chat(seen)}",
        "  step trim",
    ]


class Input(BaseModel):
    city: str


@node
async def shout(city: str) -> str:
    return city.upper()


async def test_workflow_inside_a_workflow_hangs_below_its_step() -> None:
    inner = Dag("inner", Input, shout, gives=shout)
    outer = StateMachine("outer", Order, START >> inner.as_state("shouting", take={"city": "city"}, give="text") >> END)
    seen = Seen()
    async with seen.engine() as engine:
        await (await engine.start(outer, Order())).result()
    assert tree(seen.spans) == [
        "invoke_workflow outer",
        "  step shouting",
        "    invoke_workflow inner",
        "      step shout",
    ]
