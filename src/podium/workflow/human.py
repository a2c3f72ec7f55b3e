"""`@human`: a durable question to a person, then the author's function with the answer."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass, replace
from typing import Any, Concatenate, Generic, Never, TypeVar, overload

from pydantic import TypeAdapter, ValidationError
from pydantic_core import PydanticSerializationError

from podium.graph.nodes import Node, NodeKind, Place
from podium.graph.policies import Duration, to_ms
from podium.workflow.bindings import Output, ValuesBinding
from podium.workflow.board import boards_named, names_of
from podium.workflow.codec import Codec, answer_type, explain
from podium.workflow.definition import DagScope, MachineScope, Part
from podium.workflow.faults import Faults
from podium.workflow.jsonable import codec_of
from podium.workflow.mapping import PLAIN
from podium.workflow.signature import Signature, read_signature
from podium.workflow.source import fingerprint, place_of, title_of
from podium.workflow.step import ANSWER, Step, check_function, check_no_key, check_record, record_part, resources_of
from podium.workflow.toolnames import tools_named
from podium.workflow.wiring import Callee, needs_of

M_contra = TypeVar("M_contra", contravariant=True)
N = TypeVar("N")
L = TypeVar("L")
D = TypeVar("D")

_NO_DEFAULT: Any = object()


@dataclass(frozen=True, slots=True, eq=False)
class HumanDefinition:
    """A question to a person."""

    function: Callable[..., Any]
    timeout_ms: int | None
    default: Any

    @property
    def name(self) -> str:
        """The function's name."""
        return self.function.__name__

    @property
    def where(self) -> Place | None:
        """Where the function is."""
        return place_of(self.function)

    def to_state(self, scope: MachineScope) -> Part:
        """Compile it as a state."""
        known = read_signature(self.function, scope.faults, takes_failure=True)
        answer = self._answer(known, scope.faults)
        check_record(self.name, known, scope=scope, where=self.where)
        for parameter in known.data[1:]:
            if parameter.name != ANSWER:
                scope.faults.add(
                    "unknown-parameter",
                    f"person's task {self.name}: nothing gives the parameter {parameter.name!r}",
                    suggestion="In a machine it takes the record and `answer`.",
                    where=self.where,
                )
        part = record_part(self.function, known, scope=scope, answer=answer)
        part.node = replace(part.node, **self._of_node(answer, scope.faults))
        return part

    def gives_type(self, faults: Faults) -> Any:
        """Return the type of what its function gives."""
        return read_signature(self.function, faults).returns

    def to_node(self, scope: DagScope) -> Part:
        """Compile it as a node: its parameters but `answer` are its dependencies."""
        known = read_signature(self.function, scope.faults)
        answer = self._answer(known, scope.faults)
        check_no_key(self.name, known, faults=scope.faults, where=self.where)
        types = {parameter.name: parameter.type for parameter in known.data if parameter.name != ANSWER}
        callee = Callee(self.name, types, frozenset(types), self.where)
        wired = needs_of(callee, {}, options=PLAIN, scope=scope)
        tools, boards = tools_named(self.function), boards_named(self.function)
        result = codec_of(known.returns, f"the result of {self.name}", faults=scope.faults, where=self.where)
        binding = ValuesBinding(
            self.function,
            {
                name: codec_of(hint, f"{self.name}.{name}", faults=scope.faults, where=self.where)
                for name, hint in types.items()
            },
            Output(result, self.name),
            given=resources_of(known),
            is_async=known.is_async,
            fingerprint=fingerprint(self.function),
            answer=answer,
        )
        binding.answer, binding.origins = ANSWER, wired.origins
        node = Node(
            name=self.name,
            kind=NodeKind.HUMAN,
            where=self.where,
            title=title_of(self.function),
            tools=tuple(tool.facts for tool in tools),
            boards=names_of(boards),
            **wired.of_node(),
            **self._of_node(answer, scope.faults),
        )
        return Part(node=node, binding=binding, tools=tools, boards=boards)

    def _answer(self, known: Signature, faults: Faults) -> Codec:
        parameter = next((parameter for parameter in known.data if parameter.name == ANSWER), None)
        if parameter is None:
            faults.add(
                "no-answer",
                f"person's task {self.name} has no parameter `answer`",
                suggestion="Its annotation says what may be answered: `answer: Approve | Reject`.",
                where=self.where,
            )
            return Codec(Any)
        return codec_of(answer_type(parameter.type), f"{self.name}.answer", faults=faults, where=self.where)

    def _of_node(self, answer: Codec, faults: Faults) -> dict[str, Any]:
        return {
            "timeout_ms": self.timeout_ms,
            "default_answer": self._default(answer, faults),
            "answer_schema": answer.schema(),
        }

    def _default(self, answer: Codec, faults: Faults) -> str | None:
        if self.default is _NO_DEFAULT:
            return None
        try:
            return answer.from_outside(TypeAdapter(Any).dump_json(self.default).decode())
        except (ValidationError, PydanticSerializationError) as error:
            why = explain(error) if isinstance(error, ValidationError) else str(error)
            faults.add(
                "wrong-default",
                f"person's task {self.name}: its default {self.default!r} is none of the answers: {why}",
                suggestion="Let the default be one of the types in the annotation of `answer`.",
                where=self.where,
            )
            return None


class Human(Step[M_contra, L], Generic[M_contra, L]):
    """A person's task: a state of a machine over `M` returning labels `L`, or a node of a DAG giving an `L`."""

    definition: HumanDefinition


class _Maker(Generic[D]):
    """`@human(…)` with its options bound."""

    def __init__(self, timeout_ms: int | None, default: Any) -> None:
        self._timeout_ms = timeout_ms
        self._default = default

    @overload
    def __call__(self, function: Callable[Concatenate[N, D, ...], Coroutine[Any, Any, L]], /) -> Human[N, L]: ...
    @overload
    def __call__(self, function: Callable[Concatenate[N, D, ...], L], /) -> Human[N, L]: ...
    def __call__(self, function: Callable[..., Any], /) -> Any:
        check_function(function, "human")
        return Human(HumanDefinition(function, self._timeout_ms, self._default), function)


@overload
def human(*, timeout: Duration | None = None) -> _Maker[Never]: ...
@overload
def human(*, timeout: Duration | None = None, default: D) -> _Maker[D]: ...
def human(*, timeout: Duration | None = None, default: Any = _NO_DEFAULT) -> Any:
    """Declare a question to a person.

    The function takes the record (in a machine) or its dependencies (in a DAG), and `answer`, whose annotation says
    what may be answered. It runs once the answer is there.

    Args:
        timeout: How long to wait; None for ever.
        default: The answer at the timeout; without one, the timeout is a failure (`StepTimeoutError`).
    """
    return _Maker(None if timeout is None else to_ms(timeout), default)
