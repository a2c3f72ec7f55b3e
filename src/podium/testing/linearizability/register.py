"""The model of one value that is read, written, and changed where it is what somebody thinks it is."""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass

from podium.testing.linearizability.history import Operation


@dataclass(frozen=True, slots=True)
class Register:
    """A register.

    Its operations, with what comes of them:

    - `("read",)`: the value;
    - `("write", value)`: anything;
    - `("swap", old, new)`: True where the value was `old` and is `new` now, False where it was something else.

    Attributes:
        first: The value before the first operation.
    """

    first: Hashable = None

    def begins(self) -> Hashable:
        """See `Model.begins`."""
        return self.first

    def after(self, state: Hashable, operation: Operation) -> Iterable[Hashable]:
        """See `Model.after`."""
        match operation.call:
            case ("died",):
                return [state]
            case ("read",):
                return [state] if operation.is_open or operation.result == state else []
            case ("write", value):
                return [value]
            case ("swap", old, new):
                return (
                    [new if state == old else state] if operation.is_open or operation.result == (state == old) else []
                )
            case _:
                raise ValueError(operation.call)

    def only_looks(self, operation: Operation) -> bool:
        """See `Model.only_looks`."""
        return operation.call[0] in {"read", "died"} or (operation.call[0] == "swap" and operation.result is False)
