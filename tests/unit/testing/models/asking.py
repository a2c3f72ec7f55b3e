"""Agents and requests for the tests of models."""

from typing import Any

from pydantic import BaseModel
from pydantic_ai import Agent
from pydantic_ai.messages import ModelMessage, ModelRequest, ModelResponse, SystemPromptPart, UserPromptPart
from pydantic_ai.models import Model, ModelRequestParameters
from pydantic_ai.settings import ModelSettings
from pydantic_ai.tools import ToolDefinition

from podium.testing.models.asked import args_text


class Trip(BaseModel):
    city: str
    nights: int = 1


def agent_of(model: Model[Any], output: Any = str) -> Agent[None, Any]:
    """Make an agent with one tool, that gives the weather."""
    agent = Agent(model, output_type=output, system_prompt="Be brief.", retries=2)

    @agent.tool_plain
    def weather(city: str) -> str:
        return f"rain in {city}"

    return agent


def asks(text: str, *, system: str = "Be brief.") -> list[ModelMessage]:
    return [ModelRequest(parts=[SystemPromptPart(system), UserPromptPart(text)])]


TRIP = ModelRequestParameters(
    function_tools=[ToolDefinition(name="weather", parameters_json_schema={"type": "object"})],
    output_tools=[ToolDefinition(name="final_result", parameters_json_schema=Trip.model_json_schema())],
    allow_text_output=False,
    output_mode="tool",
)


async def ask(
    model: Model[Any],
    text: str = "Where to?",
    *,
    settings: ModelSettings | None = None,
    parameters: ModelRequestParameters | None = None,
) -> ModelResponse:
    return await model.request(asks(text), settings, parameters or ModelRequestParameters())


async def stream(
    model: Model[Any], text: str = "Where to?", *, parameters: ModelRequestParameters | None = None
) -> ModelResponse:
    """Read a stream to its end, and return the whole."""
    async with model.request_stream(asks(text), None, parameters or ModelRequestParameters()) as streamed:
        async for _ in streamed:
            pass
        return streamed.get()


def said(response: ModelResponse) -> list[Any]:
    """Return what a response says, in short: texts, and calls as (tool, arguments)."""
    found: list[Any] = []
    for part in response.parts:
        if part.part_kind == "text":
            found.append(part.content)
        if part.part_kind == "tool-call":
            found.append((part.tool_name, args_text(part)))
    return found
