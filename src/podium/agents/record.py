"""What an agent keeps between its steps: the conversation as it grew, the writes it asked for, and what it has cost."""

from typing import Any, Literal, TypeAlias

from pydantic import BaseModel, JsonValue, create_model

Message: TypeAlias = dict[str, JsonValue]
"""One message of pydantic-ai, as JSON, without what is at its default."""


class Wanted(BaseModel):
    """A write that the model asked for.

    Attributes:
        tool: Its name.
        args: The arguments, frozen as JSON text.
        call: The model's `tool_call_id`, made unique in the conversation where the model repeats it.
    """

    tool: str
    args: str
    call: str


class Done(BaseModel):
    """What became of a write.

    Attributes:
        status: `refused` is a person's word, `not_started` follows a failure before it.
        value: Its result as JSON, or the failure as the model is told it.
    """

    status: Literal["done", "failed", "refused", "not_started"]
    value: JsonValue = None


class Rung(BaseModel):
    """A rung of the ladder that was taken because an answer did not fit.

    Attributes:
        request: The n-th model request of the agent's run, from 1.
        rung: `repaired`: mended without asking. `asked_again`: the model was told what is wrong. `fallback`: another
            model was asked.
        model: The model whose answer it was, or that is asked now.
        why: What was wrong. May quote the model: show it, never interpret it.
    """

    request: int
    rung: Literal["repaired", "asked_again", "fallback"]
    model: str
    why: str


class Spent(BaseModel):
    """What model requests have cost.

    Attributes:
        requests: How many were answered.
        input_tokens, output_tokens: As the provider counts them.
        money: In micro-units of USD; 0 for models whose price is not known.
    """

    requests: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    money: int = 0


class Talk(BaseModel):
    """What every agent's record has beside its prompt, its input and its output.

    Attributes:
        messages: The conversation; only ever added to.
        wanted: The writes of the last response, in the order asked.
        done: What became of the first of them.
        ladder: Every rung taken.
        spent: The cost so far.
    """

    messages: list[Message] = []
    wanted: list[Wanted] = []
    done: list[Done] = []
    ladder: list[Rung] = []
    spent: Spent = Spent()


def record_of(name: str, *, output: Any, data: type[BaseModel] | None) -> type[BaseModel]:
    """Return the record of an agent.

    Args:
        name: The agent's.
        output: The type of what it gives.
        data: The model of its `input`; None for none.
    """
    fields: dict[str, Any] = {"prompt": (str, ... if data is None else "")}
    if data is not None:
        fields["input"] = (data, ...)
    fields["output"] = (output | None, None)
    return create_model(name, __base__=Talk, **fields)
