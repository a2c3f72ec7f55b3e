"""What a ranking knows of a tool, and what it says of one."""

from collections.abc import Collection
from dataclasses import dataclass

from podium.routing.ranking.terms import words_of


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolCard:
    """What a ranking knows of a tool.

    Attributes:
        name: Unique in an index. Its words count three times as much as those of the description.
        description: What the tool is for.
        parameters: Names and descriptions of its parameters, as text.
        required: Parameters that a call must give.
        writes: Whether it may change something; a tool that writes is never explored.
        pinned: Offered whatever was asked, unless it is not admitted.
    """

    name: str
    description: str = ""
    parameters: str = ""
    required: frozenset[str] = frozenset()
    writes: bool = True
    pinned: bool = False

    @property
    def meaning(self) -> str:
        """The text whose vector stands for the tool."""
        return f"{words_of(self.name)}. {self.description} {self.parameters}"

    def is_callable_with(self, given: Collection[str]) -> bool:
        """Tell whether all that a call must give is among `given`."""
        return self.required.issubset(given)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """A tool that was offered, and why.

    Attributes:
        name: The tool.
        score: What it was ordered by: 0 to a little above 1, comparable within one ranking only.
        words: How well its words fit, where the best tool has 1.
        meaning: How well its vector fits, where the best tool has 1.
        record: What its past at this step made of it: 1 where nothing is known, less after failures.
        explored: Whether it was put first to learn about it.
    """

    name: str
    score: float
    words: float = 0.0
    meaning: float = 0.0
    record: float = 1.0
    explored: bool = False
