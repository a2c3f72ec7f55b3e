"""A step's use of the run's boards: what it reads is recorded as how far it read, because boards only ever grow."""

from collections.abc import Sequence

from podium.board_errors import UnnamedBoardError
from podium.core.stimuli import ReadEnded
from podium.effects.keys import read_identity
from podium.effects.ports import RunPort

BOARD = "podium.board"
"""What reading a board is recorded as."""


def check_named(run: RunPort, path: str, board: str) -> None:
    """Raise UnnamedBoardError where the step's code does not name the board."""
    step = run.step(path)
    if step is not None and board not in step.node.boards:
        raise UnnamedBoardError(board=board, step=path)


def seen(run: RunPort, path: str, entry: int, *, board: str, nth: int) -> Sequence[str]:
    """Return what the step's n-th read of a board in this entry gives: what it gave before, where it is on record."""
    posted, step = run.board(board), run.step(path)
    call = read_identity(BOARD, board, nth)
    known = step.reads.get(call) if step is not None else None
    if known is not None and known.result is not None:
        return posted[: int(known.result)]
    run.feed(ReadEnded(run.incarnation, path, entry, call, str(len(posted))))
    return tuple(posted)
