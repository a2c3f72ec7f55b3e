"""What a tool router says: the tools that fit, why, and which would have fitted and were left out."""

from collections.abc import Sequence
from dataclasses import dataclass

_SHOWN = 3


@dataclass(frozen=True, slots=True)
class ToolMatch:
    """A tool that fits.

    Attributes:
        name: The tool's.
        score: What it was ordered by: 0 to a little above 1, comparable within one choice only.
        why: In a few words.
    """

    name: str
    score: float
    why: str


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A tool that fits and may not, or can not, be called now.

    Attributes:
        name: The tool's.
        why: What keeps it out.
    """

    name: str
    why: str


@dataclass(frozen=True, slots=True)
class ToolChoice:
    """What is recorded of a choice.

    Attributes:
        query: What was wanted.
        matches: The tools that fit, best first.
        left_out: Those that were as near and were left out.
    """

    query: str
    matches: tuple[ToolMatch, ...]
    left_out: tuple[LeftOut, ...] = ()


class NoToolFits(Exception):  # noqa: N818  # an outcome of the author's world, named as on_error reads
    """A state was to call a tool, and none that fits can be called; nothing was done."""

    def __init__(self, query: str, left_out: Sequence[LeftOut]) -> None:
        shown = "; ".join(f"{one.name}: {one.why}" for one in left_out[:_SHOWN])
        super().__init__(f"no tool can be called for {query!r:.100}" + (f" ({shown})" if shown else ""))
