"""What a model was asked: one request, as a test looks at it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic_ai.messages import (
    ModelMessage,
    ModelRequest,
    ModelResponse,
    RetryPromptPart,
    SystemPromptPart,
    TextPart,
    ToolCallPart,
    ToolReturnPart,
    UserPromptPart,
)
from pydantic_ai.models import ModelRequestParameters
from pydantic_ai.settings import ModelSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request.

    Attributes:
        messages: The conversation, oldest first.
        settings: Of the request and the model, merged; None for none.
        parameters: Tools, and how output is wanted.
    """

    messages: Sequence[ModelMessage]
    settings: ModelSettings | None
    parameters: ModelRequestParameters

    @property
    def text(self) -> str:
        """All that a model reads of it, a line for each part."""
        return "\n".join(_lines(self.messages))

    @property
    def prompt(self) -> str:
        """What the user said last; "" where the user said nothing."""
        said = [
            _plain(part.content)
            for message in self.messages
            if isinstance(message, ModelRequest)
            for part in message.parts
            if isinstance(part, UserPromptPart)
        ]
        return said[-1] if said else ""

    @property
    def tools(self) -> tuple[str, ...]:
        """The names of the tools that the model may call, without those that stand for its output."""
        return tuple(tool.name for tool in self.parameters.function_tools)

    @property
    def results(self) -> tuple[tuple[str, Any], ...]:
        """What the calls of the last reply gave: tool and result, in order."""
        last = self.messages[-1] if self.messages else None
        parts = last.parts if isinstance(last, ModelRequest) else ()
        return tuple((part.tool_name, part.content) for part in parts if isinstance(part, ToolReturnPart))

    @property
    def turn(self) -> int:
        """How many replies the conversation holds already: 0 for its first request.

        It follows from the request alone, so that a function of it answers the same in another process too.
        """
        return sum(isinstance(message, ModelResponse) for message in self.messages)


def _lines(messages: Sequence[ModelMessage]) -> Iterator[str]:
    for message in messages:
        if isinstance(message, ModelRequest) and message.instructions:
            yield f"instructions: {message.instructions}"
        for part in message.parts:
            yield _line(part)


def _line(part: object) -> str:
    line = next((line(part) for kind, line in _LINES.items() if isinstance(part, kind)), None)
    return line or f"{getattr(part, 'part_kind', type(part).__name__)}: {getattr(part, 'content', '')}"


_LINES: dict[type[Any], Callable[[Any], str]] = {
    SystemPromptPart: lambda part: f"system: {part.content}",
    UserPromptPart: lambda part: f"user: {_plain(part.content)}",
    ToolReturnPart: lambda part: f"{part.tool_name} gave: {part.model_response_str()}",
    RetryPromptPart: lambda part: f"retry: {part.model_response()}",
    TextPart: lambda part: f"model: {part.content}",
    ToolCallPart: lambda part: f"model calls {part.tool_name}({args_text(part)})",
}


def args_text(part: ToolCallPart) -> str:
    """Return the arguments of a call as the model wrote them, JSON or not."""
    return part.args if isinstance(part.args, str) else part.args_as_json_str()


def _plain(content: object) -> str:
    """Return what a user said as text; what is no text by the name of its type."""
    if isinstance(content, str):
        return content
    parts: Sequence[object] = content if isinstance(content, Sequence) else (content,)
    return " ".join(part if isinstance(part, str) else _of_part(part) for part in parts)


def _of_part(part: object) -> str:
    said = getattr(part, "content", None)
    return said if isinstance(said, str) else f"<{type(part).__name__}>"
