"""What is checked of guards together: one policy to a name, no write hedged, whose each is."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import timedelta
from typing import Any

from podium.graph.guards import CallPolicy
from podium.graph.nodes import Place
from podium.workflow.definition import Part
from podium.workflow.faults import Faults
from podium.workflow.guardlaws import OWN, Guard, wrongs
from podium.workflow.toolcode import Declared


@dataclass(frozen=True, slots=True)
class Said:
    """A policy and who says it.

    Attributes:
        who: `tool book`, `calls= of flight`.
        policy: What is said.
        where: The place.
    """

    who: str
    policy: CallPolicy
    where: Place | None

    @property
    def guards(self) -> Iterator[Guard]:
        """The guards in it."""
        policy = self.policy
        for guard in (policy.breaker, policy.bulkhead, policy.rate, policy.budget, policy.hedge):
            if guard is not None:
                yield guard


def check_guards(parts: Iterable[Part], tools: Mapping[str, Declared], *, faults: Faults) -> tuple[Said, ...]:
    """Note everything that is wrong with the guards of a workflow, and return them."""
    parts = tuple(parts)
    known = tuple(_said(parts, tools))
    _check_hedges(parts, tools, faults=faults)
    _check_own(parts, faults=faults)
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
            name = getattr(guard, "name", "")
            if not name:
                continue
            there, known = first.setdefault((type(guard), name), (one, guard))
            differs = None if known is guard else _difference(known, guard)
            if differs:
                kind = type(guard).__name__
                faults.add(
                    "two-policies",
                    f"{one.who}: {kind} {name!r} says {differs[1]}, and {there.who} says {differs[0]}",
                    suggestion=f"Make it one value and use it in both places; the other is at {there.where}.",
                    where=one.where,
                )


def _said(parts: Iterable[Part], tools: Mapping[str, Declared]) -> Iterator[Said]:
    """Return every policy of a workflow: its tools', its steps', its nested workflows'."""
    for tool in tools.values():
        yield Said(f"tool {tool.name}", tool.policy.guards, tool.where)
    for part in parts:
        if part.binding.calls is not None:
            yield Said(f"calls= of {part.node.name}", part.binding.calls, part.node.where)
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


def _difference(known: Guard, other: Guard) -> tuple[str, str] | None:
    """Return the settings in which two guards differ; what a tool computes from its own arguments may differ."""
    ours, theirs = _settings(known), _settings(other)
    names = [name for name in ours if ours[name] != theirs[name]]
    if not names:
        return None
    first, second = (", ".join(f"{name}={of[name]!r}" for name in names) for of in (ours, theirs))
    return first, second


def _settings(guard: Guard) -> dict[str, Any]:
    values = ((field.name, getattr(guard, field.name)) for field in fields(guard))
    plain = ((name, value.total_seconds() if isinstance(value, timedelta) else value) for name, value in values)
    return {name: value for name, value in plain if name not in OWN}
