"""Models that answer by how far the conversation is, so that they say the same again in another process."""

import json
from collections.abc import Callable
from typing import Any

from pydantic_ai.messages import ModelMessage, ModelResponse, TextPart, ToolCallPart, ToolReturnPart
from pydantic_ai.models.function import AgentInfo, FunctionModel

Turn = str | list[tuple[Any, ...]] | ModelResponse | Exception | Callable[[], Any]
"""A text, calls of tools as (name, arguments, id), what is raised, or what gives one of these."""


class Script:
    """A model that is played.

    Attributes:
        paid: The turn of each request that reached it, from 0.
        heard: What each of these ended with, part by part.
        told: The instructions of each of these.
        settings: Those of each of these.
    """

    def __init__(self, *turns: Turn, name: str = "played", first: int = 0) -> None:
        """Play the turns; the first of them is for a conversation with `first` answers in it."""
        self._turns, self._first = turns, first
        self.model = FunctionModel(self._answer, model_name=name)
        self.paid: list[int] = []
        self.heard: list[list[Any]] = []
        self.told: list[str | None] = []
        self.settings: list[dict[str, Any]] = []

    async def _answer(self, messages: list[ModelMessage], info: AgentInfo) -> ModelResponse:
        self.told.append(info.instructions)
        self.settings.append(dict(info.model_settings or {}))
        nth = sum(isinstance(message, ModelResponse) for message in messages) - self._first
        self.paid.append(nth)
        self.heard.append([getattr(part, "content", None) for part in messages[-1].parts])
        turn: Any = self._turns[nth]
        if callable(turn):
            turn = turn()
        if isinstance(turn, Exception):
            raise turn
        return response_of(turn)


def response_of(turn: Any) -> ModelResponse:
    """Return a turn as a response."""
    if isinstance(turn, ModelResponse):
        return turn
    if isinstance(turn, str):
        return ModelResponse(parts=[TextPart(turn)])
    return ModelResponse(
        parts=[
            ToolCallPart(name, args, tool_call_id=f"c{nth}" if not rest else rest[0])
            for nth, (name, args, *rest) in enumerate(turn)
        ]
    )


def cut(turn: Any, reason: Any = "length") -> ModelResponse:
    """Return a response that ended for that reason."""
    response = response_of(turn)
    response.finish_reason = reason
    return response


def results(messages: list[ModelMessage]) -> list[tuple[str, str, Any]]:
    """Return what a model was told of its calls: the tool, the outcome, and what came of it."""
    return [
        (part.tool_name, part.outcome, part.content)
        for message in messages
        for part in message.parts
        if isinstance(part, ToolReturnPart)
    ]


def final(**fields: Any) -> list[tuple[Any, ...]]:
    """Return the turn that gives a structured output."""
    return [("final_result", json.dumps(fields))]
