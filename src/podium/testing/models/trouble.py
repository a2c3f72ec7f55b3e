"""What can go wrong with a request to a model, and what it looks like to who asked."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from pydantic_ai.exceptions import ModelAPIError, ModelConnectionError, ModelHTTPError, ModelTimeoutError
from pydantic_ai.messages import ModelMessage, ModelResponse, ModelResponsePart, TextPart, ToolCallPart
from pydantic_ai.models import ModelRequestParameters

from podium.testing.models.asked import args_text
from podium.testing.worded import Worded

RETRY_AFTER_S = 7
UNKNOWN_TOOL = "tool_that_is_not_there"
REFUSAL = "I'm sorry, but I can't help with that."


class Trouble(Worded):
    """One thing that goes wrong."""

    # ----- no answer
    THROTTLED = "throttled", "429, Retry-After 7 s"
    UNAVAILABLE = "unavailable", "503"
    SERVER_ERROR = "server-error", "500"
    TIMEOUT = "timeout", "no answer in time"
    RESET = "reset", "the connection breaks before the answer"
    BROKEN_STREAM = "broken-stream", "the connection breaks in the midst of the answer"
    # ----- an answer that does not do
    TRUNCATED = "truncated", "the answer stops in the midst: finish_reason length"
    BROKEN_JSON = "broken-json", "JSON that does not close"
    WRONG_TYPES = "wrong-types", "JSON that does not fit its schema"
    REFUSAL = "refusal", "the model declines"
    EMPTY = "empty", "an answer without any part"
    REPEATED_ID = "repeated-id", "every tool call has the id of an earlier one"
    UNKNOWN_TOOL = "unknown-tool", "a call of a tool that is not there"


SILENT = frozenset(
    {
        Trouble.THROTTLED, Trouble.UNAVAILABLE, Trouble.SERVER_ERROR, Trouble.TIMEOUT, Trouble.RESET,
        Trouble.BROKEN_STREAM,
    }
)  # fmt: skip
"""Troubles in which no answer comes."""


def error_of(trouble: Trouble, model: str) -> ModelAPIError:
    """Return what a client of a model raises for a trouble of `SILENT`."""
    match trouble:
        case Trouble.THROTTLED:
            return _http(429, model, "rate_limit_exceeded", {"retry-after": str(RETRY_AFTER_S)})
        case Trouble.UNAVAILABLE:
            return _http(503, model, "service_unavailable", {})
        case Trouble.SERVER_ERROR:
            return _http(500, model, "server_error", {})
        case Trouble.TIMEOUT:
            return _caused(ModelTimeoutError(model, "Request timed out."), TimeoutError("chaos"))
        case _:
            return _caused(ModelConnectionError(model, "Connection error."), ConnectionResetError("chaos"))


def spoilt(
    trouble: Trouble, response: ModelResponse, messages: Sequence[ModelMessage], parameters: ModelRequestParameters
) -> ModelResponse:
    """Return the answer as the trouble leaves it; one that the trouble can not spoil stays as it is.

    Args:
        trouble: None of `SILENT`.
        response: What the model said.
        messages: The conversation before it.
        parameters: What it could call.
    """
    if trouble is Trouble.REPEATED_ID:
        return _with_an_old_id(response, messages)
    if trouble is Trouble.UNKNOWN_TOOL:
        return _with_an_unknown_tool(response, parameters)
    if trouble in _WHOLE:
        return replace(response, **_WHOLE[trouble])
    write = _WRITES[trouble]
    finish = "length" if trouble is Trouble.TRUNCATED else response.finish_reason
    return replace(response, parts=[_rewritten(part, write) for part in response.parts], finish_reason=finish)


_WHOLE: dict[Trouble, dict[str, Any]] = {
    Trouble.REFUSAL: {
        "parts": [TextPart(REFUSAL)],
        "finish_reason": "content_filter",
        "provider_details": {"refusal": REFUSAL},
    },
    Trouble.EMPTY: {"parts": [], "finish_reason": "stop"},
}
"""What stands in place of the answer."""

_WRITES: dict[Trouble, Callable[[str], str]] = {
    Trouble.TRUNCATED: lambda text: text[: len(text) // 2],
    Trouble.BROKEN_JSON: lambda text: text.rstrip().removesuffix("}").rstrip() + ', "',
    Trouble.WRONG_TYPES: lambda _: '["no", {"such": "thing"}]',
}
"""What becomes of each text, and of the arguments of each call."""


def _rewritten(part: ModelResponsePart, write: Callable[[str], str]) -> ModelResponsePart:
    if isinstance(part, TextPart):
        return replace(part, content=write(part.content))
    if isinstance(part, ToolCallPart):
        return replace(part, args=write(args_text(part)))
    return part


def _with_an_old_id(response: ModelResponse, messages: Sequence[ModelMessage]) -> ModelResponse:
    """Give every call the id of the first call of the conversation."""
    known = [part.tool_call_id for part in _calls([*messages, response])]
    parts = [
        replace(part, tool_call_id=known[0]) if isinstance(part, ToolCallPart) else part for part in response.parts
    ]
    return replace(response, parts=parts)


def _with_an_unknown_tool(response: ModelResponse, parameters: ModelRequestParameters) -> ModelResponse:
    taken = {tool.name for tool in (*parameters.function_tools, *parameters.output_tools)}
    made = ToolCallPart(UNKNOWN_TOOL + "_" * (UNKNOWN_TOOL in taken), "{}")
    return replace(response, parts=[made], finish_reason="tool_call")


def _calls(messages: Sequence[ModelMessage]) -> Iterator[ToolCallPart]:
    for message in messages:
        yield from (part for part in message.parts if isinstance(part, ToolCallPart))


def _http(status: int, model: str, code: str, headers: dict[str, str]) -> ModelHTTPError:
    body = {"error": {"code": code, "message": f"chaos: {code}"}}
    return ModelHTTPError(status, model, body, headers=headers, provider_error_code=code)


def _caused(error: ModelAPIError, cause: Exception) -> ModelAPIError:
    error.__cause__ = cause
    return error
