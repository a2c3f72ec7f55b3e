"""Tables for people: one line a row, nothing cut off where it is not a terminal that cuts it."""

import sys
import time
from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from podium.draw.words import clean

_CELL_CHARS = 200
_NO_WIDTH = 10_000


def console() -> Console:
    """Return what prints to standard output, without colours and line breaks of its own where that is a file."""
    width = None if sys.stdout.isatty() else _NO_WIDTH
    return Console(file=sys.stdout, width=width, highlight=False, markup=False, emoji=False)


def print_table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print rows under their columns; the last column gives way where the terminal is narrow."""
    grid = Table(box=None, pad_edge=False, header_style="bold")
    for name in columns:
        is_last = name == columns[-1]
        grid.add_column(Text(name), no_wrap=True, overflow="ellipsis", min_width=None if is_last else len(name))
    for row in rows:
        grid.add_row(*(Text(clean(cell, chars_max=_CELL_CHARS)) for cell in row))
    console().print(grid)


def when(ms: int | None) -> str:
    """Return a time as people of this place write it; nothing for None."""
    return "" if ms is None else time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(ms / 1000))
