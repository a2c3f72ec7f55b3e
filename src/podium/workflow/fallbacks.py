"""`fallback=[other, …]`: the tools that are called in place of one that failed, and what is checked of them."""

from collections.abc import Iterator, Sequence
from typing import Any, cast

from podium.graph.guards import CallPolicy
from podium.workflow.annotations import is_wrong, type_text
from podium.workflow.faults import Faults, fault_now
from podium.workflow.guarding import Guards, policy_of
from podium.workflow.signature import Parameter
from podium.workflow.source import place_of_caller
from podium.workflow.toolcode import Declared
from podium.workflow.toolnames import is_tool

FALLBACKS_MAX = 3


class ToolArguments(Guards, total=False):
    """What may be said of a tool beside its kind.

    Attributes:
        fallback: Tools to call in its place when it fails, in order, at most three. Each takes and gives the same, and
            writes where it does. The next one of a write is called only once that has certainly not happened.
    """

    fallback: Sequence[Declared]


def parted(said: ToolArguments) -> tuple[CallPolicy, tuple[Declared, ...]]:
    """Return the guards and the fallback that keyword arguments stand for.

    Raises:
        DefinitionError: One of them is no guard, or no tool.
    """
    guards = {name: value for name, value in said.items() if name != "fallback"}
    fallback: Any = said.get("fallback", ())
    if not isinstance(fallback, Sequence) or not all(map(is_tool, fallback)):
        raise fault_now(
            "not-a-tool",
            f"fallback= takes a list of tools, not {fallback!r}",
            suggestion="Write fallback=[other], where other was made by @tool.",
            where=place_of_caller(),
        )
    return policy_of(cast("Guards", guards)), tuple(fallback)


def check_fallback(tool: Declared, *, faults: Faults) -> None:
    """Note everything that is wrong with what is to be called in a tool's place."""
    others = tool.policy.fallback
    if len(others) > FALLBACKS_MAX:
        message = f"{tool.name} has {len(others)} tools to fall back to; {FALLBACKS_MAX} is the most"
        faults.add("too-many-fallbacks", message, suggestion="Keep those that fail least.", where=tool.where)
    if len({id(other) for other in (tool, *others)}) <= len(others):
        message = f"{tool.name} falls back to itself, or twice to the same tool"
        faults.add("listed-twice", message, suggestion="Once is enough; say retry= to try again.", where=tool.where)
        return
    for other in others:
        for code, what, suggestion in _wrongs(tool, other):
            message = f"{tool.name} can not fall back to {other.name}: {what}"
            faults.add(code, message, suggestion=suggestion, where=other.where)


def _wrongs(tool: Declared, other: Declared) -> Iterator[tuple[str, str, str]]:
    """Return code, message and suggestion of each thing that keeps one tool from standing in for another."""
    if other.policy.writes != tool.policy.writes:
        kinds = ("a read", "a write")
        yield (
            "fallback-kind",
            f"it is {kinds[other.policy.writes]}, and {tool.name} is {kinds[tool.policy.writes]}",
            "A read falls back to reads, a write to writes.",
        )
    if other.policy.fallback:
        yield "fallback-of-fallback", "it has a fallback of its own", f"List them all at {tool.name}, in order."
    if other.policy.approval is not None:
        yield "fallback-asks", "it asks a person first, of its own", f"Say approve= at {tool.name}; it holds for all."
    ours, theirs = _parameters(tool), _parameters(other)
    if ours.keys() != theirs.keys():
        yield "fallback-takes", f"it takes {_listed(theirs)}, and {tool.name} {_listed(ours)}", "Let it take the same."
    for name in ours.keys() & theirs.keys():
        if is_wrong(ours[name].type, theirs[name].type):
            takes = f"it takes {name}: {type_text(theirs[name].type)}, and {tool.name} {type_text(ours[name].type)}"
            yield "wrong-type", takes, "Let it take the same."
    gives, wanted = other.code.signature.returns, tool.code.signature.returns
    if is_wrong(gives, wanted):
        yield "wrong-type", f"it gives {type_text(gives)}, and {tool.name} {type_text(wanted)}", "Let it give the same."


def _parameters(tool: Declared) -> dict[str, Parameter]:
    return {parameter.name: parameter for parameter in tool.code.signature.data}


def _listed(parameters: dict[str, Parameter]) -> str:
    return ", ".join(parameters) or "nothing"
