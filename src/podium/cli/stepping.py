"""A journal that is stepped through: where one stands in it, and how the run stood there."""

from rich.console import Group, RenderableType
from rich.text import Text

from podium.cli.keys import Key
from podium.cli.tree import picture
from podium.core.events import Event
from podium.draw import seconds
from podium.draw.words import clean
from podium.views.journal_rows import journal_row
from podium.views.record import Record
from podium.views.story import RunStory

_HELP = "← → step · home end · space plays, and stops · q leaves"


class Stepping:
    """A place in a journal.

    Attributes:
        run: The run.
        at: The number of the event that was the last to happen here; 0 before the first.
        plays: It goes on by itself.
        story: How the run stands here.
    """

    def __init__(self, run: Record, at: int) -> None:
        self.run, self.plays = run, False
        self.at = 0
        self.story = RunStory(run.info.id, run.graph)
        self.go(at)

    @property
    def last(self) -> int:
        """The number of the last event."""
        return len(self.run.events)

    @property
    def event(self) -> Event | None:
        """What was the last to happen here."""
        return self.run.events[self.at - 1] if self.at else None

    def go(self, at: int) -> None:
        """Go to an event; beyond the ends is at the ends."""
        at = min(max(at, 0), self.last)
        if at < self.at:
            self.story, self.at = RunStory(self.run.info.id, self.run.graph), 0
        for number in range(self.at + 1, at + 1):
            self.story.take(number, self.run.events[number - 1])
        self.at = at

    def press(self, key: Key) -> None:
        """Do what a key says; only playing goes on."""
        self.plays = key is Key.SPACE and not self.plays
        match key:
            case Key.LEFT:
                self.go(self.at - 1)
            case Key.RIGHT:
                self.go(self.at + 1)
            case Key.HOME:
                self.go(0)
            case Key.END:
                self.go(self.last)
            case _:
                pass

    def play(self) -> None:
        """Go one event on, and stop at the end."""
        self.go(self.at + 1)
        self.plays = self.plays and self.at < self.last

    def said(self) -> str:
        """Return the event in a line: its number, when, what happened, and to which step."""
        if self.event is None:
            return f"before the first of {self.last} events"
        told = journal_row(self.at, self.event)
        passed = seconds(max(0, told.at - self.run.events[0].at))
        return clean(f"{self.at}/{self.last} +{passed} {told.kind} {told.address} {told.note}")

    def drawn(self, *, helps: bool) -> RenderableType:
        """Return the run as it stood here as a tree, with the event below it."""
        tree = picture(self.run.info, self.story, now_ms=self.story.at, moves=False)
        lines = [Text(self.said(), "bold", no_wrap=True, overflow="ellipsis")]
        return Group(tree, *lines, *([Text(_HELP, "dim")] if helps else []))
