"""A workflow inside a workflow: a machine or DAG as a state, or as a node."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar, Unpack, overload

from pydantic import BaseModel, ValidationError

from podium.graph.nodes import WHOLE, Node, NodeKind, Place
from podium.workflow.binding import Ended, Inputs
from podium.workflow.bindings import IntoField, Output, PlainBinding
from podium.workflow.codec import Codec, explain, invalid_input
from podium.workflow.definition import DagScope, MachineScope, Part
from podium.workflow.faults import Faults
from podium.workflow.mapping import PLAIN, MapArguments, MapOptions, map_options, mapped_type
from podium.workflow.node import DagNode
from podium.workflow.source import place_of_caller
from podium.workflow.state import State
from podium.workflow.wiring import Callee, give_codec, needs_of, take_fields
from podium.workflow.workflow import Workflow

if TYPE_CHECKING:
    from podium.workflow.replan import Replan

I = TypeVar("I", bound=BaseModel)  # noqa: E741  # input
O = TypeVar("O")  # noqa: E741  # output

Take = Mapping[str, str] | str | None


class Nestable(Workflow[I, O]):
    """What can stand inside another workflow: same run, nested addresses, one saga."""

    def as_state(
        self,
        name: str | None = None,
        /,
        *,
        take: Take = None,
        give: str | None = None,
        replan: "Replan | None" = None,
    ) -> State[object, None]:
        """Use it as a state of a machine.

        Args:
            name: The state's name; None is the workflow's.
            take: Field of its input to our field; or our one field that holds the whole input. A required field that
                is left out is taken from our field of its own name.
            give: Our field that receives the result; None drops it.
            replan: Who says how else it may be done, once it has failed.
        """
        name, where = name or self.name, place_of_caller()
        if replan is not None:
            instead = replan.around_workflow(self, name, _taken(take))
            return State(Nested(name, instead, take=_outer(take), give=give, where=where))
        return State(Nested(name, self, take=_taken(take), give=give, where=where))

    def as_definition(self, options: MapOptions, where: Place | None) -> "Nested":
        """Return it as the definition of a node of its own name, which takes each field from the source called so."""
        return Nested(self.name, self, take={}, options=options, where=where)

    @overload
    def as_node(
        self, name: str | None = None, /, *, take: Take = None, each: None = None, **said: Unpack[MapArguments]
    ) -> DagNode[O]: ...
    @overload
    def as_node(
        self, name: str | None = None, /, *, take: Take = None, each: str, **said: Unpack[MapArguments]
    ) -> DagNode[list[O]]: ...
    def as_node(
        self, name: str | None = None, /, *, take: Take = None, each: str | None = None, **said: Unpack[MapArguments]
    ) -> Any:
        """Use it as a node of a DAG.

        Args:
            name: The node's name; None is the workflow's.
            take: Field of its input to a source; or the one source that is the whole input.
            each: Map: run it for each item of this source's list.
            said: `when=`, `concurrency=`, `on_item_error=`, as of `@node`; `replan=`, as of `as_state`.
        """
        options, name, where = map_options(each, said), name or self.name, place_of_caller()
        if said.get("replan") is not None:
            instead = said["replan"].around_workflow(self, name, _taken(take))
            return DagNode(Nested(name, instead, take=_outer(take), options=options, where=where))
        return DagNode(Nested(name, self, take=_taken(take), options=options, where=where))


@dataclass(frozen=True, slots=True, eq=False)
class Nested:
    """One use of a workflow."""

    name: str
    workflow: Workflow[Any, Any]
    take: Mapping[str, str]
    give: str | None = None
    options: MapOptions = PLAIN
    where: Place | None = None

    @property
    def callee(self) -> Callee:
        """What is called, for the wiring."""
        fields = self.workflow.input.model.model_fields
        required = frozenset(name for name, info in fields.items() if info.is_required())
        types = {name: info.annotation for name, info in fields.items()}
        return Callee(self.name, types, required, self.where, whole=self.workflow.wanted)

    def to_state(self, scope: MachineScope) -> Part:
        """Compile it as a state."""
        take = take_fields(self.callee, self.take, scope=scope)
        codec, field = give_codec(self.callee, self.workflow.output.type, give=self.give, scope=scope)
        node = Node(**self._common(), take=take, give=self.give)
        return self._part(node, NestedBinding(self.workflow, IntoField(codec, field, self.name)))

    def gives_type(self, faults: Faults) -> Any:
        """Return the type of its result, a list of them in a map."""
        del faults
        return mapped_type(self.workflow.output.type, self.options)

    def to_node(self, scope: DagScope) -> Part:
        """Compile it as a node."""
        wired = needs_of(self.callee, self.take, options=self.options, scope=scope)
        binding = NestedBinding(self.workflow, Output(self.workflow.output, self.name))
        binding.condition = wired.condition
        return self._part(Node(**self._common(), **wired.of_node()), binding)

    def _common(self) -> dict[str, Any]:
        return {"name": self.name, "kind": NodeKind.WORKFLOW, "where": self.where, "child": self.workflow.graph}

    def _part(self, node: Node, binding: PlainBinding) -> Part:
        tools, boards = tuple(self.workflow.tools.values()), tuple(self.workflow.boards.values())
        return Part(node=node, binding=binding, child=self.workflow, tools=tools, boards=boards)


class NestedBinding(PlainBinding):
    """The way into a nested workflow and out of it."""

    def __init__(self, workflow: Workflow[Any, Any], result: IntoField | Output) -> None:
        super().__init__(fingerprint=workflow.hash)
        self._workflow = workflow
        self._whole = Codec(workflow.wanted)
        self._result = result

    def open(self, inputs: Inputs) -> dict[str, str]:
        """Return the fields of its input; raise InvalidInputError where what was taken does not fit together."""
        model = self._workflow.input
        text = inputs.values.get(WHOLE)
        try:
            if text is not None:
                return self._workflow.encode_input(self._whole.decode(text))
            return model.store(model.whole.decode(model.text(inputs.values)))
        except ValidationError as error:
            raise invalid_input(self.node.name, explain(error)) from error

    def close(self, inputs: Inputs) -> Ended:
        """Take its result over."""
        assert inputs.answer is not None, self.node.name
        return self._result.take_over(inputs.answer)


def _outer(take: Take) -> Mapping[str, str]:
    """Return what the machine around a workflow takes, which has the whole input in one field."""
    return {"input": take} if isinstance(take, str) else dict(take or {})


def _taken(take: Take) -> Mapping[str, str]:
    return {WHOLE: take} if isinstance(take, str) else dict(take or {})
