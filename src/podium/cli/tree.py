"""A run as a tree of lines for a terminal: sign and word for each status, colour only on top of them."""

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from podium.draw import Status, TreeLine, seconds, tree, ways_back
from podium.draw.words import clean
from podium.engine.ports import RunInfo
from podium.views.story import RunStory
from podium.views.tree_rows import tree_rows

_FRAMES = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"
_FRAME_MS = 100

_STYLES = {
    Status.WAITING: "magenta",
    Status.RUNNING: "blue",
    Status.RETRYING: "yellow",
    Status.DONE: "green",
    Status.FAILED: "red",
    Status.SKIPPED: "dim",
    Status.PARKED: "yellow",
    Status.CANCELLED: "dim",
    Status.UNDOING: "magenta",
    Status.UNDONE: "magenta",
}


def picture(info: RunInfo, story: RunStory, *, now_ms: int, moves: bool) -> RenderableType:
    """Return a run as it stands at a moment.

    Args:
        info: Its row, for the first line.
        story: Its events, folded.
        now_ms: The moment.
        moves: It is drawn again soon, so that what runs may turn.
    """
    grid = Table.grid(padding=(0, 2))
    grid.add_column(no_wrap=True)
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="ellipsis", no_wrap=True)
    grid.add_column(no_wrap=True, justify="right")
    frame = _FRAMES[now_ms // _FRAME_MS % len(_FRAMES)] if moves else _FRAMES[0]
    for line in tree(story.drawn, tree_rows(story, now_ms=now_ms)):
        grid.add_row(*_cells(line, frame))
    back = [Text(line, _STYLES[Status.UNDONE]) for line in ways_back(story.undone)]
    return Group(Text(clean(f"{info.workflow} {info.id}")), grid, *back)


def _cells(line: TreeLine, frame: str) -> tuple[Text, Text, Text, Text]:
    style = "dim" if line.status is None else _STYLES[line.status]
    sign = frame if line.status is Status.RUNNING else line.glyph
    name = Text.assemble((line.stem, "dim"), (sign, style), f" {line.name}")
    took = Text("" if line.took_ms is None else seconds(line.took_ms), "dim")
    return name, Text(line.word, style), Text(line.note), took
