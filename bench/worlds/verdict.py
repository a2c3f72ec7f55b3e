"""What became of one task under one fault, against what becomes of it with none."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from bench.worlds.server import Message, Server
    from bench.worlds.task import Truth


@dataclass(frozen=True, slots=True)
class Verdict:
    """Counts over some cases.

    Attributes:
        cases: How many.
        completed: Ended as completed.
        undone: Ended with the world as it was before, by compensation or because nothing had been done yet.
        parked: Stopped for a person, who then looked at the server and decided truthfully; how it ended after that is
            counted in the other places.
        wrong_ends: Said to be completed or undone, with the world in another state.
        wrong_replies: An answer on record that is not the true one.
        half_done: Neither completed nor undone.
        duplicates: Effects that happened more than once.
    """

    cases: int = 0
    completed: int = 0
    undone: int = 0
    parked: int = 0
    wrong_ends: int = 0
    wrong_replies: int = 0
    half_done: int = 0
    duplicates: int = 0

    def __add__(self, other: Self) -> Self:
        """Count both together."""
        return type(self)(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(self)))


def judge(told: Message, server: Server, truth: Truth) -> Verdict:
    """Look at the world, at what the run says of itself, and at how often each effect happened."""
    now = server.world.fingerprint()
    completed = told["status"] == "completed"
    undone = not completed and now == truth.begin
    said_undone = told["status"] == "compensated"
    return Verdict(
        cases=1,
        completed=completed,
        undone=undone,
        parked=server.looks > 0,
        wrong_ends=(completed and now != truth.end) or (said_undone and not undone),
        wrong_replies=any(text != truth.replies[int(at)] for at, text in told["replies"].items()),
        half_done=not completed and not said_undone and not undone,
        duplicates=sum(
            times - 1 for (kind, at), times in server.effects.items() if kind == "restore" or truth.changes[at]
        ),
    )
