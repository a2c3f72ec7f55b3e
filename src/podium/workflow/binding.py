"""Between the engine and the author's code: how a node's function is called, and how values become JSON and back.

The engine knows nothing of pydantic or of signatures: it hands over JSON texts and gets JSON texts. The core knows
nothing of functions. What implements these protocols is made when a workflow is compiled.
"""

from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from podium.failure import Failure
from podium.graph.guards import CallPolicy, Said
from podium.graph.nodes import Graph, Node
from podium.graph.policies import Retry


@dataclass(slots=True)
class Inputs:
    """What a step gets, as JSON texts.

    Attributes:
        values: Machine's state: every field of the record. Tool state or nested workflow: the callee's parameters
            (or WHOLE). DAG node: parameter to text; a skipped source is `null`.
        answer: What a person answered, a signal's payload, or a nested workflow's result.
        caught: The failure that an error edge caught.
    """

    values: Mapping[str, str]
    answer: str | None = None
    caught: Failure | None = None


@dataclass(slots=True)
class Ended:
    """How a step's function returned, as JSON texts; the fields are those of the core's `StepDone`."""

    label: str | None = None
    output: str | None = None
    changes: dict[str, str] | None = None
    appends: dict[str, str] | None = None


@dataclass(slots=True, kw_only=True)
class Planned:
    """A plan that is to be carried out; the fields are those of the core's `Opened`."""

    data: dict[str, str]
    graph: str
    collects: bool
    causes: tuple[Failure, ...]


class Provider(Protocol):
    """Where `FROM_ENGINE` parameters come from."""

    def resource(self, wanted: type[Any]) -> Any:
        """Return the resource of that type; raise `ResourceMissingError` (it says what is offered)."""


class Work(Protocol):
    """One attempt of a step: decoded arguments in, encoded results out."""

    def call(self) -> Any:
        """Call the author's function; an awaitable where the binding says `is_async`."""

    def finish(self, returned: Any) -> Ended:
        """Encode, compare byte for byte, validate and decode what came back.

        Raises:
            NotStorableError: A field does not survive the round trip; it is named.
        """


class Binding(Protocol):
    """A node's code. Raises `DataChangedError` where a stored text no longer fits its declared type.

    Attributes:
        node: The node of the graph that this is the code of.
        is_async: The function is a coroutine function; others run in the threads for steps.
        retry: The step's own policy; None for one attempt.
        timeout_ms: How long one attempt may take; None for no limit.
        fingerprint: Changes when the function's source does ("changed step code with a write parks before re-entry").
    """

    node: Node
    is_async: bool
    retry: Retry | None
    timeout_ms: int | None
    fingerprint: str

    def guarded(self, tool: "ToolCode") -> "ToolCode":
        """Return a tool with the guards that it has inside this node."""

    def prepare(self, inputs: Inputs, provider: Provider) -> Work:
        """Decode a private copy of everything the function takes."""

    def open(self, inputs: Inputs) -> dict[str, str]:
        """WORKFLOW nodes: make the input of the nested workflow and return its fields."""

    def plan(self, inputs: Inputs) -> Planned:
        """PLAN nodes: make the graph that is to be run inside."""

    def close(self, inputs: Inputs) -> Ended:
        """WORKFLOW, PLAN, WAIT nodes: take over `inputs.answer` (a nested result, a payload) as this step's result."""

    def holds(self, values: Mapping[str, str]) -> bool:
        """Evaluate `when=`; what it raises fails the node."""

    def check_answer(self, answer: str) -> str:
        """HUMAN and WAIT: validate an answer or payload and return it in its stored form.

        Raises:
            InvalidAnswerError: It does not fit; the message says where.
        """


