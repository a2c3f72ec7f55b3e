"""What a model of a test says, in the short forms that tests write, and as the response that pydantic-ai takes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from pydantic import BaseModel
from pydantic_ai.messages import FinishReason, ModelResponse, ModelResponsePart, TextPart, ToolCallPart
from pydantic_core import to_json, to_jsonable_python

from podium.testing.models.asked import Asked, args_text

_CHARS_PER_TOKEN = 4
"""Roughly, and always the same: so that a budget can be tested."""


@dataclass(frozen=True, slots=True)
class ToolUse:
    """A call that the model asks for; made by `call()`."""

    tool: str
    args: Mapping[str, Any] | str
    id: str | None = None


@dataclass(frozen=True, slots=True)
class Cut:
    """A reply that ended because it was too long; made by `truncated()`."""

    text: str


Reply: TypeAlias = (
    str | ToolUse | Cut | BaseModel | Mapping[str, Any] | Sequence[str | ToolUse] | ModelResponse | BaseException
)
"""A text; structured output as a model or a dict; `call(…)`; several of these in a list; an exception, which is raised;
or a whole `ModelResponse`, given as it is."""


def call(tool: str, /, *, id: str | None = None, raw: str | None = None, **args: Any) -> ToolUse:
    """Return the reply that calls a tool.

    Args:
        tool: Its name.
        id: The `tool_call_id`; None for one of its own.
        raw: The arguments as the model wrote them, in place of `args`: text that need not be JSON.
        args: The arguments by name.
    """
    return ToolUse(tool, args if raw is None else raw, id)


def truncated(text: str) -> Cut:
    """Return the reply that stops where the model may say no more (`finish_reason="length"`)."""
    return Cut(text)


def response_of(reply: Reply, asked: Asked, *, name: str, nth: int) -> ModelResponse:
    """Return a reply as a response; raise it where it is an exception.

    Args:
        reply: What is said.
        asked: The request, which says how structured output is wanted.
        name: Of the model.
        nth: Which request of this model it is, from 1; ids of calls are made of it.
    """
    if isinstance(reply, BaseException):
        raise reply
    if isinstance(reply, ModelResponse):
        return reply
    finish: FinishReason = "length" if isinstance(reply, Cut) else "stop"
    several = reply if isinstance(reply, Sequence) and not isinstance(reply, str) else (reply,)
    parts = [_part(said, asked, f"{name}-{nth}-{index}") for index, said in enumerate(several, 1)]
    if any(isinstance(part, ToolCallPart) for part in parts):
        finish = "tool_call"
    response = ModelResponse(parts=parts, model_name=name, provider_name="podium", finish_reason=finish)
    response.usage.input_tokens = _tokens(asked.text)
    response.usage.output_tokens = _tokens("".join(map(_said, parts)))
    return response


def _part(said: object, asked: Asked, call_id: str) -> ModelResponsePart:
    match said:
        case str():
            return TextPart(said)
        case Cut(text=text):
            return TextPart(text)
        case ToolUse():
            args = said.args if isinstance(said.args, str) else to_json(said.args).decode()
            return ToolCallPart(said.tool, args, tool_call_id=said.id or call_id)
        case _:
            return _output(said, asked, call_id)


def _output(value: object, asked: Asked, call_id: str) -> ModelResponsePart:
    """Return structured output in the form that the request wants: a call of an output tool, or JSON text."""
    data = to_jsonable_python(value)
    tools = asked.parameters.output_tools
    if not tools:
        return TextPart(to_json(data).decode())
    named = type(value).__name__
    tool = next((tool for tool in tools if tool.name.endswith(f"_{named}")), tools[0])
    wrapped = {tool.outer_typed_dict_key: data} if tool.outer_typed_dict_key else data
    return ToolCallPart(tool.name, to_json(wrapped).decode(), tool_call_id=call_id)


def _said(part: ModelResponsePart) -> str:
    return args_text(part) if isinstance(part, ToolCallPart) else getattr(part, "content", "")


def _tokens(text: str) -> int:
    return len(text) // _CHARS_PER_TOKEN + 1
