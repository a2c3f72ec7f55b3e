"""The model that pydantic-ai asks for an agent: every request goes through the journal, and up the ladder."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from pydantic_ai.messages import ModelMessage, ModelResponse
from pydantic_ai.models import ModelRequestParameters
from pydantic_ai.models.wrapper import WrapperModel
from pydantic_ai.settings import ModelSettings

from podium.agents.ladder import Ladder
from podium.agents.malformed import told_so, wrong_with
from podium.agents.messages import complaints, digest_of, unique_calls
from podium.agents.outcomes import OutOfRequests
from podium.agents.record import Spent
from podium.agents.request import REQUEST, Answer, Asked, Request
from podium.failure import FailureKind
from podium.outcomes import ToolFailed
from podium.workflow.tool import Tool

_CHARS_PER_TOKEN = 4
_TOKENS_OUT = 4096
"""What an answer is taken to have at most where `max_tokens` is not said."""


class Choice(NamedTuple):
    """A model, and the tool that asks it."""

    asked: Asked
    ask: Tool[..., Any]


class JournaledModel(WrapperModel):
    """Asks through tools that are journaled and guarded. One of these belongs to one entry of a step.

    Attributes:
        ladder: The rungs taken.
        spent: What was answered, with what earlier steps of the run were.

    Args:
        choices: The models, in the order in which they are asked.
        spent: By earlier steps of the run.
        max_requests: In all of the run.
        writes: The tools that write.
    """

    def __init__(self, choices: Sequence[Choice], spent: Spent, *, max_requests: int, writes: Collection[str]) -> None:
        super().__init__(choices[0].asked.model)
        self._choices, self._max_requests, self._writes = choices, max_requests, writes
        self.spent = spent.model_copy()
        self.ladder = Ladder([choice.asked.name for choice in choices])

    async def request(
        self,
        messages: list[ModelMessage],
        model_settings: ModelSettings | None,
        model_request_parameters: ModelRequestParameters,
    ) -> ModelResponse:
        """Ask until an answer can be read, from the journal where it is on record."""
        now = Request(list(messages), model_settings, model_request_parameters)
        while True:
            response = await self._answer(now)
            outputs = [tool.name for tool in model_request_parameters.output_tools]
            why = wrong_with(response, outputs=outputs, writes=self._writes)
            unique_calls(response, now.messages)
            if why is None:
                return response
            now = replace(now, messages=[*now.messages, *told_so(response, why)])

    async def _answer(self, now: Request) -> ModelResponse:
        number = self.spent.requests + 1
        wrongs = complaints(now.messages)
        nth = self.ladder.model_for(wrongs, number)
        if number > self._max_requests:
            raise OutOfRequests(self._max_requests)
        if wrongs:
            now = replace(now, rung=self.ladder.last)
        digest, chars = digest_of(now.messages, now.settings, _shown(now.parameters))
        tokens_out = (now.settings or {}).get("max_tokens") or _TOKENS_OUT
        nth, answer = await self._first(nth, now, (digest, chars // _CHARS_PER_TOKEN, tokens_out))
        self._count(answer)
        self.ladder.repaired(answer.repairs, self.ladder.models[nth], number)
        return answer.message()

    async def _first(self, nth: int, now: Request, said: tuple[str, int, int]) -> tuple[int, Answer]:
        """Return the answer of the first model, from the n-th on, that does not refuse the request for good.

        What one provider refuses (its key, its quota, the length of the conversation) another may well take.
        """
        while True:
            outer = REQUEST.set(now)
            try:
                return nth, await self._choices[nth].ask(*said)
            except ToolFailed as failed:
                if failed.failure.kind is not FailureKind.PERMANENT or nth + 1 == len(self._choices):
                    raise
                nth += 1
                self.ladder.stood_in(nth, self.spent.requests + 1, str(failed.failure))
                now = replace(now, rung=self.ladder.last)
            finally:
                REQUEST.reset(outer)

    def _count(self, answer: Answer) -> None:
        usage = answer.message().usage
        self.spent.requests += 1
        self.spent.input_tokens += usage.input_tokens
        self.spent.output_tokens += usage.output_tokens
        self.spent.money += answer.money

    # ----- each model that is asked shapes a request for itself

    @property
    def settings(self) -> ModelSettings | None:
        """None: each model has its own, which the settings of the first one must not override."""
        return None

    def prepare_messages(
        self, messages: list[ModelMessage], model_request_parameters: ModelRequestParameters | None = None
    ) -> list[ModelMessage]:
        """Leave the messages as they are."""
        del model_request_parameters
        return messages

    def prepare_request(
        self, model_settings: ModelSettings | None, model_request_parameters: ModelRequestParameters
    ) -> tuple[ModelSettings | None, ModelRequestParameters]:
        """Leave the request as it is."""
        return model_settings, model_request_parameters

    def customize_request_parameters(self, model_request_parameters: ModelRequestParameters) -> ModelRequestParameters:
        """Leave the parameters as they are."""
        return model_request_parameters


def _shown(parameters: ModelRequestParameters) -> list[Any]:
    """Return what a model is shown of tools and output, in the form that tells requests apart."""
    tools = [
        (tool.name, tool.description, tool.parameters_json_schema) for tool in parameters.declared_tool_defs.values()
    ]
    output = parameters.output_object
    return [
        tools,
        parameters.output_mode,
        None if output is None else output.json_schema,
        [part.content for part in parameters.instruction_parts or ()],
    ]
