"""Requests to a real model: what a grammar holds, what is cut off, what streams, and what a cancel frees."""

import json
from typing import Any

import pytest
from pydantic import BaseModel
from pydantic_ai import Agent as PydanticAgent
from pydantic_ai import PromptedOutput
from pydantic_ai.messages import ModelMessage, ModelRequest, ModelResponse, TextPart, UserPromptPart
from pydantic_ai.models import Model, ModelRequestParameters
from pydantic_ai.settings import ModelSettings

from podium import Engine
from podium.agents import Agent
from podium.agents.choosing import RouteChooser
from podium.routing.intent.asking import Allowance
from podium.routing.intent.cascade import Cascade
from podium.routing.intent.types import Alternative, Decision, RouteSpec, Turn, Verdict
from tests.integration.models.conftest import Llama

pytestmark = [pytest.mark.process, pytest.mark.slow]

SHOTS = """Text: I want to fly to Paris.
JSON: {"city":"Paris"}
Text: A room in Rome, please.
JSON: {"city":"Rome"}
Text: Take me to Berlin.
JSON:"""
CITY = r"""root ::= " {\"city\":\"" [A-Z] [a-z]{2,9} "\"}" """
UNCLOSED = r"""root ::= " {\"city\":\"" [A-Z] [a-z]{2,9} "\"" """
SPACIOUS = r"""root ::= "{" space "\"city\":" space "\"" [a-z]* "\"" space "}"
space ::= [ \n]*"""
COUNTING = "One, two, three, four,"


class Place(BaseModel):
    city: str


async def ask(model: Model[Any], text: str, **settings: Any) -> ModelResponse:
    said: Any = settings
    return await model.request(asks(text), said, ModelRequestParameters())


def asks(text: str) -> list[ModelMessage]:
    return [ModelRequest(parts=[UserPromptPart(text)])]


def text_of(response: ModelResponse) -> str:
    return "".join(part.content for part in response.parts if isinstance(part, TextPart))


def placing(name: str, *models: Model[Any]) -> Agent[Place]:
    """Make an agent that answers with a place, as text that is JSON."""
    own: Any = PydanticAgent(models[0], output_type=PromptedOutput(Place, template=False))
    return Agent(name, own, fallback_models=models[1:])


async def test_grammar_holds_the_output_to_its_form(llama: Llama) -> None:
    response = await ask(llama.model(grammar=CITY), SHOTS)
    assert Place.model_validate_json(text_of(response)).city.isalpha()
    assert response.finish_reason == "stop"


async def climbed(agent: Agent[Place], engine: Engine) -> tuple[Place, list[str]]:
    """Run an agent; return what it gave, and the rungs of the ladder that it took."""
    run = await engine.start(agent, SHOTS)
    given = await run.result()
    return given, [rung["rung"] for rung in json.loads((await engine.state(run.id)).root.data["ladder"])]


async def test_structured_output_of_an_agent_is_typed(llama: Llama) -> None:
    async with Engine("memory:") as engine:
        given, rungs = await climbed(placing("placer", llama.model(grammar=CITY)), engine)
    assert (type(given), rungs) == (Place, [])


async def test_answer_that_is_not_closed_is_mended_and_the_rung_is_seen(llama: Llama) -> None:
    async with Engine("memory:") as engine:
        given, rungs = await climbed(placing("mender", llama.model(grammar=UNCLOSED)), engine)
    assert (type(given), rungs) == (Place, ["repaired"])


async def test_answer_that_is_cut_off_is_asked_again_and_then_of_another_model(llama: Llama) -> None:
    models = llama.model(grammar=CITY, max_tokens=3, name="short"), llama.model(grammar=CITY, name="long")
    async with Engine("memory:") as engine:
        given, rungs = await climbed(placing("climber", *models), engine)
    assert (type(given), rungs) == (Place, ["asked_again", "fallback"])


async def test_grammar_that_allows_white_space_without_end_may_get_nothing_else(llama: Llama) -> None:
    response = await ask(llama.model(grammar=SPACIOUS), "   \n" * 6, max_tokens=12)
    assert (text_of(response).strip(), response.finish_reason) == ("{", "length")


async def test_stream_says_the_same_piece_by_piece(llama: Llama) -> None:
    whole = await ask(llama.model(), COUNTING, max_tokens=8)
    pieces = 0
    async with llama.model().request_stream(
        asks(COUNTING), ModelSettings(max_tokens=8), ModelRequestParameters()
    ) as stream:
        async for _ in stream:
            pieces += 1
    assert text_of(stream.get()) == text_of(whole)
    assert pieces > 4


async def test_stream_that_is_left_frees_the_server(llama: Llama) -> None:
    settings = ModelSettings(max_tokens=400, temperature=0.0)
    async with llama.model().request_stream(asks(COUNTING), settings, ModelRequestParameters()) as stream:
        await anext(aiter(stream))
        await llama.works(1)
        await stream.cancel()
    await llama.works(0)


def one_of(words: Any) -> ModelSettings:
    """Hold the answer to one of some words."""
    options = " | ".join(json.dumps(f" {word}") for word in words)
    return ModelSettings(extra_body={"grammar": f"root ::= {options}"})


ROUTES = [
    RouteSpec("travel", "book flights and hotels", ("fly me to Rome", "a hotel in Oslo", "book a flight to Paris")),
    RouteSpec("weather", "say what the weather is", ("will it rain in Rome", "how cold is it", "is it sunny today")),
]


class Unsure:
    """A local model that is not sure of anything."""

    routes = tuple(ROUTES)

    def can_read(self, text: str) -> bool:
        return bool(text)

    def decide(self, text: str, turn: Turn | None = None) -> Decision:
        return Decision(
            verdict=Verdict.ESCALATE, route=None, confidence=0.4, margin=0.0, scope=0.5,
            alternatives=tuple(Alternative(route.name, 0.4) for route in ROUTES), nearest=(), stage="stub",
            why=f"{text} after {turn}", otherwise=Verdict.CLARIFY, thresholds={}, model_version="1",
        )  # fmt: skip


async def test_sentence_of_which_the_router_is_not_sure_is_decided_by_the_model(llama: Llama) -> None:
    chooser = RouteChooser(llama.model(), settings=one_of)
    cascade = Cascade([Unsure()], model=chooser, allowance=Allowance(timeout_ms=60_000))
    decision = await cascade.decide("book a flight to Oslo")
    assert decision.stage == "model"
    assert decision.verdict in {Verdict.ROUTE, Verdict.OUT_OF_SCOPE, Verdict.CLARIFY}
    assert decision.cost.model_calls == 1


async def test_model_that_is_away_leaves_the_decision_to_the_router(own: Llama) -> None:
    decision = await Cascade([Unsure()], model=RouteChooser(own.model())).decide("book a flight to Oslo")
    assert decision.verdict is Verdict.CLARIFY
    assert decision.escalation is not None
