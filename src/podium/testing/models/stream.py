"""A whole response, given piece by piece, as from a real stream; it may break off."""

from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any, TypeAlias

from pydantic_ai.messages import (
    ModelResponse,
    ModelResponsePart,
    ModelResponseStreamEvent,
    TextPart,
    ThinkingPart,
    ToolCallPart,
)
from pydantic_ai.models import StreamedResponse

from podium.testing.models.asked import args_text

_PIECES = 4
"""A text comes in so many, or fewer where it is short."""

_Step: TypeAlias = Callable[[Any], Iterator[ModelResponseStreamEvent]]
"""Tells the parts manager of the stream the next piece, and gives the events of it."""


class Closed(Exception):  # noqa: N818  # what a client says whose connection was closed under it
    """The stream was cancelled by who reads it."""


@dataclass
class PiecewiseStream(StreamedResponse):
    """Gives a response piece by piece.

    Attributes:
        response: The whole.
        error: What is raised in the midst of it; None where it comes to its end.
    """

    response: ModelResponse
    error: BaseException | None = field(default=None, kw_only=True)

    async def _get_event_iterator(self) -> AsyncIterator[ModelResponseStreamEvent]:
        steps = [step for index, part in enumerate(self.response.parts) for step in _steps(index, part)]
        shown = len(steps) if self.error is None else len(steps) // 2
        for step in steps[:shown]:
            if self.cancelled:
                raise Closed
            for event in step(self._parts_manager):
                yield event
        if self.error is not None:
            raise self.error
        self._usage = self.response.usage
        self.finish_reason = self.response.finish_reason
        self.provider_details = self.response.provider_details
        self.provider_response_id = self.response.provider_response_id

    def get_stream_cancel_errors(self) -> tuple[type[BaseException], ...]:
        """Return what is raised once it is cancelled."""
        return (Closed,)

    async def close_stream(self) -> None:
        """Do nothing: there is no connection."""

    @property
    def model_name(self) -> str:
        """Who said it."""
        return self.response.model_name or ""

    @property
    def provider_name(self) -> str | None:
        """Whose model."""
        return self.response.provider_name

    @property
    def provider_url(self) -> str | None:
        """Where it is."""
        return self.response.provider_url

    @property
    def timestamp(self) -> datetime:
        """When it was said."""
        return self.response.timestamp


def _steps(index: int, part: ModelResponsePart) -> Iterator[_Step]:
    """Give what is to be told of a part, piece by piece; each step is made when its turn comes."""
    match part:
        case TextPart():
            for piece in pieces(part.content):
                yield partial(_text, index, piece)
        case ThinkingPart():
            for piece in pieces(part.content):
                yield partial(_thought, index, piece)
        case ToolCallPart():
            first, *others = pieces(args_text(part))
            yield partial(_call, index, part, first)
            for piece in others:
                yield partial(_more_of_call, index, part, piece)
        case _:
            yield partial(_whole, index, part)


def _text(index: int, piece: str, manager: Any) -> Iterator[ModelResponseStreamEvent]:
    yield from manager.handle_text_delta(vendor_part_id=index, content=piece)


def _thought(index: int, piece: str, manager: Any) -> Iterator[ModelResponseStreamEvent]:
    yield from manager.handle_thinking_delta(vendor_part_id=index, content=piece)


def _call(index: int, part: ToolCallPart, piece: str, manager: Any) -> Iterator[ModelResponseStreamEvent]:
    yield from manager.handle_tool_call_delta_events(
        vendor_part_id=index, tool_name=part.tool_name, args=piece, tool_call_id=part.tool_call_id
    )


def _more_of_call(index: int, part: ToolCallPart, piece: str, manager: Any) -> Iterator[ModelResponseStreamEvent]:
    yield from manager.handle_tool_call_delta_events(vendor_part_id=index, args=piece, tool_call_id=part.tool_call_id)


def _whole(index: int, part: ModelResponsePart, manager: Any) -> Iterator[ModelResponseStreamEvent]:
    yield manager.handle_part(vendor_part_id=index, part=part)


def pieces(text: str) -> list[str]:
    """Return a text in a few pieces, none of them empty but that of the empty text."""
    size = max(1, -(-len(text) // _PIECES))
    return [text[at : at + size] for at in range(0, len(text), size)] or [""]
