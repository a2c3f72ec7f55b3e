"""`Agent`: a pydantic-ai agent as a workflow that survives its process.

It compiles to think → act → think. In `think` the model is asked and tools that read are called, each journaled; a tool
that writes is left to `act`, one visit for each write, with its key, its approval and its compensation.
"""

from collections.abc import Iterable, Sequence
from typing import Any, TypedDict, TypeVar, Unpack, overload

from pydantic import BaseModel, model_validator
from pydantic_ai import Agent as PydanticAgent
from pydantic_ai.models import Model

from podium.agents.compiled import parts_of
from podium.graph.guards import Breaker, Budget, Bulkhead, Hedge, Rate
from podium.graph.nodes import OnFailure
from podium.graph.policies import Duration, Retry
from podium.workflow.codec import Codec
from podium.workflow.faults import closest, fault_now
from podium.workflow.machine import Machine
from podium.workflow.source import place_of_caller
from podium.workflow.toolcode import Declared

O = TypeVar("O")  # noqa: E741  # output


class Prompt(BaseModel):
    """What an agent without a typed input is started with; as JSON, a text alone is one too.

    Attributes:
        prompt: What it is to do.
    """

    prompt: str

    @model_validator(mode="before")
    @classmethod
    def _of_text(cls, given: Any) -> Any:
        return {"prompt": given} if isinstance(given, str) else given


class AgentOptions(TypedDict, total=False):
    """What may be said about an agent.

    Attributes:
        deadline, on_failure: As of any workflow.
        instructions: What the model is told in every request, beside what a pydantic-ai agent tells it.
        deps: The type of the engine's resource that a pydantic-ai agent gets as its `deps`.
        input: A model of typed data that a run takes beside its prompt, shown to the model as JSON.
        fallback_models: Asked in order where the model before fails, or can not be made to give what fits.
        max_requests: How many model requests a run may make; left out: 50.
        stream: Ask for tokens one by one, and tell them to whoever follows `Handle.tokens`.
        retry, timeout, breaker, bulkhead, rate, budget, hedge: Guards around each model request. Left out: 4 attempts,
            120 s, and a breaker and a bulkhead of 32 for each provider and model.
    """

    deadline: Duration
    on_failure: OnFailure
    instructions: str
    deps: type[Any]
    input: type[BaseModel]
    fallback_models: Sequence[Model | str]
    max_requests: int
    stream: bool
    retry: Retry
    timeout: Duration
    breaker: Breaker
    bulkhead: Bulkhead
    rate: Rate
    budget: Budget
    hedge: Hedge


class Agent(Machine[Any, O]):
    """A pydantic-ai agent that is durable: a state, a node or a child of other workflows, or a run by itself.

    A run takes a `Prompt`, a plain text, or an instance of the `input=` model, and gives the agent's output.

    Attributes:
        takes_text: A text is all that it needs, so that it can be a route of an intent router, or read for one.

    Args:
        name: Unique among the workflows of an engine.
        agent: A pydantic-ai agent without tools of its own, a model, or the name of one.
        output: What it gives; left out: what the pydantic-ai agent gives, `str` for a model.
        tools: What it may call, made by `@tool.read` and `@tool.write`.
        options: See `AgentOptions`.

    Raises:
        DefinitionErrors: Everything that is wrong, at once.
    """

    @overload
    def __init__(
        self: "Agent[str]",
        name: str,
        agent: Model | str,
        /,
        *,
        output: None = None,
        tools: Sequence[Declared] = (),
        **options: Unpack[AgentOptions],
    ) -> None: ...
    @overload
    def __init__(
        self,
        name: str,
        agent: PydanticAgent[Any, O],
        /,
        *,
        output: None = None,
        tools: Sequence[Declared] = (),
        **options: Unpack[AgentOptions],
    ) -> None: ...
    @overload
    def __init__(
        self,
        name: str,
        agent: PydanticAgent[Any, Any] | Model | str,
        /,
        *,
        output: type[O],
        tools: Sequence[Declared] = (),
        **options: Unpack[AgentOptions],
    ) -> None: ...
    def __init__(
        self,
        name: str,
        agent: PydanticAgent[Any, Any] | Model | str,
        /,
        *,
        output: type[O] | None = None,
        tools: Sequence[Declared] = (),
        **options: Unpack[AgentOptions],
    ) -> None:
        _check_options(name, options)
        parts = parts_of(name, agent, output=output, tools=tools, options=dict(options))
        super().__init__(name, parts.record, parts.chain, gives="output", **parts.options)
        self.output = Codec(parts.output)
        self._data = options.get("input")
        self.takes_text = self._data is None

    @property
    def wanted(self) -> type[BaseModel]:
        """`Prompt`, or the `input=` model."""
        return self._data or Prompt

    def encode_input(self, value: Any) -> dict[str, str]:
        """Return the fields of a run's input: a text or a `Prompt`, or the typed input.

        Raises:
            InvalidInputError: It is neither.
        """
        record = self.input.model
        if isinstance(value, str):
            value = Prompt(prompt=value)
        if isinstance(value, Prompt) and self._data is None:
            value = record(prompt=value.prompt)
        elif self._data is not None and isinstance(value, self._data):
            value = record(input=value)
        return _given(super().encode_input(value))

    def parse_input(self, text: str) -> dict[str, str]:
        """Return the fields of an input written by a person or a client: a JSON string, or an object with `prompt`."""
        if text.lstrip().startswith('"'):
            text = f'{{"prompt":{text}}}'
        return _given(super().parse_input(text))


def _check_options(name: str, options: Iterable[str]) -> None:
    for option in options:
        if option not in AgentOptions.__annotations__:
            raise fault_now(
                "unknown-option",
                f"agent {name}: there is no option {option!r}",
                suggestion=closest(option, AgentOptions.__annotations__),
                where=place_of_caller(),
            )


def _given(fields: dict[str, str]) -> dict[str, str]:
    """Return what is given to an agent; the rest of its record begins empty."""
    return {name: text for name, text in fields.items() if name in ("prompt", "input")}
