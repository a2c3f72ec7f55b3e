"""`sleep` and `wait`: a step that waits for a time, or for a signal."""

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from podium.graph.nodes import Node, NodeKind, Place
from podium.graph.policies import Duration, to_ms
from podium.workflow.bindings import IntoField, Output, OutsideBinding
from podium.workflow.codec import Codec
from podium.workflow.definition import DagScope, MachineScope, Part
from podium.workflow.faults import Faults
from podium.workflow.jsonable import codec_of
from podium.workflow.source import place_of_caller
from podium.workflow.state import State
from podium.workflow.wiring import Callee, give_codec

T = TypeVar("T")


@dataclass(frozen=True, slots=True, eq=False)
class SleepDefinition:
    """A wait for a time."""

    name: str
    duration_ms: int
    where: Place | None

    def to_state(self, scope: MachineScope) -> Part:
        """Compile it as a state."""
        return self._part(IntoField(Codec(Any), None, self.name), scope.faults)

    def gives_type(self, faults: Faults) -> Any:
        """Return None's type: it gives nothing."""
        del faults
        return type(None)

    def to_node(self, scope: DagScope) -> Part:
        """Compile it as a node."""
        return self._part(Output(Codec(None), self.name), scope.faults)

    def _part(self, result: IntoField | Output, faults: Faults) -> Part:
        if self.duration_ms < 0:
            faults.add("negative-duration", f"sleep {self.name} lasts {self.duration_ms} ms", where=self.where)
        node = Node(name=self.name, kind=NodeKind.SLEEP, where=self.where, duration_ms=self.duration_ms)
        return Part(node=node, binding=OutsideBinding(result, answer=None, name=self.name))


@dataclass(frozen=True, slots=True, eq=False)
class WaitDefinition:
    """A wait for a signal."""

    name: str
    payload: Any
    give: str | None
    timeout_ms: int | None
    where: Place | None

    def to_state(self, scope: MachineScope) -> Part:
        """Compile it as a state."""
        callee = Callee(self.name, {}, frozenset(), self.where)
        codec, field = give_codec(callee, self.payload, give=self.give, scope=scope)
        return self._part(IntoField(codec, field, self.name), scope.faults)

    def gives_type(self, faults: Faults) -> Any:
        """Return the type of its payload."""
        del faults
        return self.payload

    def to_node(self, scope: DagScope) -> Part:
        """Compile it as a node."""
        if self.give is not None:
            scope.faults.add(
                "give-in-dag",
                f"wait {self.name}: a node gives its payload to whoever names it; give={self.give!r} is for machines",
                suggestion="Leave give= out.",
                where=self.where,
            )
        return self._part(Output(self._codec(scope.faults), self.name), scope.faults)

    def _part(self, result: IntoField | Output, faults: Faults) -> Part:
        payload = self._codec(faults)
        node = Node(
            name=self.name,
            kind=NodeKind.WAIT,
            where=self.where,
            timeout_ms=self.timeout_ms,
            signal=self.name,
            answer_schema=payload.schema(),
            give=self.give,
        )
        return Part(node=node, binding=OutsideBinding(result, answer=payload, name=self.name))

    def _codec(self, faults: Faults) -> Codec:
        return codec_of(self.payload, f"the payload of {self.name}", faults=faults, where=self.where)


class Pause(State[object, None], Generic[T]):
    """A wait: a state of any machine, or a node of a DAG that gives a `T`."""

    definition: SleepDefinition | WaitDefinition


def sleep(name: str, duration: Duration, /) -> Pause[None]:
    """Wait for a time, durably: the run costs nothing meanwhile.

    Args:
        name: The state's or node's name.
        duration: How long; a bare number is seconds.
    """
    return Pause(SleepDefinition(name, to_ms(duration), place_of_caller()))


def wait(name: str, payload: type[T], /, *, give: str | None = None, timeout: Duration | None = None) -> Pause[T]:
    """Wait for a signal, durably. Signals that came before are kept, so none is missed.

    Args:
        name: The state's or node's name, and the signal's.
        payload: What the signal carries.
        give: Machine: the field that receives the payload; None drops it.
        timeout: How long to wait; then the step fails with `StepTimeoutError`. None waits for ever.
    """
    timeout_ms = None if timeout is None else to_ms(timeout)
    return Pause(WaitDefinition(name, payload, give, timeout_ms, place_of_caller()))
