"""Answers that can be seen not to fit before anything is read from them: cut off, refused, two things at once."""

from collections.abc import Collection

from pydantic_ai.messages import (
    ModelMessage,
    ModelRequest,
    ModelRequestPart,
    ModelResponse,
    RetryFeedbackPart,
    RetryInfo,
    TextPart,
    ToolCallPart,
    ToolReturnPart,
)

_SHOWN = 200


def wrong_with(response: ModelResponse, *, outputs: Collection[str], writes: Collection[str]) -> str | None:
    """Return what is wrong with an answer as a whole; None where it may be read.

    Args:
        response: The answer.
        outputs: The tools by which a model gives its output.
        writes: The tools that write.
    """
    if response.finish_reason == "length":
        return "The answer was cut off at the limit of tokens."
    if response.finish_reason == "content_filter":
        return f"The answer was withheld by the provider's filter, or refused: {_words(response)!r}."
    if response.finish_reason == "error":
        return "The provider ended the answer with an error."
    called = {call.tool_name for call in response.tool_calls}
    if called.intersection(outputs) and called.intersection(writes):
        return "The answer gives a final result beside calls whose results it can not know."
    return None


def told_so(response: ModelResponse, why: str) -> list[ModelMessage]:
    """Return an answer that does not fit, and the turn that says so; each of its calls is answered, as APIs want it."""
    said = f"{why} Answer again, completely, and no longer than the task needs."
    parts: list[ModelRequestPart] = [
        ToolReturnPart(call.tool_name, said, call.tool_call_id, outcome="retried", retry=RetryInfo("model_retry"))
        for call in response.tool_calls
    ]
    turn = ModelRequest(parts=parts or [RetryFeedbackPart(said, retry=RetryInfo("model_retry"))])
    return [response, turn] if response.parts else [turn]


def _words(response: ModelResponse) -> str:
    texts = [part.content for part in response.parts if isinstance(part, TextPart)]
    calls = [part.args_as_json_str() for part in response.parts if isinstance(part, ToolCallPart)]
    return " ".join(texts + calls)[:_SHOWN]
