"""A request to a model as a tool that reads: journaled, and guarded like any other call.

The arguments of the call are what tells requests apart and what guards count by; the conversation itself goes beside
them, because it is on record already and would be written down again with every request.
"""

from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from typing import Any, Final

from pydantic import BaseModel
from pydantic_ai.messages import ModelMessage, ModelResponse
from pydantic_ai.models import Model, ModelRequestParameters, infer_model
from pydantic_ai.settings import ModelSettings

from podium.agents.messages import dump, load
from podium.agents.price import price_of
from podium.agents.record import Message
from podium.agents.repair import repaired
from podium.agents.spending import MARK
from podium.agents.streaming import streamed
from podium.workflow.source import place_of_caller
from podium.workflow.tool import Tool
from podium.workflow.toolcode import ToolPolicy

_JSON_TEXT = frozenset({"native", "prompted"})
"""How an output is asked for that comes as a text which is JSON."""


@dataclass(frozen=True, slots=True)
class Request:
    """What a model is asked.

    Attributes:
        messages: The conversation, as yet in no provider's shape.
        settings: Of the agent.
        parameters: The tools and the output that the model may answer with.
        rung: Why it is asked once more; "" where the answer before did fit.
    """

    messages: list[ModelMessage]
    settings: ModelSettings | None
    parameters: ModelRequestParameters
    rung: str = ""


REQUEST: Final[ContextVar[Request]] = ContextVar("podium_model_request")
"""The request that the call of the tool is about; set around the call, and read where it is really made."""


class Answer(BaseModel):
    """What a model answered.

    Attributes:
        rung: Why it was asked once more; "" where the answer before did fit.
        repairs: What was mended in it before it was recorded.
        money: What it cost, in micro-units of USD; 0 where that is not known.
        tokens: Input and output.
        response: The `ModelResponse`, as JSON.
    """

    rung: str = ""
    repairs: list[str] = []
    money: int = 0
    tokens: int = 0
    response: Message

    def message(self) -> ModelResponse:
        """Return the response itself."""
        (response,) = load([self.response])
        assert isinstance(response, ModelResponse), response
        return response


@dataclass(slots=True)
class Asked:
    """A model that an agent may ask, resolved when it is first asked.

    Attributes:
        given: The model, or its name.
        streams: Its answers are asked for token by token.
        name: As `openai:gpt-4o`.
    """

    given: Model | str
    streams: bool = False
    _model: Model | None = field(default=None)

    @property
    def name(self) -> str:
        """The provider and the model."""
        return self.given if isinstance(self.given, str) else self.given.model_id

    @property
    def model(self) -> Model:
        """The model itself; its client needs its key."""
        if self._model is None:
            self._model = infer_model(self.given)
        return self._model


def asking(name: str, asked: Asked, policy: ToolPolicy) -> Tool[..., Any]:
    """Return the tool of that name, which asks one model."""

    async def ask(request: str, tokens_in: int, tokens_out: int) -> Answer:
        del request, tokens_in, tokens_out  # they are for the journal and the guards
        now = REQUEST.get()
        model = asked.model
        messages = model.prepare_messages(now.messages, now.parameters)
        settings = _by_us(model, now.settings)
        ask_it = streamed if asked.streams else _at_once
        answered = await ask_it(model, messages, settings, now.parameters)
        return recorded(answered, model, now)

    ask.__name__ = name
    made = Tool(ask, replace(policy, digest=_digest))
    made.where = place_of_caller()
    return made


def recorded(answered: ModelResponse, model: Model, now: Request) -> Answer:
    """Return what a model answered as it is recorded: mended, and with what it cost."""
    _, shaped = model.prepare_request(now.settings, now.parameters)
    asks_json = shaped.output_mode in _JSON_TEXT or not shaped.allow_text_output
    response, repairs = repaired(answered, is_text_json=asks_json)
    (stored,) = dump([response])
    usage = response.usage
    tokens = usage.input_tokens + usage.output_tokens
    return Answer(rung=now.rung, repairs=repairs, money=price_of(response), tokens=tokens, response=stored)


def tool_name(agent: str, model: str) -> str:
    """Return the name of the tool: `writer@gpt-4o`."""
    return f"{agent}{MARK}{model.partition(':')[2].strip(':').replace(':', '.') or model}"


def _by_us(model: Model, settings: ModelSettings | None) -> ModelSettings:
    """Return the settings of a request that is tried again by nobody below us."""
    if "max_retries" in model.unsupported_settings:  # it has no tries of its own, and would warn
        return settings or ModelSettings()
    return {**(settings or {}), "max_retries": 0}


async def _at_once(
    model: Model, messages: list[ModelMessage], settings: ModelSettings, parameters: ModelRequestParameters
) -> ModelResponse:
    return await model.request(messages, settings, parameters)


def _digest(request: str, tokens_in: int, tokens_out: int) -> str:
    del tokens_in, tokens_out
    return request
