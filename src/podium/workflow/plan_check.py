"""A plan is checked as an author's graph is: tools, arguments, references, cycles; and against what is done already."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, get_type_hints

from pydantic import BaseModel, JsonValue, ValidationError

from podium.graph.check import find_cycle
from podium.graph.nodes import Graph, GraphKind, Need, Node, NodeKind
from podium.workflow.annotations import is_wrong, type_text, without_none
from podium.workflow.checks import RESERVED
from podium.workflow.codec import explain, reads_as
from podium.workflow.faults import closest
from podium.workflow.guarding import words_of
from podium.workflow.plan_data import DoneStep, Planning, PlanSpec, PlanStep, reference
from podium.workflow.source import title_of
from podium.workflow.toolcode import Declared

STEPS_MAX = 50
PROPOSAL_CHARS_MAX = 64_000
REASONS_MAX = 10
_NAME_CHARS_MAX = 60
_REASON_CHARS_MAX = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What a plan may be made of.

    Attributes:
        tools: Those that may be called, by name.
        gives: The type of the result that is wanted; None for no particular one.
    """

    tools: Mapping[str, Declared]
    gives: Any = None


@dataclass(slots=True)
class Drawn:
    """A plan as the core carries it out: its graph, and what its steps take that no step of it gives."""

    graph: Graph
    data: dict[str, str] = field(default_factory=dict)


def read_proposal(value: JsonValue) -> PlanSpec | str:
    """Return the plan that a planner's answer is, or why it is none."""
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError as error:
            return f"the answer is no plan: {error}"
    steps = value.get("steps") if isinstance(value, dict) else None
    if isinstance(steps, list) and len(steps) > STEPS_MAX:
        return f"a plan has at most {STEPS_MAX} steps, and this one has {len(steps)}"
    try:
        return PlanSpec.model_validate(value)
    except ValidationError as error:
        return f"the answer is no plan: {explain(error)}"[:_REASON_CHARS_MAX]


def faults_of(plan: PlanSpec, planning: Planning, offer: Offer) -> list[str]:
    """Return why a plan is refused, at most ten reasons; empty where it is sound."""
    found: list[str] = []
    for reason in _Check(plan, planning, offer).faults():
        found.append(reason if len(reason) <= _REASON_CHARS_MAX else f"{reason[: _REASON_CHARS_MAX - 1]}…")
        if len(found) == REASONS_MAX:
            break
    return found


class _Check:
    """One plan, and what it is held against."""

    def __init__(self, plan: PlanSpec, planning: Planning, offer: Offer) -> None:
        self.plan, self.planning, self.offer = plan, planning, offer
        self.steps = {step.name: step for step in plan.steps}

    def faults(self) -> Iterator[str]:
        if not self.plan.steps and not self.planning.done:
            yield "the plan has no steps"
        for step in self.plan.steps:
            yield from self._name(step)
            yield from self._tool(step)
            yield from self._references(step)
        yield from self._cycle()
        yield from self._replaced()
        yield from self._twice()
        yield from self._gives()

    def _name(self, step: PlanStep) -> Iterator[str]:
        name = step.name
        if not name.isidentifier() or name in RESERVED or len(name) > _NAME_CHARS_MAX:
            yield f"{name[:_NAME_CHARS_MAX]!r} can not be the name of a step: an identifier is needed"
        if sum(other.name == name for other in self.plan.steps) > 1:
            yield f"two steps are called {name!r}"
        if name in self.planning.done:
            yield f"step {name} is done already: refer to what it gave, and call another step otherwise"

    def _tool(self, step: PlanStep) -> Iterator[str]:
        tool = self.offer.tools.get(step.tool)
        if tool is None:
            yield f"step {step.name} calls {step.tool!r}, which is not allowed. {closest(step.tool, self.offer.tools)}"
            return
        known = {parameter.name: parameter for parameter in tool.code.signature.data}
        for name in step.args.keys() - known.keys():
            yield f"step {step.name}: {tool.name} takes no {name!r}. {closest(name, known)}"
        for name, parameter in known.items():
            if name in step.args:
                yield from self._argument(step, tool, name)
            elif parameter.is_required:
                yield f"step {step.name}: {tool.name} needs {name!r}"

    def _argument(self, step: PlanStep, tool: Declared, name: str) -> Iterator[str]:
        wanted, place = tool.code.codecs[name], f"step {step.name}: the argument {name!r} of {tool.name}"
        target = reference(step.args[name])
        if target is None:
            try:
                reads_as(wanted, step.args[name])
            except ValidationError as error:
                yield f"{place} does not fit: {explain(error)}"
            return
        gives = self._type_of(*target)
        if gives is not _UNKNOWN and is_wrong(gives, wanted.type):
            of = ".".join(filter(None, target))
            yield f"{place} is {type_text(wanted.type)}, and {of} gives {type_text(gives)}"

    def _references(self, step: PlanStep) -> Iterator[str]:
        targets = [target for target in map(reference, step.args.values()) if target is not None]
        for name, inner in [*targets, *((after, "") for after in step.after)]:
            if name not in self.steps and name not in self.planning.done:
                known = [*self.steps, *self.planning.done]
                yield f"step {step.name} refers to {name!r}, which is no step. {closest(name, known)}"
            elif inner and self._type_of(name, inner) is _MISSING:
                yield f"step {step.name} takes {inner!r} of what {name} gives, which has no such field"

    def _type_of(self, name: str, inner: str) -> Any:
        """Return the type of what is referred to; _UNKNOWN where it can not be told, or is a fault of its own."""
        of = self.steps.get(name) or self.planning.done.get(name)
        tool = None if of is None else self.offer.tools.get(of.tool)
        if tool is None:
            return _UNKNOWN
        gives = tool.code.signature.returns
        return _field_type(gives, inner) if inner else gives

    def _cycle(self) -> Iterator[str]:
        cycle = find_cycle({step.name: _sources(step) for step in self.plan.steps})
        if cycle:
            yield f"steps wait for each other, so none of them can start: {' → '.join(reversed(cycle))}"

    def _replaced(self) -> Iterator[str]:
        seen: dict[str, str] = {}
        for step in self.plan.steps:
            old = step.replaces
            if not old:
                continue
            if old in seen:
                yield f"steps {seen[old]} and {step.name} both replace {old!r}"
            elif old not in self.planning.acts:
                yield f"step {step.name} replaces {old!r}, which has not failed. {closest(old, self.planning.acts)}"
            seen[old] = step.name

    def _twice(self) -> Iterator[str]:
        """Name writes that are done, or asked for twice, as far as their arguments are known by now."""
        seen = {_asked(one.tool, one.args): name for name, one in self.planning.done.items()}
        for step in self.plan.steps:
            tool = self.offer.tools.get(step.tool)
            if tool is None or not tool.policy.writes:
                continue
            try:
                asked = _asked(step.tool, resolved(step, self.planning.done))
            except LookupError:  # it takes what a step has yet to give: the run looks once that is known
                continue
            if asked in seen and seen[asked] != step.name:
                how = "is done" if seen[asked] in self.planning.done else "is asked for"
                yield f"step {step.name} is the same write as {seen[asked]}, which {how} already"
            seen.setdefault(asked, step.name)

    def _gives(self) -> Iterator[str]:
        name, wanted = self.plan.gives, self.offer.gives
        if not name:
            if wanted not in (None, type(None)):
                yield f"gives is missing: it has to name the step that gives {type_text(wanted)}"
            return
        if name not in self.steps and name not in self.planning.done:
            yield f"gives names {name!r}, which is no step. {closest(name, [*self.steps, *self.planning.done])}"
            return
        gives = self._type_of(name, "")
        if wanted is not None and gives is not _UNKNOWN and is_wrong(gives, wanted):
            yield f"gives names {name}, which gives {type_text(gives)}, and {type_text(wanted)} is wanted"


