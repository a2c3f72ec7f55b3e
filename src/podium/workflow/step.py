"""`@step`: a state's function, which gets a private copy of the record, changes it, and may return a label."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass, replace
from functools import update_wrapper
from inspect import isasyncgenfunction, isfunction, isgeneratorfunction
from typing import Any, Concatenate, Generic, Self, TypedDict, TypeVar, Unpack, overload

from podium.graph.guards import CallPolicy
from podium.graph.nodes import Node, NodeKind, Place
from podium.graph.policies import Duration, Retry
from podium.workflow.annotations import admits_none, bare, literals, members, type_text
from podium.workflow.bindings import PlainBinding, RecordBinding
from podium.workflow.board import boards_named, names_of
from podium.workflow.codec import Codec
from podium.workflow.definition import Labels, MachineScope, Part
from podium.workflow.faults import Faults, fault_now
from podium.workflow.guarding import Guards, calls_of, policy_of, words_of
from podium.workflow.signature import Parameter, Role, Signature, read_signature
from podium.workflow.source import fingerprint, place_of, place_of_caller, title_of
from podium.workflow.state import State
from podium.workflow.toolnames import tools_named

ANSWER = "answer"
"""The parameter of a person's task that gets the answer; its annotation says what may be answered."""

M_contra = TypeVar("M_contra", contravariant=True)
N = TypeVar("N")
L = TypeVar("L")
B = TypeVar("B", bound=str | None)


class StepOptions(TypedDict, total=False):
    """What may be said about a step or node.

    Attributes:
        retry: How often to try the step as a whole; left out: once. A failed call of a tool is not tried again by it.
        timeout: How long one attempt of the step may take, its calls and their waits included.
        calls: Guards around each call of a tool inside it, which count over those of the tool: `calls=Guards(…)`.
    """

    retry: Retry
    timeout: Duration
    calls: Guards


@dataclass(frozen=True, slots=True)
class StepLimits:
    """`StepOptions`, read.

    Attributes:
        retry, timeout_ms: Of the step.
        calls: Of the calls inside it.
    """

    retry: Retry | None = None
    timeout_ms: int | None = None
    calls: CallPolicy | None = None

    @classmethod
    def of(cls, options: StepOptions) -> Self:
        """Return what the options stand for; raise DefinitionError where that is nothing."""
        own: Guards = {}
        if "retry" in options:
            own["retry"] = options["retry"]
        if "timeout" in options:
            own["timeout"] = options["timeout"]
        policy = policy_of(own)
        return cls(policy.retry, policy.timeout_ms, calls_of(options.get("calls")))

    @property
    def in_words(self) -> tuple[str, ...]:
        """The limits for pictures; those of the calls are told apart."""
        own = words_of(CallPolicy(retry=self.retry, timeout_ms=self.timeout_ms))
        inner = () if self.calls is None else words_of(self.calls)
        return (*own, *(f"calls: {word}" for word in inner))

    def bind(self, binding: PlainBinding) -> None:
        """Let a step's code have them."""
        binding.retry, binding.timeout_ms, binding.calls = self.retry, self.timeout_ms, self.calls


@dataclass(frozen=True, slots=True, eq=False)
class StepDefinition:
    """A function over a machine's record."""

    function: Callable[..., Any]
    limits: StepLimits

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
        check_record(self.name, known, scope=scope, where=self.where)
        check_only_record(self.name, known, scope=scope, where=self.where)
        part = record_part(self.function, known, scope=scope)
        self.limits.bind(part.binding)
        part.node = replace(part.node, limits=self.limits.in_words)
        return part


class Step(State[M_contra, L], Generic[M_contra, L]):
    """A state that is a function; called, it is that function."""

    def __init__(self, definition: Any, function: Callable[..., Any]) -> None:
        super().__init__(definition)
        update_wrapper(self, function)
        self._function = function

    def __call__(self, record: M_contra, /, *args: Any, **kwargs: Any) -> Any:
        """Call the function."""
        return self._function(record, *args, **kwargs)


class _Maker:
    """`@step(…)` with its options bound."""

    def __init__(self, options: StepOptions) -> None:
        self._options = options

    @overload
    def __call__(self, function: Callable[Concatenate[N, ...], Coroutine[Any, Any, B]], /) -> Step[N, B]: ...
    @overload
    def __call__(self, function: Callable[Concatenate[N, ...], B], /) -> Step[N, B]: ...
    def __call__(self, function: Callable[..., Any], /) -> Any:
        return _make(function, self._options)


