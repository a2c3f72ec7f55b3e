"""What happened in a simulated run, line by line; put into words only where somebody reads it."""

from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that happened.

    Attributes:
        at_ms: When, in virtual ms since the run began.
        who: To whom or where: a step's address, `engine 2`, `world`.
        what: In words, or something that `telling` has words for.
        is_fault: It was decided that it goes wrong.
    """

    at_ms: int
    who: str
    what: object
    is_fault: bool = False


@dataclass(slots=True)
class Story:
    """The lines of one run.

    Attributes:
        now_ms: Says what time it is.
        lines: What happened so far.
    """

    now_ms: Callable[[], int]
    lines: list[Line] = field(default_factory=list)

    def say(self, who: str, what: object, *, is_fault: bool = False) -> None:
        """Add a line."""
        self.lines.append(Line(self.now_ms(), who, what, is_fault))
