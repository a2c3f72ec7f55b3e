"""Agents are simulated with models that answer what does not fit: it is got over, and nothing is done twice."""

from typing import Any

import pytest
from pydantic import BaseModel

from podium import END, START, StateMachine, tool
from podium.agents import Agent
from podium.testing import simulate
from podium.testing.models import Asked, Reply, Trouble, call, function_model
from podium.testing.simulation import Call, End, Fault, World
from podium.testing.simulation.faults import OF_AN_ANSWER
from podium.testing.simulation.minds import _TROUBLES


class Draft(BaseModel):
    title: str
    words: int = 0


@tool.read
async def search(query: str) -> list[str]:
    raise NotImplementedError(query)


@tool.write(idempotent=True)
async def publish(title: str) -> str:
    raise NotImplementedError(title)


def writer(**said: Any) -> Agent[Draft]:
    never = function_model(lambda _: RuntimeError("a model was really asked"), name="gpt")
    return Agent("writer", never, output=Draft, tools=[search, publish], **said)


def asked_for(agent: Agent[Any]) -> Any:
    return agent.input.model(prompt="Write about owls.")


def test_every_fault_of_an_answer_is_a_trouble_of_models() -> None:
    assert set(_TROUBLES) == set(OF_AN_ANSWER)
    assert len(set(_TROUBLES.values())) == len(OF_AN_ANSWER)
    assert {fault.value for fault in OF_AN_ANSWER} <= {trouble.value for trouble in Trouble}


@pytest.mark.slow
def test_each_answer_that_does_not_fit_is_got_over_alone() -> None:
    alone: dict[Fault, set[tuple[str, int]]] = {}

    def note(end: End) -> None:
        if len(end.faults) == 1:
            alone.setdefault(end.faults[0], set()).add((str(end.status), len(end.ledger)))

    agent = writer()
    report = simulate(agent, asked_for(agent), invariants=[note], runs=95)
    assert report.is_ok
    assert {fault: alone.get(fault) for fault in OF_AN_ANSWER} == {key: {("completed", 1)} for key in OF_AN_ANSWER}
    assert Fault.CRASH_BEFORE in alone


def test_answers_are_made_up_so_that_every_tool_is_called_once() -> None:
    made: list[End] = []
    agent = writer()
    simulate(agent, asked_for(agent), invariants=[made.append], runs=1)
    assert [effect.tool for effect in made[0].ledger] == ["publish"]
    assert made[0].result == Draft(title="output", words=0)


def test_same_seed_tells_the_same_story() -> None:
    agent = writer()

    def tell() -> Any:
        journals: list[Any] = []
        return simulate(
            agent, asked_for(agent), seed="7", invariants=[lambda end: journals.append(end.journal)]
        ), journals

    (one, journals), (other, again) = tell(), tell()
    assert one.story == other.story
    assert journals == again
    assert "2027-01" in str(journals), "the times of messages are virtual"


def test_model_is_said_where_it_matters() -> None:
    def answers(asked: Asked) -> Reply:
        return call("publish", title="Owls") if asked.turn == 0 else Draft(title="Owls")

    def is_right(end: End) -> bool:
        return end.result is None or end.result == Draft(title="Owls")

    agent = writer()
    report = simulate(
        agent, asked_for(agent), tools={"writer@gpt": function_model(answers)}, invariants=[is_right], runs=40
    )
    assert report.is_ok


def test_fake_may_say_what_a_model_says() -> None:
    def says(told: Call, world: World) -> Reply:
        return Draft(title=told.tool, words=len(world.ledger))

    made: list[End] = []
    agent = writer()
    simulate(agent, asked_for(agent), tools={"writer@gpt": says}, invariants=[made.append], runs=1)
    assert made[0].result == Draft(title="writer@gpt")


@pytest.mark.slow
def test_models_that_stand_in_are_asked_when_the_first_one_can_not_answer() -> None:
    tools: set[str] = set()

    def note(end: End) -> None:
        tools.update(str(getattr(event, "call", "")).partition(" ")[0] for event in end.journal)

    agent = writer(fallback_models=[function_model(lambda _: "", name="spare")])
    simulate(agent, asked_for(agent), invariants=[note], runs=40)
    assert any("spare" in name for name in tools)


@pytest.mark.slow
def test_agent_is_simulated_as_a_part_of_a_workflow() -> None:
    class Article(BaseModel):
        topic: str
        draft: Draft | None = None

    agent = writer()
    article = StateMachine(
        "article", Article, START >> agent.as_state("write", take={"prompt": "topic"}, give="draft") >> END
    )
    report = simulate(article, Article(topic="owls"), runs=40)
    assert report.is_ok
    assert report.ends["completed"] > 20


@pytest.mark.parametrize("output", [str, int, list[Draft], Draft | None])
def test_outputs_of_any_type_are_made_up(output: Any) -> None:
    never = function_model(lambda _: "", name="gpt")
    agent: Agent[Any] = Agent("teller", never, output=output)
    assert simulate(agent, asked_for(agent), runs=30).ends["completed"] > 10
