"""How tools did at each step: what is past counts less and less, and what is not the tool's doing counts nothing.

For each (tool, step) a Beta distribution of success, its counts halved with every half-life; a step at which little is
known leans on the tool as a whole, and a tool of which little is known on `PRIOR`. Latency and cost, means decayed in
the same way, are worth a little: they decide between tools that fit about equally.
"""

import math
from dataclasses import dataclass
from typing import Final

HALF_LIFE_MS: Final = 7 * 24 * 3600 * 1000
PRIOR: Final = (8.0, 1.0)
"""Successes and failures that a tool is taken to have had before it was ever used."""
LEANS: Final = 4.0
"""Calls at a step that weigh as much as all that is known of the tool elsewhere."""
WORTH: Final = 0.05
"""What the slowest, and again what the dearest, can lose."""
SLOW_MS: Final = 5_000.0
"""A latency that loses half of that."""
DEAR_MICROS: Final = 10_000.0
"""A cost, in millionths of a unit of money, that loses half of that."""

ANY_STEP: Final = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a call ended, as far as its tool is concerned.

    A call with bad arguments says nothing of the tool, nor does one that was called off: record none.

    Attributes:
        succeeded: Whether the tool did what it is for.
        latency_ms: How long it took.
        cost_micros: What it cost, in millionths of a unit of money.
        at_ms: When it ended, in ms since 1970 UTC.
    """

    succeeded: bool
    at_ms: int
    latency_ms: float = 0.0
    cost_micros: float = 0.0


@dataclass(slots=True)
class Tally:
    """Decayed counts, as of `at_ms`."""

    successes: float = 0.0
    failures: float = 0.0
    latency_ms: float = 0.0
    cost_micros: float = 0.0
    at_ms: int = 0

    @property
    def calls(self) -> float:
        """Calls, successes and failures."""
        return self.successes + self.failures

    def count(self, outcome: Outcome) -> None:
        """Count one more; one that comes late, after newer ones, counts as much as it still would."""
        self._decay(outcome.at_ms)
        weight = _decayed(max(0, self.at_ms - outcome.at_ms))
        self.successes += weight * outcome.succeeded
        self.failures += weight * (not outcome.succeeded)
        share = weight / self.calls
        self.latency_ms += share * (outcome.latency_ms - self.latency_ms)
        self.cost_micros += share * (outcome.cost_micros - self.cost_micros)

    def _decay(self, now_ms: int) -> None:
        if now_ms > self.at_ms:
            kept = _decayed(now_ms - self.at_ms)
            self.successes, self.failures, self.at_ms = self.successes * kept, self.failures * kept, now_ms


class TrackRecord:
    """What is known of tools at steps."""

    def __init__(self) -> None:
        self.tallies: dict[tuple[str, str], Tally] = {}

    def count(self, tool: str, step: str, outcome: Outcome) -> None:
        """Count a call for the tool at the step, and for the tool as a whole."""
        for key in {(tool, step), (tool, ANY_STEP)}:
            self.tallies.setdefault(key, Tally()).count(outcome)

    def forget(self, tool: str) -> None:
        """Forget all that is known of a tool."""
        for key in [key for key in self.tallies if key[0] == tool]:
            del self.tallies[key]

    def calls(self, tool: str, *, now_ms: int) -> float:
        """Return how many calls of a tool still count."""
        known = self.tallies.get((tool, ANY_STEP))
        return known.calls * _decayed(now_ms - known.at_ms) if known else 0.0

    def success(self, tool: str, step: str, *, now_ms: int) -> float:
        """Return how likely a call of the tool at the step succeeds."""
        overall = self._share(tool, ANY_STEP, PRIOR, now_ms)
        return (
            overall if step == ANY_STEP else self._share(tool, step, (LEANS * overall, LEANS * (1 - overall)), now_ms)
        )

    def worth(self, tool: str, step: str, *, now_ms: int) -> float:
        """Return what a tool's score is to be multiplied with: 1 where nothing is known, at most 1.125."""
        known = self.tallies.get((tool, step)) or self.tallies.get((tool, ANY_STEP))
        if known is None:
            return 1.0
        slow = known.latency_ms / (known.latency_ms + SLOW_MS)
        dear = known.cost_micros / (known.cost_micros + DEAR_MICROS)
        usual = PRIOR[0] / sum(PRIOR)
        return self.success(tool, step, now_ms=now_ms) / usual * (1 - WORTH * slow - WORTH * dear)

    def _share(self, tool: str, step: str, prior: tuple[float, float], now_ms: int) -> float:
        known = self.tallies.get((tool, step), Tally())
        kept = _decayed(max(0, now_ms - known.at_ms))
        return (prior[0] + kept * known.successes) / (sum(prior) + kept * known.calls)


def _decayed(age_ms: int) -> float:
    return math.pow(0.5, max(0, age_ms) / HALF_LIFE_MS)
