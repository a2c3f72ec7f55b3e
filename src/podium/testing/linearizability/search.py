"""Whether the operations of several processes could have happened one after another, as a model of the object allows.

Each operation must seem to happen at one moment between its beginning and its end; one whose process died in it, at
any moment after its beginning or never. The search takes operations one by one in every order that real time allows,
and never looks twice at the same set of operations in the same state.

Source: Wing and Gong, Testing and Verifying Concurrent Objects, 1993; the memory is Lowe's, Testing for
Linearizability, 2017.
"""

from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, Generic, Protocol, TypeVar

from podium.testing.linearizability.history import Operation, by_key

LOOKS_MAX: Final = 2_000_000
_NS_PER_US: Final = 1000

S = TypeVar("S", bound=Hashable)


class Model(Protocol[S]):
    """What one object does when operations come one after another."""

    def begins(self) -> S:
        """Return the state before the first operation."""
        ...

    def after(self, state: S, operation: Operation) -> Iterable[S]:
        """Return the states that the operation may lead to; none where its result can not come of this state.

        Where the operation is open it has no result, and every result counts.
        """
        ...

    def only_looks(self, operation: Operation) -> bool:
        """Claims that the operation, with its result, changes no state."""
        ...


class TooManyOrdersError(Exception):
    """The search was given up: more ways to order the history than `LOOKS_MAX`. Take a shorter history."""


@dataclass(frozen=True, slots=True)
class Violation:
    """A history of one object that no order explains, as short as it can be told.

    Attributes:
        key: The object.
        operations: What happened until the first moment at which nothing explains it any more, without operations
            that only look and that are not needed.
    """

    key: str
    operations: tuple[Operation, ...]

    def __str__(self) -> str:
        """A line per operation: who, from when to when in µs, what, and what came of it."""
        start = min(operation.invoked for operation in self.operations)
        lines = [f"  {_told(operation, start)}" for operation in self.operations]
        return "\n".join([f"no order of these operations on {self.key!r} explains their results:", *lines])


def check(history: Iterable[Operation], model: Model[S]) -> Violation | None:
    """Return what shows that a history is not linearizable; None if it is.

    Raises:
        TooManyOrdersError: It could not be found out.
    """
    for key, operations in by_key(history).items():
        if not is_linearizable(operations, model):
            return Violation(key, tuple(_shortest(operations, model)))
    return None


def is_linearizable(operations: Sequence[Operation], model: Model[S]) -> bool:
    """Claims that some order of these operations on one object explains their results.

    Raises:
        TooManyOrdersError: It could not be found out.
    """
    search = _Search(operations, model)
    start = (0, model.begins())
    stack: list[tuple[int, S]] = [start]
    seen = {start}
    while stack:
        step = stack.pop()
        if search.is_done(step[0]):
            return True
        for further in search.further(*step):
            if further not in seen:
                seen.add(further)
                stack.append(further)
        if len(seen) > LOOKS_MAX:
            raise TooManyOrdersError
    return False


class _Search(Generic[S]):
    """Which operations may come next. Sets of operations are the bits of an int, by their number."""

    def __init__(self, operations: Sequence[Operation], model: Model[S]) -> None:
        self._operations, self._model = operations, model
        self._closed = [number for number, operation in enumerate(operations) if not operation.is_open]
        self._open = [number for number, operation in enumerate(operations) if operation.is_open]
        self._all_closed = sum(1 << number for number in self._closed)

    def is_done(self, taken: int) -> bool:
        """Claims that everything that certainly happened is taken."""
        return taken & self._all_closed == self._all_closed

    def further(self, taken: int, state: S) -> Iterator[tuple[int, S]]:
        """Yield each way to take one more operation.

        Args:
            taken: What has come.
            state: What that has led to.
        """
        for number in self._next(taken):
            operation = self._operations[number]
            for then in self._model.after(state, operation):
                yield taken | 1 << number, then

    def _next(self, taken: int) -> Iterator[int]:
        """Yield what may come next; first, to be looked at last, what need not have happened."""
        left = [number for number in self._closed if not taken >> number & 1]
        first_end = min(self._operations[number].returned for number in left)
        for number in self._open:
            operation = self._operations[number]
            if not taken >> number & 1 and operation.invoked <= first_end:
                yield number
        for number in left:
            if self._operations[number].invoked > first_end:
                return  # they are in the order of their beginnings
            yield number


def _shortest(operations: Sequence[Operation], model: Model[S]) -> list[Operation]:
    """Cut a history off at the first moment at which nothing explains it; drop lookers while nothing still does.

    Both are sound: a beginning of a linearizable history is linearizable, and so is one without an operation that
    changes nothing.
    """
    ends = sorted(operation.returned for operation in operations if not operation.is_open)
    low, high = 0, len(ends) - 1
    while low < high:
        middle = (low + high) // 2
        if is_linearizable(_until(operations, ends[middle]), model):
            low = middle + 1
        else:
            high = middle
    kept = _until(operations, ends[low])
    for operation in kept.copy():
        fewer = [other for other in kept if other is not operation]
        if model.only_looks(operation) and not is_linearizable(fewer, model):
            kept = fewer
    return kept


def _until(operations: Sequence[Operation], end: int) -> list[Operation]:
    """Return what had begun at a moment; what had not ended is open."""
    begun = [operation for operation in operations if operation.invoked <= end]
    return [
        operation if operation.returned <= end else replace(operation, result=None, is_open=True) for operation in begun
    ]


def _told(operation: Operation, start: int) -> str:
    times = [(moment - start) // _NS_PER_US for moment in (operation.invoked, operation.returned)]
    verb, *arguments = operation.call
    asked = f"{verb}({', '.join(map(repr, arguments))})"
    came = "(open)" if operation.is_open else f"-> {operation.result!r}"
    return f"{operation.process:>6} {times[0]:>9} .. {times[1]:>9} µs  {asked} {came}"
