"""What a StateMachine and a Dag have in common: a checked graph with its bindings, ready to run or to be nested."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Generic, TypedDict, TypeVar

from pydantic import BaseModel, ValidationError

from podium.errors import NotStorableError, UnknownToolError
from podium.graph.encode import graph_hash
from podium.graph.guards import Said
from podium.graph.nodes import Graph, Node, OnFailure
from podium.graph.policies import Duration
from podium.workflow.binding import UndoCode
from podium.workflow.bindings import PlainBinding
from podium.workflow.board import Board
from podium.workflow.codec import Codec, explain, invalid_input
from podium.workflow.definition import Part
from podium.workflow.record import RecordCodec
from podium.workflow.toolcode import Declared, ToolBinding
from podium.workflow.undo import Undo

I = TypeVar("I", bound=BaseModel)  # noqa: E741  # input
O = TypeVar("O")  # noqa: E741  # output


class WorkflowOptions(TypedDict, total=False):
    """What may be said about any workflow.

    Attributes:
        deadline: How long a run may take in all.
        on_failure: What a final failure leads to; left out: COMPENSATE where any tool has a compensation.
        tools: Tools that steps call without naming them in their code, so that they are known.
    """

    deadline: Duration
    on_failure: OnFailure
    tools: Iterable[Declared]


class Workflow(Generic[I, O]):
    """A checked workflow that takes an `I` and gives an `O`; see `binding.Compiled`.

    Attributes:
        name: Unique among the workflows of an engine.
        graph: What the core walks.
        hash: Names the graph's structure and schemas.
        tools: All tools that it may use, its nested workflows' too, by name.
        boards: All boards that its steps name, its nested workflows' too, by name.
        said: The guards of its tools and of the calls in its steps.
        input: The codec of its input's fields.
        output: The codec of its result.
    """

    name: str
    graph: Graph
    hash: str
    tools: Mapping[str, Declared]
    boards: Mapping[str, Board[Any]]
    said: tuple[Said, ...]
    input: RecordCodec
    output: Codec

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name}>"

    @property
    def wanted(self) -> Any:
        """The type of what a run is started with; its input model, where the workflow takes no other form."""
        return self.input.model

    @property
    def asked(self) -> RecordCodec:
        """The codec of what people write who start a run; its input, where the workflow takes no other form."""
        return self.input

    def binding(self, place: str, node: Node | None = None) -> PlainBinding:
        """Return the code of the node at `place`: node names joined by `/` through nested workflows.

        `node`: what a plan says of a step that no author wrote.
        """
        found = self._bindings.get(place)
        if found is None and node is not None:
            return self._bindings[place.rpartition("/")[0]].inside(node)
        return self._bindings[place]

    def tool(self, name: str) -> ToolBinding:
        """Return the tool of that name; raise UnknownToolError."""
        if name not in self.tools:
            raise UnknownToolError(name)
        return self.tools[name].code

    def undo(self, tool: str, signed: str) -> UndoCode | None:
        """Return how a write of that tool is undone by the compensator on record; None where that is not here."""
        forward = self.tools.get(tool)
        if forward is None or forward.compensation is None or forward.code.undo != signed:
            return None
        return Undo(forward, forward.compensation)

    def encode_input(self, value: Any) -> dict[str, str]:
        """Return the fields of a run's input.

        Raises:
            InvalidInputError: It is not of the input model, or does not survive being stored.
        """
        if not isinstance(value, self.input.model):
            raise invalid_input(self.name, _not_of(self.input.model, value))
        return self._stored_input(value)

    def parse_input(self, text: str) -> dict[str, str]:
        """Return the fields of an input written as JSON by a person or a client; raise InvalidInputError."""
        try:
            value = self.input.from_outside(text)
        except ValidationError as error:
            raise invalid_input(self.name, explain(error)) from error
        return self._stored_input(value)

    def _stored_input(self, value: BaseModel) -> dict[str, str]:
        try:
            return self.input.store(value)
        except NotStorableError as error:
            raise invalid_input(self.name, str(error)) from error

    def decode_result(self, text: str) -> O:
        """Return the result of a run as the declared type."""
        result: O = self.output.stored(text, f"the result of {self.name}")
        return result

    def _take_over(
        self, graph: Graph, parts: Iterable[Part], tools: Mapping[str, Declared], said: tuple[Said, ...]
    ) -> None:
        """Keep what was compiled."""
        self.graph = graph
        self.name = graph.name
        self.hash = graph_hash(graph)
        self.tools = tools
        self.said = said
        self._bindings: dict[str, PlainBinding] = {}
        for part in parts:
            node = graph.nodes[part.node.name]
            part.binding.node = node
            self._bindings[node.name] = part.binding
            if part.child is not None:
                inner = part.child._bindings  # noqa: SLF001  # of its own class
                self._bindings.update((f"{node.name}/{place}", binding) for place, binding in inner.items())


def with_edges(part: Part, **edges: Any) -> Node:
    """Return a part's node with its edges."""
    return replace(part.node, **edges)


def _not_of(model: type[BaseModel], value: object) -> str:
    return f"it takes {model.__name__}, not {type(value).__name__}"
