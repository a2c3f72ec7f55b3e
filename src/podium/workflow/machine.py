"""`StateMachine`: chains of states over one typed record, checked and compiled."""

from typing import Any, TypeVar, Unpack

from pydantic import BaseModel

from podium.failure import type_name
from podium.graph.check import check_graph
from podium.graph.nodes import END as END_NAME
from podium.graph.nodes import Graph, GraphKind, Handler, Node
from podium.workflow.board import boards_of
from podium.workflow.checks import check_names, check_options, deadline_ms, on_failure_of, record_codec
from podium.workflow.definition import MachineScope, Part
from podium.workflow.edges import Edges, check_edges, read_chains
from podium.workflow.faults import Faults
from podium.workflow.guardchecks import check_guards
from podium.workflow.nested import Nestable
from podium.workflow.source import place_of_caller
from podium.workflow.state import Chain, End, State
from podium.workflow.toolchecks import check_tools, tools_of
from podium.workflow.workflow import WorkflowOptions, with_edges

VISITS_MAX = 1000

M = TypeVar("M", bound=BaseModel)
O = TypeVar("O")  # noqa: E741  # output


class MachineOptions(WorkflowOptions, total=False):
    """What may be said about a machine beside what may be said about any workflow.

    Attributes:
        max_visits: How often one state may be entered in a run; left out: 1000.
    """

    max_visits: int


class Machine(Nestable[M, O]):
    """One state at a time over a shared record; what a state changed and where it leads are committed together.

    What compiles to a machine (an agent, a coordinator, a router) is one of these that gives one field of its record.

    Args:
        name: Unique among the workflows of an engine.
        model: The record.
        chains: States in order. One begins at START.
        gives: The field that is the run's result; None for the whole record.
        options: See `MachineOptions`.

    Raises:
        DefinitionErrors: Everything that is wrong, at once.
    """

    def __init__(
        self,
        name: str,
        model: type[M],
        /,
        *chains: Chain[M],
        gives: str | None = None,
        **options: Unpack[MachineOptions],
    ) -> None:
        faults, where = Faults(), place_of_caller()
        max_visits = options.get("max_visits", VISITS_MAX)
        check_options(name, options, faults=faults, where=where)
        if max_visits < 1:
            faults.add("bad-max-visits", f"{name}: max_visits={max_visits} lets no state be entered", where=where)
        self.input = record_codec(model, faults=faults, where=where)
        fields = {field: info.annotation for field, info in model.model_fields.items()}
        edges = read_chains(chains, faults=faults, where=where)
        check_names([state.definition for state in edges.states], what="state", faults=faults)
        scope = MachineScope(model=model, fields=fields, record=self.input, faults=faults)
        parts = {state.name: state.definition.to_state(scope) for state in edges.states}
        check_edges(edges, parts, faults=faults)
        tools = tools_of(parts.values(), options, faults=faults)
        output = self.input.whole if gives is None else self.input.fields[gives]
        graph = Graph(
            name=name,
            kind=GraphKind.MACHINE,
            nodes={state: _node(part, edges) for state, part in parts.items()},
            fields={field: codec.schema() for field, codec in self.input.fields.items()},
            start=edges.start,
            gives=gives,
            output_schema=output.schema(),
            max_visits=max_visits,
            deadline_ms=deadline_ms(options),
            on_failure=on_failure_of(tools, options),
        )
        faults.extend(check_graph(graph, where=where))
        check_tools(graph, tools, faults=faults)
        said = check_guards(parts.values(), tools, faults=faults)
        self.boards = boards_of((board for part in parts.values() for board in part.boards), faults=faults)
        faults.raise_all(f"state machine {name!r}")
        self.output = output
        self._take_over(graph, parts.values(), tools, said)


class StateMachine(Machine[M, M]):
    """One state at a time over a shared record; what a state changed and where it leads are committed together.

    Args:
        name: Unique among the workflows of an engine.
        model: The record; a run takes one and gives the final one.
        chains: States in order. One begins at START.
        options: See `MachineOptions`.

    Raises:
        DefinitionErrors: Everything that is wrong, at once.
    """

    def __init__(self, name: str, model: type[M], /, *chains: Chain[M], **options: Unpack[MachineOptions]) -> None:
        super().__init__(name, model, *chains, **options)


def _node(part: Part, edges: Edges) -> Node:
    state = edges.value(part.node.name)
    return with_edges(
        part,
        next=edges.next.get(state.name),
        choices={str(label): _target(target) for label, target in (state.choices or {}).items()},
        handlers=tuple(
            Handler(
                types=tuple(map(type_name, edge.types)),
                target=_target(edge.target),
                undo=bool(edge.undo),
                definite=edge.definite,
            )
            for edge in state.edges
        ),
    )


def _target(target: "State[Any, Any] | End") -> str:
    return END_NAME if isinstance(target, End) else target.name
