"""An answer that comes token by token: told as it comes, to whoever follows the run; recorded once it is whole."""

import asyncio
from collections.abc import AsyncIterator
from itertools import count

from pydantic_ai.messages import (
    ModelMessage,
    ModelResponse,
    ModelResponseStreamEvent,
    PartDeltaEvent,
    PartStartEvent,
    TextPart,
    TextPartDelta,
)
from pydantic_ai.models import Model, ModelRequestParameters
from pydantic_ai.settings import ModelSettings

from podium.workflow.current import current

FIRST_S, GAP_S = 30, 15
"""How long the first token, and each one after it, is waited for: a whole answer may take as long as it takes."""

_STREAMS = count(1)


async def streamed(
    model: Model, messages: list[ModelMessage], settings: ModelSettings, parameters: ModelRequestParameters
) -> ModelResponse:
    """Return a model's answer; raise TimeoutError where it falls silent."""
    here, stream, wait_s = current(), next(_STREAMS), FIRST_S
    async with model.request_stream(messages, settings, parameters) as response:
        events = aiter(response)
        while (event := await _next(events, wait_s)) is not None:
            wait_s = GAP_S
            text = _text(event)
            if text:
                here.token(text, stream=stream)
    return response.get()


async def _next(events: AsyncIterator[ModelResponseStreamEvent], wait_s: int) -> ModelResponseStreamEvent | None:
    async with asyncio.timeout(wait_s):
        return await anext(events, None)


def _text(event: ModelResponseStreamEvent) -> str:
    if isinstance(event, PartStartEvent):
        return event.part.content if isinstance(event.part, TextPart) else ""
    if isinstance(event, PartDeltaEvent) and isinstance(event.delta, TextPartDelta):
        return event.delta.content_delta
    return ""
