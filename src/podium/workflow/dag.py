"""`Dag`: functions that run as soon as what they take is there, checked and compiled."""

from typing import Any, TypeVar, Unpack

from pydantic import BaseModel

from podium.graph.check import check_graph
from podium.graph.nodes import Graph, GraphKind
from podium.workflow.board import boards_of
from podium.workflow.checks import (
    check_collected,
    check_gives,
    check_inputs,
    check_names,
    check_options,
    deadline_ms,
    on_failure_of,
    record_codec,
)
from podium.workflow.definition import DagScope
from podium.workflow.faults import Faults, fault_now
from podium.workflow.guardchecks import check_guards
from podium.workflow.human import Human
from podium.workflow.jsonable import codec_of
from podium.workflow.nested import Nestable
from podium.workflow.node import DagNode
from podium.workflow.pause import Pause
from podium.workflow.source import place_of_caller
from podium.workflow.toolchecks import check_tools, tools_of
from podium.workflow.workflow import WorkflowOptions

I = TypeVar("I", bound=BaseModel)  # noqa: E741  # input
T = TypeVar("T")


class Dag(Nestable[I, T]):
    """Every node once, each as soon as its inputs are there.

    Args:
        name: Unique among the workflows of an engine.
        model: The input.
        nodes: In any order.
        gives: The node whose result is the run's.
        options: See `WorkflowOptions`.

    Raises:
        DefinitionErrors: Everything that is wrong, at once.
    """

    def __init__(
        self,
        name: str,
        model: type[I],
        /,
        *nodes: "DagNode[Any] | Human[Any, Any] | Pause[Any]",
        gives: "DagNode[T] | Human[Any, T] | Pause[T]",
        **options: Unpack[WorkflowOptions],
    ) -> None:
        faults, where = Faults(), place_of_caller()
        check_options(name, options, faults=faults, where=where)
        self.input = record_codec(model, faults=faults, where=where)
        for given in (*nodes, gives):
            check_node(given)
        definitions = [node.definition for node in nodes]
        check_names(definitions, what="node", faults=faults)
        check_inputs(definitions, model.model_fields, faults=faults)
        types = {definition.name: definition.gives_type(faults) for definition in definitions}
        check_collected(definitions, types, faults=faults)
        fields = {field: info.annotation for field, info in model.model_fields.items()}
        scope = DagScope(sources={**fields, **types}, nodes=frozenset(types), faults=faults)
        parts = {definition.name: definition.to_node(scope) for definition in definitions}
        tools = tools_of(parts.values(), options, faults=faults)
        self.output = codec_of(types.get(gives.name, Any), f"the result of {name}", faults=faults, where=where)
        graph = Graph(
            name=name,
            kind=GraphKind.DAG,
            nodes={node: part.node for node, part in parts.items()},
            fields={field: codec.schema() for field, codec in self.input.fields.items()},
            gives=gives.name,
            output_schema=self.output.schema(),
            deadline_ms=deadline_ms(options),
            on_failure=on_failure_of(tools, options),
        )
        faults.extend(check_graph(graph, where=where))
        check_gives(graph, types, faults=faults, where=where)
        check_tools(graph, tools, faults=faults)
        said = check_guards(parts.values(), tools, faults=faults)
        self.boards = boards_of((board for part in parts.values() for board in part.boards), faults=faults)
        faults.raise_all(f"dag {name!r}")
        self._take_over(graph, parts.values(), tools, said)


def check_node(node: object) -> None:
    """Refuse what can not be a node, in the words that an author needs who has no type checker."""
    if not isinstance(node, DagNode | Human | Pause):
        raise fault_now(
            "not-a-node",
            f"{node!r} is no node",
            suggestion="Nodes are what @node and @human make, sleep(…), wait(…), tool.node(…) and workflow.as_node(…).",
            where=place_of_caller(),
        )
