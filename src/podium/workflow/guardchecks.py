"""What is checked of guards together: one policy to a name, no write hedged, whose each is."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from typing import Any

from podium.graph.guards import CallPolicy, Guard, Hedge, Said
from podium.workflow.definition import Part
from podium.workflow.faults import Faults
from podium.workflow.guardlaws import wrongs
from podium.workflow.toolcode import Declared


def check_guards(parts: Iterable[Part], tools: Mapping[str, Declared], *, faults: Faults) -> tuple[Said, ...]:
    """Note everything that is wrong with the guards of a workflow, and return them."""
    parts = tuple(parts)
    known = tuple(_said(parts, tools))
    _check_hedges(parts, tools, faults=faults)
    _check_own(parts, faults=faults)
    _check_fallbacks(parts, faults=faults)
    for one in known:
        _check_times(one, faults=faults)
        for guard in one.guards:
            for message, suggestion in wrongs(guard):
                faults.add("bad-guard", f"{one.who}: {message}", suggestion=suggestion, where=one.where)
    check_shared(known, faults=faults)
    return known


def check_shared(said: Iterable[Said], *, faults: Faults) -> None:
    """Note guards of one kind and name that are not the same policy."""
    first: dict[tuple[type[Any], str], tuple[Said, Guard]] = {}
    for one in said:
        for guard in one.guards:
            name = "" if isinstance(guard, Hedge) else guard.name
            there, known = first.setdefault((type(guard), name), (one, guard))
            if name and known is not guard and known != guard:
                ours, theirs = _difference(known, guard)
                faults.add(
                    "two-policies",
                    f"{one.who}: {type(guard).__name__} {name!r} says {theirs}, and {there.who} says {ours}",
                    suggestion=f"Make it one value and use it in both places; the other is at {there.where}.",
                    where=one.where,
                )


def _said(parts: Iterable[Part], tools: Mapping[str, Declared]) -> Iterator[Said]:
    """Return every policy of a workflow: its tools', its steps', its nested workflows'."""
    for tool in tools.values():
        yield Said(who=f"tool {tool.name}", tool=tool.name, policy=tool.policy.guards, where=tool.where)
    for part in parts:
        if part.binding.calls is not None:
            who = f"calls= of {part.node.name}"
            yield Said(who=who, tool="", policy=part.binding.calls, where=part.node.where)
        if part.child is not None:
            yield from part.child.said


def _check_hedges(parts: Iterable[Part], tools: Mapping[str, Declared], *, faults: Faults) -> None:
    """Note writes that would be made twice."""
    hedged = [(f"the write {tool.name}", tool.where) for tool in tools.values() if _hedges(tool.policy.guards, tool)]
    for part in parts:
        calls = part.binding.calls
        found = [tool for tool in part.tools if calls is not None and _hedges(calls, tool)]
        hedged += [(f"{part.node.name}, which writes by {tool.name},", part.node.where) for tool in found]
    for what, where in hedged:
        faults.add(
            "hedged-write",
            f"{what} can not be hedged: a second call is a second write",
            suggestion="Hedge the reads alone: hedge= on the tools that read.",
            where=where,
        )


def _check_own(parts: Iterable[Part], *, faults: Faults) -> None:
    """Note guards without a name around the calls of a step: a name says with whom they are shared."""
    for part in parts:
        calls = part.binding.calls
        for guard in () if calls is None else (calls.breaker, calls.bulkhead, calls.rate):
            if guard is not None and not guard.name:
                kind = type(guard).__name__
                faults.add(
                    "unnamed-guard",
                    f"calls= of {part.node.name}: {kind} needs a name there; without one it is a tool's own",
                    suggestion=f"Give it one, name=…, or say it on the tool: @tool.read({kind.lower()}=…).",
                    where=part.node.where,
                )


def _check_times(one: Said, *, faults: Faults) -> None:
    for name, ms in (("timeout", one.policy.timeout_ms), ("deadline", one.policy.deadline_ms)):
        if ms is not None and ms <= 0:
            faults.add(
                "bad-guard",
                f"{one.who}: {name}= of {ms / 1000:g} s lets no call end",
                suggestion="Give it seconds above 0, or leave it out for no limit.",
                where=one.where,
            )


def _hedges(policy: CallPolicy, tool: Declared) -> bool:
    return policy.hedge is not None and tool.policy.writes


def _check_fallbacks(parts: Iterable[Part], *, faults: Faults) -> None:
    """Note guards of one dependency around calls that may go to another one instead."""
    for part in parts:
        calls = part.binding.calls
        other = next((other.name for tool in part.tools for other in tool.policy.fallback), None)
        for guard in () if calls is None else (calls.breaker, calls.bulkhead, calls.rate):
            if guard is not None and other is not None:
                kind = type(guard).__name__
                faults.add(
                    "guard-of-fallback",
                    f"calls= of {part.node.name}: {kind} {guard.name!r} would hold for {other} too,"
                    " which is to be called where the dependency fails",
                    suggestion=f"Say {kind.lower()}= on the tools.",
                    where=part.node.where,
                )


def _difference(known: Guard, other: Guard) -> tuple[str, str]:
    """Return the settings in which two guards of a kind differ, of each."""
    names = [field.name for field in fields(known) if field.compare and field.name != "name"]
    differs = [name for name in names if getattr(known, name) != getattr(other, name)]
    ours, theirs = (", ".join(f"{name}={getattr(of, name)!r}" for name in differs) for of in (known, other))
    return ours, theirs
