"""What a public benchmark is here: worlds, and the calls that solve a task in them. No model is asked anything."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable


class World(Protocol):
    """The environment of a task, as its benchmark ships it."""

    def call(self, name: str, arguments: str) -> str:
        """Call a function of the world and return its answer as text; a refusal of the world is an answer too."""

    def image(self) -> object:
        """Return a copy of everything in it."""

    def restore(self, image: object) -> None:
        """Put everything back as it was; an image may be put back more than once."""

    def fingerprint(self) -> str:
        """Return what is equal exactly for equal worlds."""


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a task's ground truth. `arguments`: JSON text, for the world alone to read."""

    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class Task:
    """A task of a benchmark: its ground truth, and a new world for each time it is played."""

    id: str
    calls: tuple[Call, ...]
    world: Callable[[], World]


@dataclass(frozen=True, slots=True)
class Truth:
    """A task played once with no faults.

    Attributes:
        replies: The answer to each call.
        changes: Of each call, whether it changed anything in the world.
        begin, end: Fingerprints of the world before and after.
    """

    replies: tuple[str, ...]
    changes: tuple[bool, ...]
    begin: str
    end: str


def truth_of(task: Task) -> Truth:
    """Play a task with no faults, and look at the world after every call."""
    world = task.world()
    prints, replies = [world.fingerprint()], []
    for call in task.calls:
        replies.append(world.call(call.name, call.arguments))
        prints.append(world.fingerprint())
    changes = tuple(before != after for before, after in pairwise(prints))
    return Truth(tuple(replies), changes, prints[0], prints[-1])