@overload
def step(function: Callable[Concatenate[N, ...], Coroutine[Any, Any, B]], /) -> Step[N, B]: ...
@overload
def step(function: Callable[Concatenate[N, ...], B], /) -> Step[N, B]: ...
@overload
def step(**options: Unpack[StepOptions]) -> _Maker: ...
def step(function: Callable[..., Any] | None = None, /, **options: Unpack[StepOptions]) -> Any:
    """Declare a state's function: it takes the record, changes it, and may return one of its labels.

    Args:
        function: Sync or async.
        options: See `StepOptions`.
    """
    return _Maker(options) if function is None else _make(function, options)


def check_function(function: Callable[..., Any], decorator: str) -> None:
    """Refuse what is not a plain function."""
    if not isfunction(function) or isgeneratorfunction(function) or isasyncgenfunction(function):
        raise fault_now(
            "not-a-function",
            f"@{decorator} is put above a function that returns, not above {function!r}",
            suggestion="Put it directly above the `def`, and call tools inside.",
            where=place_of_caller(),
        )


def labels_of(returns: Any) -> Labels:
    """Return what a state's return annotation allows."""
    kinds = [kind for kind in members(returns) if kind is not type(None)]
    names = tuple(value for value in literals(returns) if isinstance(value, str))
    known = all(literals(kind) for kind in kinds) and all(isinstance(name, str | None) for name in literals(returns))
    return Labels(names, admits_none(returns), known)


def check_record(name: str, known: Signature, *, scope: MachineScope, where: Place | None) -> None:
    """Note where a state's function does not take the machine's record, or returns what is no label."""
    first = known.data[0] if known.data else None
    wanted = bare(first.type) if first else None
    fits = wanted is Any or (isinstance(wanted, type) and issubclass(scope.model, wanted))
    if first is None or not fits:
        takes = "nothing" if first is None else type_text(first.type)
        scope.faults.add(
            "wrong-record",
            f"state {name} takes {takes}, but the machine's record is {scope.model.__name__}",
            suggestion=f"Make its first parameter {scope.model.__name__}.",
            where=where,
        )
    labels = labels_of(known.returns)
    if known.returns is not Any and not labels.is_known:
        scope.faults.add(
            "unknown-labels",
            f"state {name} returns {type_text(known.returns)}, which does not say which labels there are",
            suggestion='Annotate `-> None`, or the labels: `-> Literal["accept", "revise"]`.',
            where=where,
        )


def check_only_record(name: str, known: Signature, *, scope: MachineScope, where: Place | None) -> None:
    """Note what a step takes beside the record that nothing gives."""
    for parameter in known.data[1:]:
        scope.faults.add(
            "unknown-parameter",
            f"step {name}: nothing gives the parameter {parameter.name!r}",
            suggestion="A step takes the record; more comes from the engine: `= FROM_ENGINE`, `failure: Failure`.",
            where=where,
        )


def record_part(
    function: Callable[..., Any], known: Signature, *, scope: MachineScope, answer: Codec | None = None
) -> Part:
    """Compile a function over the record; `answer`: a person's task, and what may be answered."""
    tools, boards = tools_named(function), boards_named(function)
    failure = known.of_role(Role.FAILURE)
    check_no_key(function.__name__, known, faults=scope.faults, where=place_of(function))
    binding = RecordBinding(
        function,
        scope.record,
        given=resources_of(known),
        is_async=known.is_async,
        fingerprint=fingerprint(function),
        answer=answer,
    )
    binding.answer = None if answer is None else ANSWER
    labels = Labels() if known.returns is Any else labels_of(known.returns)
    binding.labels, binding.needs_label = frozenset(labels.names), not labels.admits_none
    binding.failure = failure.name if failure else None
    node = Node(
        name=function.__name__,
        kind=NodeKind.STEP if answer is None else NodeKind.HUMAN,
        where=place_of(function),
        title=title_of(function),
        tools=tuple(tool.facts for tool in tools),
        boards=names_of(boards),
        takes_failure=failure is not None,
    )
    return Part(node=node, binding=binding, labels=labels, tools=tools, boards=boards, failure=failure)


def resources_of(known: Signature) -> tuple[Parameter, ...]:
    """Return the parameters that the engine's resources fill."""
    return tuple(parameter for parameter in known.given if parameter.role is Role.RESOURCE)


def check_no_key(name: str, known: Signature, *, faults: Faults, where: Place | None) -> None:
    """Note an idempotency key outside a tool."""
    if known.of_role(Role.KEY):
        faults.add(
            "key-outside-tool",
            f"{name} asks for an IdempotencyKey, and only tools have one",
            suggestion="Put the request into a function with @tool.write, and call that.",
            where=where,
        )


def _make(function: Callable[..., Any], options: StepOptions) -> Step[Any, Any]:
    check_function(function, "step")
    return Step(StepDefinition(function, StepLimits.of(options)), function)