class Compiled(Protocol):
    """A checked workflow: what `Engine.start` takes.

    Attributes:
        name: Unique among the workflows of an engine.
        graph: What the core walks.
        hash: `graph.encode.graph_hash(graph)`.
        said: The guards of its tools, and of the calls in its steps.
    """

    name: str
    graph: Graph
    hash: str
    said: tuple[Said, ...]

    def binding(self, place: str, node: Node | None = None) -> Binding:
        """Return the code of the node at `place`: node names joined by `/` through nested workflows.

        `node`: what a plan says of a step that no author wrote.
        """

    def tool(self, name: str) -> "ToolCode":
        """Return the tool of that name, used anywhere in the workflow or registered with it.

        Raises:
            UnknownToolError: The workflow names no such tool.
        """

    def undo(self, tool: str, signed: str) -> "UndoCode | None":
        """Return how a write of that tool is undone by the compensator on record (`ToolCode.undo`).

        Returns:
            None where the tool has no such compensator (any more), or that has another signature now.
        """

    def encode_input(self, value: Any) -> dict[str, str]:
        """Return the fields of a run's input; raise `InvalidInputError` where it does not fit the input model."""

    def parse_input(self, text: str) -> dict[str, str]:
        """The same from JSON text written by a person or a client."""

    def decode_result(self, text: str) -> Any:
        """Return the result of a run as the declared type."""


class ToolCode(Protocol):
    """A tool as the call pipeline sees it.

    Attributes:
        name: Its name.
        writes: False for a read.
        is_async: The function is a coroutine function; others run in the threads for tools.
        policy: The guards around its calls.
        key_life_ms: How long the other side honours the key; None where it does not (not `idempotent=`).
        undo: Its compensator with a hash of its signature (`cancel_flight@1a2b3c4d`); "" where it has none.
        irreversible: Its author said so.
        reconciles: It has a `reconcile`.
        reconcile_is_async: That is a coroutine function.
        fresh_ms: A read's answer may be reused this long when its step is run again; None for any time.
    """

    name: str
    writes: bool
    is_async: bool
    policy: CallPolicy
    key_life_ms: int | None
    undo: str
    irreversible: bool
    reconciles: bool
    reconcile_is_async: bool
    fresh_ms: int | None

    @property
    def fallback(self) -> "Sequence[ToolCode]":
        """What is called in its place when it fails, in order; each takes the same arguments and gives the same."""

    def freeze(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> str:
        """Bind and encode the arguments, without those that the engine provides.

        Raises:
            TypeError: They do not fit the signature. NotStorableError: They do not survive the round trip.
        """

    def arguments(self, frozen: str) -> dict[str, Any]:
        """Return the decoded frozen arguments, by name."""

    def digest_of(self, frozen: str) -> str:
        """Return what tells calls of a read apart: the tool's own `digest=`, or one of the JSON text."""

    def send(
        self, frozen: str, *, key: str | None, provider: Provider, forward_key: str | None = None
    ) -> Any | Awaitable[Any]:
        """Call the tool's function with the decoded frozen arguments; `forward_key`: of the write that it undoes."""

    def reconcile(
        self, frozen: str, *, key: str, provider: Provider, forward_key: str | None = None
    ) -> Any | Awaitable[Any]:
        """Ask whether the write happened: its result, or None."""

    def consent_ms(self, frozen: str) -> tuple[bool, int | None]:
        """Return whether a person is to be asked about these arguments, and for how long at most."""

    def act(self, frozen: str) -> str:
        """Return the tool's name with what `once_by=` gives for these arguments; "" without it.

        Raises:
            BusinessKeyError: It gave nothing that can tell one act from another.
        """

    def encode(self, result: Any) -> str:
        """Return a result as JSON text that survives the round trip; raise `NotStorableError` where it does not."""

    def decode(self, text: str) -> Any:
        """Return the result that `encode` wrote; raise `DataChangedError` where it no longer fits."""

    def check(self, text: str) -> str:
        """Validate a result that a person gave as JSON and return it in its stored form.

        Raises:
            InvalidAnswerError: It does not fit the tool's result; the message says where.
        """


class UndoCode(Protocol):
    """How a finished write is undone.

    Attributes:
        tool: The compensator.
        admits_none: It may be called when nobody knows whether the write happened.
    """

    tool: ToolCode
    admits_none: bool

    def freeze(self, result: str | None) -> str:
        """Return the compensator's frozen arguments for what the write gave; None: nobody knows whether it happened.

        Raises:
            DataChangedError: The result no longer fits the write's declared type. NotStorableError: The compensator
                does not take it.
        """

    def freeze_instead(self, given: str) -> str:
        """Return the compensator's frozen arguments for what a person gave in place of the write's result."""

    def check(self, given: str) -> str:
        """Return the stored form of what a person gave in place of the write's result.

        Raises:
            InvalidAnswerError: It does not fit the compensator's parameter; the message says where.
        """
