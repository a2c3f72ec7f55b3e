"""What a run's steps posted, as people look at it: the last of each board, and how many there are."""

from collections.abc import Iterator

from podium.core.events import Event, StepDone
from podium.draw.words import clean

LAST = 10
"""So many posts of a board are shown."""

_POST_CHARS = 120


class Posts:
    """The boards of a run, event by event."""

    def __init__(self) -> None:
        self._boards: dict[str, list[tuple[str, str]]] = {}

    def take(self, event: Event) -> None:
        """Take the next event in."""
        if isinstance(event, StepDone):
            for board, texts in (event.posts or {}).items():
                self._boards.setdefault(board, []).extend((event.path, text) for text in texts)

    def rows(self) -> Iterator[tuple[str, ...]]:
        """Yield a row for each of the last posts: board, number of how many, step, post."""
        for board, posted in self._boards.items():
            first = max(0, len(posted) - LAST)
            for number, (path, text) in enumerate(posted[first:], first + 1):
                yield board, f"{number} of {len(posted)}", path, clean(text, chars_max=_POST_CHARS)
