"""The code of a state that carries out plans, and of the steps of a plan, which no author wrote."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from pydantic import JsonValue, TypeAdapter, ValidationError
from pydantic_core import from_json, to_json

from podium.errors import MisfitError
from podium.failure import Failure, FailureKind, type_names
from podium.graph.encode import graph_to_json
from podium.graph.nodes import Node, NodeKind, Place
from podium.plan_errors import PlanFailed, plan_failed
from podium.workflow.binding import Ended, Inputs, Planned, Provider, Work
from podium.workflow.bindings import Output, PlainBinding, ValuesBinding
from podium.workflow.codec import Codec, explain
from podium.workflow.definition import Labels, MachineScope, Part
from podium.workflow.plan_check import Offer, draw, resolved
from podium.workflow.plan_data import DoneStep, Planning, PlanSpec, Round, told
from podium.workflow.source import fingerprint_text

DONE, AGAIN = "done", "again"
PLANNING, RESULT = "planning", "result"
"""Fields of the record of a machine that plans."""


@dataclass(frozen=True, slots=True, eq=False)
class CarryOut:
    """A state that carries out the plan in its record.

    Attributes:
        name: The state's.
        offer: What a plan may be made of.
        proposals: How many there may be.
        where: Where the workflow is written.
    """

    name: str
    offer: Offer
    proposals: int
    where: Place | None = None

    def to_state(self, scope: MachineScope) -> Part:
        """Compile it as a state."""
        tools = tuple(self.offer.tools.values())
        node = Node(
            name=self.name,
            kind=NodeKind.PLAN,
            where=self.where,
            tools=tuple(tool.facts for tool in tools),
            calls_one=True,
        )
        binding = CarryBinding(self, scope.record.fields)
        labels = Labels((DONE, AGAIN), admits_none=False)
        return Part(node=node, binding=binding, labels=labels, tools=tools)


class CarryBinding(PlainBinding):
    """The way into a plan and out of it."""

    def __init__(self, carried: CarryOut, fields: Mapping[str, Codec]) -> None:
        super().__init__(fingerprint=fingerprint_text(carried.name))
        self._offer, self._proposals, self._fields = carried.offer, carried.proposals, fields

    def plan(self, inputs: Inputs) -> Planned:
        """Draw the plan; whether it may be one was checked in the state before, and is once more by the core."""
        planning, plan = self._planning(inputs)
        drawn = draw(plan, planning, self._offer)
        causes = tuple(replace(failure, causes=()) for failure in planning.failures)
        return Planned(
            data=drawn.data,
            graph=graph_to_json(drawn.graph),
            collects=planning.asked < self._proposals,
            causes=causes,
        )

    def inside(self, node: Node) -> PlainBinding:
        """Return the code of a step of a plan."""
        return PlannedBinding(node, self._offer)

    def close(self, inputs: Inputs) -> Ended:
        """Take over what became of the plan: the result, or that another one is needed.

        Raises:
            PlanFailed: The last plan is done, and what it gives does not fit.
        """
        assert inputs.answer is not None, self.node.name
        planning, plan = self._planning(inputs)
        report = from_json(inputs.answer)
        _note_done(planning, plan, report["done"])
        failures = [_FAILURE.validate_python(one["failure"]) for one in report["failed"]]
        changes: dict[str, str] = {}
        if not failures:
            failures = self._give(planning, plan, changes)
        if failures:
            self._note_failed(planning, plan, report, failures)
        planning.plan = None
        changes[PLANNING] = self._fields[PLANNING].encode(planning, PLANNING)
        return Ended(AGAIN if failures else DONE, None, changes)

    def _planning(self, inputs: Inputs) -> tuple[Planning, PlanSpec]:
        planning: Planning = self._fields[PLANNING].stored(inputs.values[PLANNING], PLANNING)
        assert planning.plan is not None, self.node.name
        return planning, planning.plan

    def _give(self, planning: Planning, plan: PlanSpec, changes: dict[str, str]) -> list[Failure]:
        """Put the result into `changes`; return why it does not fit, where it does not."""
        if self._offer.gives is None:
            changes[RESULT] = _text({name: one.result for name, one in planning.done.items()})
            return []
        text = _text(planning.done[plan.gives].result) if plan.gives else "null"
        codec = Codec(self._offer.gives)
        try:
            changes[RESULT] = codec.encode(codec.decode(text), RESULT)
        except ValidationError as error:
            failure = Failure(
                kind=FailureKind.PERMANENT,
                type=MisfitError.__name__,
                types=type_names(MisfitError),
                message=f"what {plan.gives} gives does not fit: {explain(error)}",
                source=plan.gives,
            )
            if planning.asked >= self._proposals:
                raise PlanFailed(plan_failed(self.node.name, (*planning.failures, failure))) from error
            return [failure]
        return []

    def _note_failed(self, planning: Planning, plan: PlanSpec, report: dict[str, Any], failures: list[Failure]) -> None:
        tools = {step.name: step.tool for step in plan.steps}
        names = [one["step"] for one in report["failed"]] or [plan.gives]
        for one in report["failed"]:
            planning.acts[one["step"]] = one["act"] or f"{tools[one['step']]}@{one['path']}"
        failed = [told(failure, name, tools.get(name, "")) for name, failure in zip(names, failures, strict=True)]
        planning.rounds.append(Round(plan=plan, failed=failed, left=report["left"]))
        planning.failures.append(replace(failures[0], traceback="", causes=()))


def _note_done(planning: Planning, plan: PlanSpec, done: Mapping[str, JsonValue]) -> None:
    """Keep what is done; what it replaced is not to be replaced again."""
    steps = {step.name: step for step in plan.steps}
    for name, result in done.items():
        planning.done[name] = DoneStep(tool=steps[name].tool, args={}, result=result)
    for name in done:
        planning.done[name].args = resolved(steps[name], planning.done)
        act = planning.acts.get(steps[name].replaces)
        planning.acts = {failed: known for failed, known in planning.acts.items() if act is None or known != act}


class PlannedBinding(ValuesBinding):
    """A step of a plan: one call of a tool, with what other steps gave."""

    def __init__(self, node: Node, offer: Offer) -> None:
        tool = offer.tools[node.tools[0].name]
        self._fields = {need.parameter: need.field for need in node.needs if need.field}
        taken = {need.parameter for need in node.needs if not need.by_condition}
        codecs = {name: codec for name, codec in tool.code.codecs.items() if name in taken}
        mark = fingerprint_text(f"{tool.name}:{sorted(codecs)}")
        super().__init__(
            tool, codecs, Output(tool.code.result, node.name), is_async=tool.code.is_async, fingerprint=mark
        )
        self.node = node
        self.origins = dict.fromkeys(codecs, Any)

    def prepare(self, inputs: Inputs, provider: Provider) -> Work:
        """Take the fields that the plan names from what was given; raise MisfitError where there is none."""
        values = dict(inputs.values)
        for parameter, name in self._fields.items():
            whole = from_json(values[parameter])
            if not isinstance(whole, dict) or name not in whole:
                message = f"{self.node.name}.{parameter} takes the field {name!r}, and what it was given has none"
                raise MisfitError(message)
            values[parameter] = _text(whole[name])
        return super().prepare(Inputs(values, inputs.answer, inputs.caught), provider)


def _text(value: object) -> str:
    return to_json(value, inf_nan_mode="constants").decode()


_FAILURE: TypeAdapter[Failure] = TypeAdapter(Failure)
