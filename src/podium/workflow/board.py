"""`Board`: what steps of one run tell one another, in the order in which they were done, kept with the run."""

from collections.abc import Callable, Iterable
from typing import Any, Generic, TypeVar

from podium.errors import NotRunningError
from podium.workflow.annotations import type_text
from podium.workflow.codec import Codec
from podium.workflow.current import CURRENT
from podium.workflow.faults import Faults, fault_now
from podium.workflow.jsonable import codec_of
from podium.workflow.source import named_values, place_of_caller

T = TypeVar("T")


class Board(Generic[T]):
    """A list that the steps of a run share and only ever add to: `findings = Board("findings", Finding)`.

    The run's own steps, those of nested workflows and the items of maps see the same board. A step has to name it in
    its code. What it posts is committed with its end, so that an attempt that fails leaves nothing, and one that is run
    again posts once.

    Args:
        name: Unique among the boards of a workflow; an identifier.
        holds: The type of what is posted.

    Raises:
        DefinitionErrors: The type has no JSON form, or holds a secret. DefinitionError: The name is none.
    """

    is_podium_board = True

    def __init__(self, name: str, holds: type[T], /) -> None:
        faults, self.where = Faults(), place_of_caller()
        if not name.isidentifier():
            raise fault_now(
                "bad-name",
                f"{name!r} can not be the name of a board",
                suggestion="Use letters, digits and _, a letter first.",
                where=self.where,
            )
        self.name, self.type = name, holds
        self.codec: Codec = codec_of(holds, f"the board {name}", faults=faults, where=self.where)
        faults.raise_all(f"board {name!r}")

    def __repr__(self) -> str:
        return f"<board {self.name}>"

    def post(self, value: T) -> None:
        """Put a value on the board once the step is done; the step itself does not read it before that.

        Raises:
            NotStorableError: It does not survive being stored. NotRunningError: No step is running. UnnamedBoardError:
                The step's code does not name the board. BoardInToolError: A tool's function posts.
        """
        text = self.codec.encode(value, f"a post on {self.name}")
        _caller().post(self.name, text)

    def read(self) -> list[T]:
        """Return what steps that are done have posted, oldest first.

        Recorded as a read: when the step is run again it gets the same. On Temporal it is what was there when the step
        was ordered.

        Raises:
            DataChangedError: A post no longer fits the type. Else as `post`.
        """
        return self.decoded(_caller().board(self.name))

    def decoded(self, texts: Iterable[str]) -> list[T]:
        """Return stored posts as values; raise DataChangedError where one no longer fits the type."""
        return [self.codec.stored(text, f"a post on {self.name}") for text in texts]


def boards_named(function: Callable[..., Any]) -> tuple[Board[Any], ...]:
    """Return the boards that a function names, itself or in a helper of the same module, by name."""
    found = {id(value): value for value in named_values(function) if _is_board(value)}
    return tuple(sorted(found.values(), key=lambda board: board.name))


def names_of(boards: Iterable[Board[Any]]) -> tuple[str, ...]:
    """Return the names of boards, each once."""
    return tuple(dict.fromkeys(board.name for board in boards))


def boards_of(boards: Iterable[Board[Any]], *, faults: Faults) -> dict[str, Board[Any]]:
    """Return the boards of a workflow by name; note two of one name that hold different things."""
    found: dict[str, Board[Any]] = {}
    for board in boards:
        known = found.setdefault(board.name, board)
        if known.type != board.type and known.codec.schema() != board.codec.schema():
            faults.add(
                "two-boards",
                f"the board {board.name!r} holds {type_text(known.type)} in one place and {type_text(board.type)} in"
                " another, and it is one board of the run",
                suggestion=f"Rename one, or share one Board; the other is at {known.where}.",
                where=board.where,
            )
    return found


def _caller() -> Any:
    context = CURRENT.get()
    if context is None:
        raise NotRunningError
    return context


def _is_board(value: Any) -> bool:
    return getattr(type(value), "is_podium_board", False) is True
