"""States and the edges between them: `START >> research >> review.choose({…})`.

A state is immutable: `choose` and `on_error` give a new value with more edges, and all values made from one state are
that one state. The values do nothing; a `StateMachine` reads them.
"""

from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass
from typing import Any, Final, Generic, Self, TypeAlias, TypeVar

from podium.graph.nodes import Place
from podium.workflow.definition import StateDefinition
from podium.workflow.faults import fault_now
from podium.workflow.source import place_of_caller

M_contra = TypeVar("M_contra", contravariant=True)
N = TypeVar("N")
L = TypeVar("L")

ErrorTypes: TypeAlias = type[BaseException] | tuple[type[BaseException], ...]


class End:
    """The type of `END`."""

    def __repr__(self) -> str:
        return "END"


END: Final = End()
"""Where a machine ends; the last link of a chain, or a target."""


@dataclass(frozen=True, slots=True)
class ErrorEdge:
    """One `on_error`.

    Attributes:
        types: The exceptions that it catches.
        target: What takes over.
        undo: Whether the run's writes are compensated first; None where it was not said.
        where: Where it is written.
        definite: See `graph.nodes.Handler`.
    """

    types: tuple[type[BaseException], ...]
    target: "State[Any, Any] | End"
    undo: bool | None
    where: Place | None
    definite: bool = False


class State(Generic[M_contra, L]):
    """A state of a machine over the record `M`, returning the labels `L`.

    Attributes:
        definition: What it is; shared by all values of the same state.
        choices: Where each label leads; None where `choose` was not called.
        edges: Its `on_error`, in order.
        where: Where this value was made.
    """

    def __init__(self, definition: StateDefinition) -> None:
        self.definition = definition
        self.choices: Mapping[str, State[Any, Any] | End] | None = None
        self.edges: tuple[ErrorEdge, ...] = ()
        self.where = definition.where

    @property
    def name(self) -> str:
        """The state's name."""
        return self.definition.name

    def choose(self: "State[N, L]", targets: "Mapping[L, State[N, Any] | End]", /) -> "State[N, L]":
        """Say where each label that the state returns leads."""
        for target in targets.values():
            check_target(target)
        made = copy(self)
        made.choices = dict(targets)  # type: ignore[arg-type]  # labels that are not texts are a fault later on
        made.where = place_of_caller()
        return made

    def on_error(self, error: ErrorTypes, /, *, to: "State[Any, Any] | End", undo: bool | None = None) -> Self:
        """Say what takes over when the state fails for good; of several, the first that matches.

        Args:
            error: An exception class, or several; `ToolFailed` is any failed call of a tool.
            to: The state that goes on; it may take `failure: Failure`.
            undo: Compensate what the run has written before going on. Must be said where the state can write.
        """
        check_target(to)
        types = error if isinstance(error, tuple) else (error,)
        for kind in types:
            _check_exception(kind)
        made = copy(self)
        made.edges = (*self.edges, ErrorEdge(types, to, undo, place_of_caller()))
        return made

    def __rshift__(self: "State[N, Any]", after: "State[N, Any] | End") -> "Chain[N]":
        return Chain((self, after), place_of_caller())

    def __rrshift__(self: "State[N, Any]", before: "Chain[N] | State[N, Any]") -> "Chain[N]":
        """Tell type checkers what `__rshift__` can not: one state of this record makes the chain one of it."""
        return NotImplemented

    def __repr__(self) -> str:
        return f"<state {self.name}>"


Link: TypeAlias = "Start | State[Any, Any] | End"


class Chain(Generic[M_contra]):
    """States in the order in which they follow one another.

    Attributes:
        links: From left to right; START only at the beginning, END only at the end.
        where: Where it is written.
    """

    def __init__(self, links: tuple[Link, ...], where: Place | None) -> None:
        check_target(links[-1])
        self.links = links
        self.where = where

    def __rshift__(self: "Chain[N]", after: "State[N, Any] | End") -> "Chain[N]":
        return Chain((*self.links, after), self.where)


class Start:
    """The type of `START`."""

    def __rshift__(self, after: "State[N, Any]") -> Chain[N]:
        return Chain((self, after), place_of_caller())

    def __repr__(self) -> str:
        return "START"


START: Final = Start()
"""Where a machine begins; the first link of one chain."""


def check_target(target: object) -> None:
    """Refuse what can not be a state, in the words that an author needs who has no type checker."""
    if isinstance(target, State | End):
        return
    raise fault_now(
        "not-a-state",
        f"{target!r} is no state",
        suggestion="States are what @step and @human make, sleep(…), wait(…), tool.state(…) and workflow.as_state(…);"
        " targets are those values or END, not their names.",
        where=place_of_caller(),
    )


def _check_exception(kind: object) -> None:
    if not (isinstance(kind, type) and issubclass(kind, BaseException)):
        raise fault_now(
            "not-an-exception",
            f"on_error is given {kind!r}, which is no exception class",
            suggestion="Name the class: on_error(ToolFailed, to=…).",
            where=place_of_caller(),
        )
