"""What an agent is compiled from: its record, its states, its tools."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Union, cast

from pydantic import BaseModel
from pydantic_ai import Agent as PydanticAgent
from pydantic_ai import DeferredToolRequests
from pydantic_ai.models import Model
from pydantic_ai.output import NativeOutput, PromptedOutput, ToolOutput
from pydantic_ai.toolsets import FunctionToolset

from podium.agents.act import acting
from podium.agents.journaled import Choice
from podium.agents.price import priced
from podium.agents.providers import meaning_of
from podium.agents.record import record_of
from podium.agents.request import Asked, asking, tool_name
from podium.agents.think import Mind, thinking
from podium.agents.tools import toolset_of
from podium.failure import FailureKind
from podium.graph.guards import Breaker, Bulkhead, CallPolicy
from podium.graph.policies import Retry
from podium.workflow.faults import fault_now
from podium.workflow.guarding import Guards, policy_of
from podium.workflow.made import made_state
from podium.workflow.source import place_of_caller
from podium.workflow.state import END, START, Chain, State
from podium.workflow.toolcode import Declared, ToolPolicy
from podium.workflow.workflow import WorkflowOptions

_REQUESTS = 50
_RETRY = Retry(attempts=4)
_TIMEOUT_S = 120
_AT_ONCE = 32
_GUARDS = frozenset({"retry", "timeout", "breaker", "bulkhead", "rate", "budget", "hedge"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """An agent as a machine is made of it.

    Attributes:
        record: The model of its record.
        output: The type of what it gives.
        chain: Its states.
        options: Those of any workflow.
    """

    record: type[BaseModel]
    output: Any
    chain: Chain[Any]
    options: WorkflowOptions


def parts_of(
    name: str,
    agent: PydanticAgent[Any, Any] | Model | str,
    *,
    output: Any,
    tools: Sequence[Declared],
    options: Mapping[str, Any],
) -> Parts:
    """Compile an agent; raise DefinitionError where it is not whole."""
    own = agent if isinstance(agent, PydanticAgent) else PydanticAgent(agent, defer_model_check=True)
    _check_own_tools(name, own)
    spec = output or own.output_type
    choices = _choices(name, (own.model, *options.get("fallback_models", ())), options)
    writes = {tool.name: tool for tool in tools if tool.policy.writes}
    mind = Mind(
        agent=own,
        choices=choices,
        toolset=toolset_of(tools),
        output=_asked_of(spec, is_own=output is None, writes=bool(writes)),
        max_requests=options.get("max_requests", _REQUESTS),
        writes=frozenset(writes),
        deps=options.get("deps"),
        instructions=options.get("instructions"),
    )
    reads = tuple(tool for tool in tools if not tool.policy.writes)
    made_of = repr((name, spec, sorted(tool.name for tool in tools), [choice.asked.name for choice in choices]))
    asks = tuple(choice.ask for choice in choices)
    think: State[Any, Any] = made_state("think", thinking(mind), made_of=made_of, tools=(*asks, *reads))
    ways: dict[Any, Any] = {"done": END}
    if writes:
        act: State[Any, Any] = made_state("act", acting(writes), made_of=made_of, tools=tuple(writes.values()))
        ways["act"] = act.choose({"act": act, "think": think})
    kept = {key: value for key, value in options.items() if key in WorkflowOptions.__annotations__}
    return Parts(
        record=record_of(name, output=type_of(spec), data=options.get("input")),
        output=type_of(spec),
        chain=START >> think.choose(ways),
        options=cast("WorkflowOptions", kept),
    )


def type_of(spec: Any) -> Any:
    """Return the type of what an output in pydantic-ai's terms gives."""
    if isinstance(spec, ToolOutput):
        return type_of(spec.output)
    if isinstance(spec, NativeOutput | PromptedOutput):
        return type_of(spec.outputs)
    if isinstance(spec, Sequence):
        return Union[tuple(type_of(one) for one in spec if one is not DeferredToolRequests)]  # noqa: UP007  # made, not written
    return spec


def _check_own_tools(name: str, agent: PydanticAgent[Any, Any]) -> None:
    """Refuse tools of which nobody said whether they write, and that nobody would journal."""
    own = [toolset for toolset in agent.toolsets if not isinstance(toolset, FunctionToolset) or toolset.tools]
    if own:
        raise fault_now(
            "tools-inside-agent",
            f"agent {name}: its pydantic-ai agent has tools of its own, of which nobody said whether they write",
            suggestion="Declare them with @tool.read or @tool.write, and give them as tools=[…].",
            where=place_of_caller(),
        )


def _asked_of(spec: Any, *, is_own: bool, writes: bool) -> Any:
    """Return the output that a run is asked for; None for the agent's own, which its output validators expect."""
    puts_off = isinstance(spec, Sequence) and DeferredToolRequests in spec
    if is_own and (puts_off or not writes):
        return None
    return [spec, DeferredToolRequests] if writes and not puts_off else spec


def _choices(name: str, models: Sequence[Any], options: Mapping[str, Any]) -> tuple[Choice, ...]:
    """Return the models with the tools that ask them; where one fails, the next ones stand in for it."""
    if models[0] is None:
        raise fault_now(
            "no-model",
            f"agent {name}: its pydantic-ai agent has no model",
            suggestion="Give it one.",
            where=place_of_caller(),
        )
    made: list[Choice] = []
    for given in reversed(models):
        asked = Asked(given, streams=options.get("stream", False))
        others = tuple(choice.ask for choice in made)
        ask = tool_name(name, asked.name)
        if any(choice.ask.name == ask for choice in made):
            ask += f"_{len(made) + 1}"
        made.insert(
            0,
            Choice(
                asked, asking(ask, asked, ToolPolicy(writes=False, guards=_guards(asked, options), fallback=others))
            ),
        )
    return tuple(made)


def _guards(asked: Asked, options: Mapping[str, Any]) -> CallPolicy:
    said: dict[str, Any] = {
        "retry": _RETRY,
        **({} if asked.streams else {"timeout": _TIMEOUT_S}),  # a long stream is healthy as long as it flows
        "breaker": Breaker(asked.name),
        "bulkhead": Bulkhead(_AT_ONCE, name=asked.name),
        **{key: value for key, value in options.items() if key in _GUARDS},
    }
    policy = policy_of(cast("Guards", said))
    says = cast("Callable[[BaseException], FailureKind | None]", meaning_of)  # which says more than the kind
    return replace(policy, classify=says, budget=priced(policy.budget, asked.name))
