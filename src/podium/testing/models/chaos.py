"""A model around another one, with everything that can go wrong on the way there and back."""

import random
from collections import Counter
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from pydantic_ai import RunContext
from pydantic_ai.messages import ModelMessage, ModelResponse
from pydantic_ai.models import Model, ModelRequestParameters, StreamedResponse
from pydantic_ai.models.wrapper import WrapperModel
from pydantic_ai.settings import ModelSettings

from podium.testing.models.canonical import key_of, request_of
from podium.testing.models.stream import PiecewiseStream
from podium.testing.models.trouble import SILENT, Trouble, error_of, spoilt


class ChaosModel(WrapperModel):
    """Lets requests fail and spoils answers, by a list or by lot.

    By lot, what happens to a request follows from the seed, what is asked, and how often the same was asked before: not
    from the order in which several runs come to ask.

    Args:
        model: The model.
        plan: What happens to each request in turn, None for nothing; after its end nothing does.
        seed: Of the lot; only without a plan.
        rate: The share of requests to which something happens, from 0 to 1; only without a plan.
        troubles: What can happen by lot.

    Attributes:
        happened: What happened to each request so far.
    """

    def __init__(
        self,
        model: Model[Any],
        plan: Sequence[Trouble | None] | None = None,
        *,
        seed: int = 0,
        rate: float = 0.3,
        troubles: Sequence[Trouble] = tuple(Trouble),
    ) -> None:
        super().__init__(model)
        self._plan, self._seed, self._rate, self._troubles = plan, seed, rate, tuple(troubles)
        self._met: Counter[str] = Counter()
        self.happened: list[Trouble | None] = []

    async def request(
        self,
        messages: list[ModelMessage],
        model_settings: ModelSettings | None,
        model_request_parameters: ModelRequestParameters,
    ) -> ModelResponse:
        """Ask the model, unless something goes wrong before; give what is left of its answer."""
        trouble = self._next(messages, model_settings, model_request_parameters)
        if trouble in SILENT:
            raise error_of(trouble, self.model_name)
        response = await self.wrapped.request(messages, model_settings, model_request_parameters)
        return response if trouble is None else spoilt(trouble, response, messages, model_request_parameters)

    @asynccontextmanager
    async def request_stream(
        self,
        messages: list[ModelMessage],
        model_settings: ModelSettings | None,
        model_request_parameters: ModelRequestParameters,
        run_context: RunContext[Any] | None = None,
    ) -> AsyncGenerator[StreamedResponse]:
        """Do the same piece by piece."""
        trouble = self._next(messages, model_settings, model_request_parameters)
        if trouble in SILENT and trouble is not Trouble.BROKEN_STREAM:
            raise error_of(trouble, self.model_name)
        asked = (messages, model_settings, model_request_parameters)
        if trouble is None:
            async with self.wrapped.request_stream(*asked, run_context) as stream:
                yield stream
            return
        response = await self.wrapped.request(*asked)
        if trouble is Trouble.BROKEN_STREAM:
            error = error_of(trouble, self.model_name)
            yield PiecewiseStream(model_request_parameters, response, error=error)
            return
        yield PiecewiseStream(model_request_parameters, spoilt(trouble, response, messages, model_request_parameters))

    def _next(
        self, messages: list[ModelMessage], settings: ModelSettings | None, parameters: ModelRequestParameters
    ) -> Trouble | None:
        """Return what happens to this request."""
        trouble = self._drawn(key_of(request_of(messages, settings, parameters))) if self._plan is None else None
        if self._plan is not None and len(self.happened) < len(self._plan):
            trouble = self._plan[len(self.happened)]
        self.happened.append(trouble)
        return trouble

    def _drawn(self, key: str) -> Trouble | None:
        self._met[key] += 1
        lot = random.Random(f"{self._seed} {key} {self._met[key]}")  # noqa: S311  # chance that can be repeated
        return lot.choice(self._troubles) if self._troubles and lot.random() < self._rate else None
