"""What a ranking is asked for."""

from collections.abc import Callable
from dataclasses import dataclass

from podium.routing.ranking.card import ToolCard
from podium.routing.ranking.record import ANY_STEP


def everybody(_: ToolCard) -> float:
    """Admit every tool."""
    return 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """How many tools are offered: all that score `share` of the best, but `least` to `most`; pinned ones besides."""

    share: float = 0.6
    least: int = 3
    most: int = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a ranking is asked for.

    Attributes:
        query: The sentence.
        step: Where the tool is wanted: what is known of tools at this step counts first.
        admits: Which share of rankings may offer a tool: 0 never, 1 always, between for one on probation. It is asked
            of those that fit best, until enough are found.
        cut: How many are offered.
        now_ms: In ms since 1970 UTC.
        chance: In [0, 1), drawn anew for each ranking: it lets in those on probation, and says when to explore. At the
            default nothing is explored, and whoever is on probation for less than half of the rankings is left out.
    """

    query: str
    step: str = ANY_STEP
    admits: Callable[[ToolCard], float] = everybody
    cut: Cut = Cut()
    now_ms: int = 0
    chance: float = 0.5
