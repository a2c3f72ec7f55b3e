"""What is between an authored value and its compiled form: definitions, scopes, parts.

A definition (of a step, a node, a tool in use, a person's task, a pause, a nested workflow) knows how to become a
state of a machine, or a node of a DAG, or both. The workflow around it gives it a scope to look things up in, and
adds edges.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from podium.graph.nodes import Node, Place
from podium.workflow.bindings import PlainBinding
from podium.workflow.board import Board
from podium.workflow.faults import Faults
from podium.workflow.record import RecordCodec
from podium.workflow.signature import Parameter
from podium.workflow.toolcode import Declared

if TYPE_CHECKING:
    from podium.workflow.workflow import Workflow


@dataclass(frozen=True, slots=True)
class Labels:
    """What a state may return.

    Attributes:
        names: The labels.
        admits_none: It may return none of them.
        is_known: False where the annotation does not say.
    """

    names: tuple[str, ...] = ()
    admits_none: bool = True
    is_known: bool = True


@dataclass(slots=True, kw_only=True)
class Part:
    """A state or node, compiled but for its edges.

    Attributes:
        node: Without edges.
        binding: Its code.
        labels: What it may return, for a state.
        tools: The tools that it names.
        boards: The boards that it names, or the workflow inside does.
        child: The workflow inside.
        failure: The parameter that gets the failure an error edge caught.
    """

    node: Node
    binding: PlainBinding
    labels: Labels = field(default_factory=Labels)
    tools: tuple[Declared, ...] = ()
    boards: tuple[Board[Any], ...] = ()
    child: "Workflow[Any, Any] | None" = None
    failure: Parameter | None = None


@dataclass(slots=True, kw_only=True)
class MachineScope:
    """Where a state is compiled.

    Attributes:
        model: The machine's record.
        fields: Its fields' types.
        record: Its codec.
        faults: Where to note what is wrong.
    """

    model: type[Any]
    fields: Mapping[str, Any]
    record: RecordCodec
    faults: Faults


@dataclass(slots=True, kw_only=True)
class DagScope:
    """Where a node is compiled.

    Attributes:
        sources: Types of the input's fields and of what every node gives.
        nodes: Names of the nodes among the sources.
        faults: Where to note what is wrong.
    """

    sources: Mapping[str, Any]
    nodes: frozenset[str]
    faults: Faults


class StateDefinition(Protocol):
    """What can be a state."""

    @property
    def name(self) -> str:
        """The state's name."""

    @property
    def where(self) -> Place | None:
        """Where it is written."""

    def to_state(self, scope: MachineScope) -> Part:
        """Compile it as a state."""


class NodeDefinition(Protocol):
    """What can be a node."""

    @property
    def name(self) -> str:
        """The node's name."""

    @property
    def where(self) -> Place | None:
        """Where it is written."""

    def gives_type(self, faults: Faults) -> Any:
        """Return the type of what it gives; asked before anything is compiled."""

    def to_node(self, scope: DagScope) -> Part:
        """Compile it as a node."""
