"""`think`: the model is asked, and tools that read are called, until it gives its output or wants to write."""

import json
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from pydantic_ai import Agent as PydanticAgent
from pydantic_ai import DeferredToolRequests, DeferredToolResults
from pydantic_ai.exceptions import ToolFailed as TellFailure
from pydantic_ai.exceptions import UnexpectedModelBehavior
from pydantic_ai.messages import ModelMessage, ModelResponse
from pydantic_ai.toolsets import AbstractToolset
from pydantic_ai.usage import UsageLimits

from podium.agents.journaled import Choice, JournaledModel
from podium.agents.messages import calls_in, dump, load
from podium.agents.outcomes import MalformedOutput
from podium.agents.record import Done, Wanted
from podium.agents.tools import FROZEN
from podium.workflow.current import current
from podium.workflow.given import FROM_ENGINE

_NO_LIMIT: Final = 1_000_000
"""The ladder ends what does not fit; pydantic-ai's own count must not do so before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mind:
    """What an agent thinks with.

    Attributes:
        agent: Of pydantic-ai.
        choices: The models, in the order in which they are asked.
        toolset: The tools.
        output: What it gives, in pydantic-ai's terms; None for what the agent says itself.
        max_requests: In all of a run.
        writes: The names of the tools that write.
        deps: The type of the resource that is given to the agent; None for none.
        instructions: What the model is told beside what the agent tells it.
    """

    agent: PydanticAgent[Any, Any]
    choices: Sequence[Choice]
    toolset: AbstractToolset[Any]
    output: Any
    max_requests: int
    writes: frozenset[str]
    deps: type[Any] | None = None
    instructions: str | None = None


def thinking(mind: Mind) -> Callable[..., Coroutine[Any, Any, str]]:
    """Return the function of the state."""
    if mind.deps is None:

        async def think(record: Any) -> str:
            return await _think(mind, record, None)

    else:

        async def think(record: Any, *, deps: Any = FROM_ENGINE) -> str:  # type: ignore[misc]  # one of the two is made
            return await _think(mind, record, deps)

        think.__annotations__["deps"] = mind.deps
    think.__annotations__["return"] = Literal["act", "done"] if mind.writes else Literal["done"]
    think.__doc__ = "Ask the model, and call the tools that read, until it gives its output or wants to write."
    return think


async def _think(mind: Mind, record: Any, deps: Any) -> str:
    history = load(record.messages)
    model = JournaledModel(mind.choices, record.spent, max_requests=mind.max_requests, writes=mind.writes)
    result = await _run(mind, model, record, history=history, deps=deps)
    said = result.all_messages()[len(history) :]
    record.messages.extend(dump(said))
    record.ladder.extend(model.ladder.rungs)
    record.spent, record.wanted, record.done = model.spent, [], []
    if isinstance(result.output, DeferredToolRequests):
        record.wanted = _wanted(result.output, said)
        return "act"
    record.output = result.output
    return "done"


async def _run(mind: Mind, model: JournaledModel, record: Any, *, history: list[ModelMessage], deps: Any) -> Any:
    here = current()
    try:
        return await mind.agent.run(
            None if history else _prompt(record),
            message_history=history or None,
            deferred_tool_results=_results(record.wanted, record.done) if record.wanted else None,
            model=model,
            deps=deps,
            instructions=mind.instructions,
            output_type=mind.output,
            toolsets=[mind.toolset],
            usage_limits=UsageLimits(request_limit=None),
            retries=_NO_LIMIT,
            run_id=f"{here.run_id}/{here.step}",
            conversation_id=here.run_id,
            infer_name=False,
        )
    except UnexpectedModelBehavior as error:
        raise MalformedOutput(str(error)) from error


def _prompt(record: Any) -> str:
    data = getattr(record, "input", None)
    texts = (record.prompt, "" if data is None else data.model_dump_json(indent=1))
    return "\n\n".join(text for text in texts if text)


def _results(wanted: Sequence[Wanted], done: Sequence[Done]) -> DeferredToolResults:
    return DeferredToolResults(calls={one.call: _result(what) for one, what in zip(wanted, done, strict=True)})


def _result(done: Done) -> Any:
    if done.status == "done":
        return done.value
    if done.status == "not_started":
        return TellFailure("Not started, because a call before it failed.")
    return TellFailure(json.dumps(done.value, ensure_ascii=False))


def _wanted(asked: DeferredToolRequests, said: Sequence[ModelMessage]) -> list[Wanted]:
    """Return the writes in the order in which the model asked for them."""
    response = next(message for message in reversed(said) if isinstance(message, ModelResponse))
    return [
        Wanted(tool=call.tool_name, args=asked.metadata[call.tool_call_id][FROZEN], call=call.tool_call_id)
        for call in calls_in(response)
        if call.tool_call_id in asked.metadata
    ]
