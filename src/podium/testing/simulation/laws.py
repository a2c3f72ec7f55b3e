"""What must hold of every simulated run, whatever went wrong in it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Self


class Law(StrEnum):
    """One promise. Of several that one run breaks, the first one here tells most.

    Attributes:
        words: What is promised.
        is_authors: It is the author's code that has to keep it.
    """

    words: str
    is_authors: bool

    def __new__(cls, name: str, words: str, is_authors: bool = False) -> Self:  # noqa: FBT001, FBT002  # a table
        """Make a member with its words."""
        member = str.__new__(cls, name)
        member._value_, member.words, member.is_authors = name, words, is_authors
        return member

    BUG = "bug", "no law of Podium's own is broken"
    ONCE = "once", "a write happens at most once"
    INTENT = "intent", "a write is on disk before it is sent, and what is sent are the bytes on disk"
    RESULT = "result", "a run that ends well gives what it gives when nothing goes wrong"
    SINGLE = "single", "no other write, and no other provider, is tried while a write is in doubt"
    UNDONE = "undone", "a run that fails or is cancelled has undone what it did, or is parked with what is left"
    KEPT = "kept", "what was acknowledged is not lost"
    TOLD = "told", "nothing is told before it is on disk"
    REPLAY = "replay", "the journal, folded again, is the run"
    DIVERGED = "diverged", "a step that is run again asks for the same write", True
    CODE = "code", "steps and tools use Podium as it is meant", True
    AWAITED = "awaited", "every call is awaited", True
    INVARIANT = "invariant", "the author's own laws hold", True
    ENDS = "ends", "a run ends, parks or waits for something that can come"


@dataclass(frozen=True, slots=True)
class Breach:
    """A law that did not hold.

    Attributes:
        law: Which.
        where: The step, the tool, or the name of the author's law.
        says: What was found, and what was expected.
    """

    law: Law
    where: str
    says: str
