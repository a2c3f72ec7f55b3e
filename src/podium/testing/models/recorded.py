"""A model whose replies are kept in files, one for each request: recorded once, played ever after."""

import json
from collections.abc import AsyncGenerator, Iterable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Literal

from pydantic import ValidationError
from pydantic_ai import RunContext
from pydantic_ai.messages import ModelMessage, ModelResponse
from pydantic_ai.models import Model, ModelRequestParameters, StreamedResponse
from pydantic_ai.profiles import ModelProfile
from pydantic_ai.settings import ModelSettings

from podium.testing.models.canonical import (
    Redactor,
    as_text,
    key_of,
    request_of,
    response_as_json,
    response_from_json,
)
from podium.testing.models.errors import BadRecordingError, NotRecordedError
from podium.testing.models.nearest import nearest_of
from podium.testing.models.stream import PiecewiseStream


class RecordedModel(Model[Any]):
    """Replays what a model said to the same request.

    A request is known by what the model reads of it: messages, tools, settings; not by times, ids of runs, headers, nor
    by which model it is. The same request has one reply, however often it is asked. In the mode `record` the model is
    asked what is not on record, and its reply is kept; delete files to have them recorded anew. A failure is raised and
    not kept.

    Args:
        folder: Where the files are: plain JSON, named by the request's key. Made where it is missing.
        model: Who is asked when recording.
        mode: `replay` asks nobody.
        secrets: Texts that must not be in a file, beside what looks like a key or a password.

    Attributes:
        misses: How many requests were not on record.
    """

    def __init__(
        self,
        folder: Path | str,
        model: Model[Any] | None = None,
        *,
        mode: Literal["replay", "record"] = "replay",
        secrets: Iterable[str] = (),
    ) -> None:
        super().__init__(profile=ModelProfile(supports_json_schema_output=True, supports_json_object_output=True))
        if mode == "record" and model is None:
            message = 'RecordedModel(…, mode="record") needs the model that is asked'
            raise TypeError(message)
        self._folder, self._model, self._redactor = Path(folder), model, Redactor(secrets)
        self._asks = model if mode == "record" else None
        self.misses = 0

    @property
    def model_name(self) -> str:
        """The name of the model that is recorded, where it is there."""
        return "recorded" if self._model is None else self._model.model_name

    @property
    def system(self) -> str:
        """Whose model it is."""
        return "podium" if self._model is None else self._model.system

    async def request(
        self,
        messages: list[ModelMessage],
        model_settings: ModelSettings | None,
        model_request_parameters: ModelRequestParameters,
    ) -> ModelResponse:
        """Answer from the record, or ask and keep.

        Raises:
            NotRecordedError: It is not on record, and nobody is asked.
            BadRecordingError: Its file can not be read.
        """
        request = self._request(messages, model_settings, model_request_parameters)
        known = self._known(request)
        if known is not None:
            return known
        asks = self._asked(request)
        prepared = asks.prepare_messages(messages, model_request_parameters)
        return self._keep(request, await asks.request(prepared, model_settings, model_request_parameters))

    @asynccontextmanager
    async def request_stream(
        self,
        messages: list[ModelMessage],
        model_settings: ModelSettings | None,
        model_request_parameters: ModelRequestParameters,
        run_context: RunContext[Any] | None = None,
    ) -> AsyncGenerator[StreamedResponse]:
        """Answer piece by piece; a stream that was not read to its end is not kept."""
        request = self._request(messages, model_settings, model_request_parameters)
        known = self._known(request)
        if known is not None:
            yield PiecewiseStream(model_request_parameters, known)
            return
        asks = self._asked(request)
        prepared = asks.prepare_messages(messages, model_request_parameters)
        async with asks.request_stream(prepared, model_settings, model_request_parameters, run_context) as stream:
            yield stream
            response = stream.get()
            if response.state == "complete":
                self._keep(request, response)

    def _request(
        self, messages: list[ModelMessage], settings: ModelSettings | None, parameters: ModelRequestParameters
    ) -> Mapping[str, Any]:
        cleaned: Mapping[str, Any] = self._redactor.clean(request_of(messages, settings, parameters))
        return cleaned

    def _known(self, request: Mapping[str, Any]) -> ModelResponse | None:
        file = self._folder / f"{key_of(request)}.json"
        if not file.exists():
            self.misses += 1
            return None
        try:
            return response_from_json(_read(file)["response"])
        except (ValidationError, TypeError) as error:
            raise BadRecordingError(str(file), why=str(error).replace("\n", " ")) from error

    def _asked(self, request: Mapping[str, Any]) -> Model[Any]:
        """Return who is asked what is not on record; raise NotRecordedError where it is nobody."""
        if self._asks is not None:
            return self._asks
        recorded = {file.name: _read(file)["request"] for file in sorted(self._folder.glob("*.json"))}
        nearest, difference = nearest_of(request, recorded)
        raise NotRecordedError(folder=str(self._folder), key=key_of(request), nearest=nearest, difference=difference)

    def _keep(self, request: Mapping[str, Any], response: ModelResponse) -> ModelResponse:
        """Write a reply down, and return it as it will be replayed."""
        kept = {"request": request, "response": self._redactor.clean(response_as_json(response))}
        self._folder.mkdir(parents=True, exist_ok=True)
        (self._folder / f"{key_of(request)}.json").write_text(as_text(kept) + "\n", "utf-8")
        return response_from_json(kept["response"])


def _read(file: Path) -> dict[str, Any]:
    try:
        kept = json.loads(file.read_text("utf-8"))
    except ValueError as error:
        raise BadRecordingError(str(file), why=str(error)) from error
    if not isinstance(kept, dict) or not {"request", "response"} <= kept.keys():
        raise BadRecordingError(str(file), why="it has no request and response")
    return kept