_UNKNOWN: Any = object()
_MISSING: Any = object()


def _field_type(hint: Any, name: str) -> Any:
    """Return the type of a field; _MISSING where there is none, _UNKNOWN where it can not be told."""
    hint = without_none(hint)
    if isinstance(hint, type) and issubclass(hint, BaseModel):
        info = hint.model_fields.get(name)
        return _MISSING if info is None else info.annotation
    if isinstance(hint, type) and hint.__module__ != "builtins":
        try:
            return get_type_hints(hint).get(name, _UNKNOWN)
        except NameError:  # its annotations name what is not there at run time
            return _UNKNOWN
    return _MISSING if hint in (str, int, float, bool, type(None)) else _UNKNOWN


def _sources(step: PlanStep) -> list[str]:
    targets = (reference(value) for value in step.args.values())
    return [*(target[0] for target in targets if target is not None), *step.after]


def _asked(tool: str, args: Mapping[str, JsonValue]) -> str:
    return f"{tool}{json.dumps(args, sort_keys=True)}"


def resolved(step: PlanStep, done: Mapping[str, DoneStep]) -> dict[str, JsonValue]:
    """Return the arguments of a step with what it refers to put in; raise LookupError where that is not there yet."""
    return {name: _value(value, done) for name, value in step.args.items()}


def _value(value: JsonValue, done: Mapping[str, DoneStep]) -> JsonValue:
    target = reference(value)
    if target is None:
        return value
    result = done[target[0]].result
    if not target[1]:
        return result
    if not isinstance(result, dict):
        raise KeyError(target[1])
    return result[target[1]]


# ----- as the core carries it out


def draw(plan: PlanSpec, planning: Planning, offer: Offer) -> Drawn:
    """Return a sound plan as a graph, and what its steps take that no step of it gives."""
    names = {step.name for step in plan.steps}
    data: dict[str, str] = {}
    nodes = {step.name: _node(step, planning, offer, names=names, data=data) for step in plan.steps}
    fields: dict[str, dict[str, Any]] = {name: {} for name in data}
    return Drawn(Graph(name="plan", kind=GraphKind.DAG, nodes=nodes, fields=fields), data)


def _node(step: PlanStep, planning: Planning, offer: Offer, *, names: set[str], data: dict[str, str]) -> Node:
    tool = offer.tools[step.tool]
    needs = [_need(step, name, planning, tool=tool, data=data) for name in step.args]
    needs += [Need(parameter=name, source=name, by_condition=True) for name in step.after if name in names]
    return Node(
        name=step.name,
        kind=NodeKind.TOOL,
        title=title_of(tool.function),
        tools=(tool.facts,),
        needs=tuple(needs),
        limits=words_of(tool.policy.guards),
        act=planning.acts[step.replaces] if step.replaces else "",
    )


def _need(step: PlanStep, name: str, planning: Planning, *, tool: Declared, data: dict[str, str]) -> Need:
    """Return where an argument comes from; what is known by now goes into the data of the plan."""
    target = reference(step.args[name])
    if target is None:
        source = f"{step.name}.{name}"
        data[source] = reads_as(tool.code.codecs[name], step.args[name])
        return Need(parameter=name, source=source)
    source, inner = target
    if source in planning.done:
        data[source] = json.dumps(planning.done[source].result, ensure_ascii=False, separators=(",", ":"))
    return Need(parameter=name, source=source, field=inner)
