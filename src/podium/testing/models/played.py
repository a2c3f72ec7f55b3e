"""A model whose replies come out of a function."""

import inspect
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeAlias

from pydantic_ai import RunContext
from pydantic_ai.messages import ModelMessage, ModelResponse
from pydantic_ai.models import Model, ModelRequestParameters, StreamedResponse
from pydantic_ai.profiles import ModelProfile
from pydantic_ai.settings import ModelSettings

from podium.testing.models.asked import Asked
from podium.testing.models.replies import Reply, response_of
from podium.testing.models.stream import PiecewiseStream

Answers: TypeAlias = Callable[[Asked], Reply | Awaitable[Reply]]
"""Says what the model replies to a request; sync or async."""

_PROFILE = ModelProfile(supports_json_schema_output=True, supports_json_object_output=True)


class PlayedModel(Model[Any]):
    """Answers with what a function gives, whole or as a stream.

    Args:
        answers: The function.
        name: The model's name, as budgets and breakers know it.
        settings: Of the model, merged under those of each request.

    Attributes:
        asked: What it was asked, in order.
    """

    def __init__(self, answers: Answers, *, name: str = "played", settings: ModelSettings | None = None) -> None:
        super().__init__(settings=settings, profile=_PROFILE)
        self._answers, self._name = answers, name
        self.asked: list[Asked] = []

    @property
    def model_name(self) -> str:
        """The model's name."""
        return self._name

    @property
    def system(self) -> str:
        """Whose model it is."""
        return "podium"

    async def request(
        self,
        messages: list[ModelMessage],
        model_settings: ModelSettings | None,
        model_request_parameters: ModelRequestParameters,
    ) -> ModelResponse:
        """Answer."""
        settings, parameters = self.prepare_request(model_settings, model_request_parameters)
        asked = Asked(messages=tuple(messages), settings=settings, parameters=parameters)
        self.asked.append(asked)
        nth = len(self.asked)
        reply = self._answers(asked)
        if inspect.isawaitable(reply):
            reply = await reply
        return response_of(reply, asked, name=self._name, nth=nth)

    @asynccontextmanager
    async def request_stream(
        self,
        messages: list[ModelMessage],
        model_settings: ModelSettings | None,
        model_request_parameters: ModelRequestParameters,
        run_context: RunContext[Any] | None = None,  # noqa: ARG002  # pydantic-ai's signature
    ) -> AsyncGenerator[StreamedResponse]:
        """Answer piece by piece."""
        response = await self.request(messages, model_settings, model_request_parameters)
        yield PiecewiseStream(model_request_parameters, response)


def function_model(function: Answers, *, name: str | None = None) -> PlayedModel:
    """Return a model that answers with what `function` gives for a request.

    It differs from pydantic-ai's `FunctionModel` in that one function serves streams too, and may say any `Reply`. Use
    `asked.turn` rather than a counter where a run may go on in another process.

    Args:
        function: Takes an `Asked`, gives a `Reply`; sync or async.
        name: The model's name; None for the function's own.
    """
    return PlayedModel(function, name=name or str(getattr(function, "__name__", "function")))
