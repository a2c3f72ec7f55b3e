"""What a step can be refused for that uses a board; the rest of the tree is in `errors`."""

from typing import ClassVar

from podium.errors import StepError


class UnnamedBoardError(StepError):
    """A step uses a board that its code does not name, so that whoever performs it elsewhere is not given the board.

    Attributes:
        board: Its name.
    """

    code: ClassVar[str] = "step.unnamed_board"

    def __init__(self, *, board: str, step: str) -> None:
        super().__init__(
            f"{step} uses the board {board!r}, which its code does not name; name it in the step's function, or in a"
            " helper of the same module that the function calls by name"
        )
        self.board = board


class BoardInToolError(StepError):
    """A tool's function uses a board. Boards belong to steps: a tool may be tried again, or answered from a journal."""

    code: ClassVar[str] = "step.board_in_tool"

    def __init__(self, *, tool: str) -> None:
        super().__init__(f"the tool {tool} uses a board; let it return a value, and post that in the step")
        self.tool = tool
