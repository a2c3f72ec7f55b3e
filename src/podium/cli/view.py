"""How a run is shown while it runs: a live tree on a terminal, a line per event elsewhere, or its journal as JSON."""

import asyncio
import contextlib
import os
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Protocol, TextIO

from rich.console import Console
from rich.live import Live

from podium.cli.say import note
from podium.cli.tree import picture
from podium.core.events import Event
from podium.draw import GLYPHS, Status, seconds
from podium.engine.ports import RunInfo
from podium.views.legible import harmless
from podium.views.lines import event_line
from podium.views.story import RunStory
from podium.views.wording import told

_FRAME_S = 0.1


class View(Protocol):
    """Told of a run's committed events, in order; what it prints is its own matter."""

    def shown(self) -> contextlib.AbstractAsyncContextManager[None]:
        """Show the run for as long as the context is open; prints of the author's code do not mix with results."""

    def begin(self, info: RunInfo, story: RunStory) -> None:
        """Say which run it is; `story` is kept and read whenever something is drawn."""

    def event(self, number: int, event: Event, status: Status | None) -> None:
        """Show an event that the story has taken in; `status`: how its step stands now."""


def view_of(*, as_json: bool) -> View:
    """Return how to show a run here."""
    if as_json:
        return JsonLines(sys.stdout)
    return Tree() if is_live() else Lines()


def is_live() -> bool:
    """Claim that there is somebody to look at a picture that moves."""
    is_plain = any(os.environ.get(name) for name in ("CI", "NO_COLOR")) or os.environ.get("TERM") == "dumb"
    return not is_plain and sys.stdout.isatty() and sys.stderr.isatty()


class JsonLines:
    """The journal itself, on standard output."""

    def __init__(self, out: TextIO) -> None:
        self._out = out

    @asynccontextmanager
    async def shown(self) -> AsyncIterator[None]:
        """See `View.shown`."""
        with contextlib.redirect_stdout(sys.stderr):
            yield

    def begin(self, info: RunInfo, story: RunStory) -> None:
        """Say nothing: the first event names the run."""

    def event(self, number: int, event: Event, status: Status | None) -> None:
        """Print the event."""
        del status
        self._out.write(event_line(number, event) + "\n")
        self._out.flush()


class Lines:
    """A line an event, on standard error."""

    def __init__(self) -> None:
        self._began_at = 0

    @asynccontextmanager
    async def shown(self) -> AsyncIterator[None]:
        """See `View.shown`."""
        with contextlib.redirect_stdout(sys.stderr):
            yield

    def begin(self, info: RunInfo, story: RunStory) -> None:
        """Name the run."""
        del story
        self._began_at = info.created_at
        note(f"{info.workflow} {info.id}")

    def event(self, number: int, event: Event, status: Status | None) -> None:
        """Print what the event says: its number, when, sign and word, step, and what to say of it."""
        passed = seconds(max(0, event.at - self._began_at))
        said = told(event).note
        path = getattr(event, "path", "")
        sign = GLYPHS[status] if status else " "
        line = f"{number:>5} {'+' + passed:>8} {sign} {status or '':<9} {path:<16} {said}"
        note(" ".join(harmless(line).splitlines()).rstrip())


class Tree:
    """The run as a tree that is drawn again and again, on standard error."""

    def __init__(self) -> None:
        self._console = Console(stderr=True, highlight=False, markup=False, emoji=False)
        self._live = Live(console=self._console, auto_refresh=False)
        self._run: tuple[RunInfo, RunStory] | None = None

    @asynccontextmanager
    async def shown(self) -> AsyncIterator[None]:
        """See `View.shown`."""
        with self._live:
            ticking = asyncio.get_running_loop().create_task(self._tick())
            try:
                yield
            finally:
                ticking.cancel()
                self._draw(is_over=True)

    def begin(self, info: RunInfo, story: RunStory) -> None:
        """Draw the run from here on."""
        self._run = info, story

    def event(self, number: int, event: Event, status: Status | None) -> None:
        """Do nothing: the next frame shows it."""

    async def _tick(self) -> None:
        while True:
            self._draw(is_over=False)
            await asyncio.sleep(_FRAME_S)

    def _draw(self, *, is_over: bool) -> None:
        if self._run is not None:
            info, story = self._run
            drawn = picture(info, story, now_ms=time.time_ns() // 1_000_000, moves=not is_over)
            self._live.update(drawn, refresh=True)
