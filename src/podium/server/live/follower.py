"""Who is sent what happens, and what it is sent from."""

import asyncio
from typing import Protocol


class Feed(Protocol):
    """What a follower reads from, in its own time; nothing waits for it, and nothing is queued for it."""

    def take(self, follower: "Follower") -> bytes | None:
        """Return all that is new to a follower in one piece, and note that it has it; None: nothing is."""

    @property
    def is_over(self) -> bool:
        """Claims that nothing more will come, but for what a follower has not taken yet."""

    def leave(self, follower: "Follower") -> None:
        """It takes nothing more."""


class Follower:
    """One client of a feed. It is slow at its own cost: what it gets then is more at a time.

    Attributes:
        feed: What it follows.
        since: Up to where it knows the run.
        turn: The last turn of the feed that it has; -1: none yet.
        woken: Set when there may be something to take.
        is_ended: It was told that it is over.
    """

    __slots__ = ("feed", "is_ended", "since", "turn", "woken")

    def __init__(self, feed: Feed, *, since: int = 0) -> None:
        self.feed, self.since = feed, since
        self.turn = -1
        self.woken = asyncio.Event()
        self.is_ended = False

    def take(self) -> bytes | None:
        """Return what is new to it in one piece; None: nothing is."""
        return self.feed.take(self)

    @property
    def is_over(self) -> bool:
        """Claims that nothing more will come; what was not taken yet is still there."""
        return self.feed.is_over

    def leave(self) -> None:
        """Take nothing more."""
        self.feed.leave(self)
