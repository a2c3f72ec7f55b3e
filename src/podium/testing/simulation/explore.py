"""Which simulated runs are made: each fault alone, then two at a time, then more by lot, until the budget is spent."""

import random
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from podium.testing.simulation.director import Mishap
from podium.testing.simulation.lab import Lab, Verdict

PAIRS_SHARE = 0.6
"""Of what is left after the single faults, so much goes to pairs where they are too many; the rest is drawn by lot."""


@dataclass(slots=True, kw_only=True)
class Budget:
    """How much may be simulated.

    Attributes:
        runs: So many runs at most.
        seconds: So long at most; None for no limit.
    """

    runs: int
    seconds: float | None = None
    _began: float = field(default_factory=time.monotonic)

    def spent(self, lab: Lab) -> float:
        """Return the share that is spent."""
        by_runs = lab.runs / self.runs if self.runs else 1.0
        by_time = (time.monotonic() - self._began) / self.seconds if self.seconds else 0.0
        return max(by_runs, by_time)

    @property
    def elapsed_s(self) -> float:
        """How long it took so far."""
        return time.monotonic() - self._began


@dataclass(slots=True)
class Coverage:
    """How far the simulation got.

    Attributes:
        singles, singles_of: Runs with each fault alone, and how many there are.
        pairs, pairs_of: The same for two.
        by_lot: Runs with faults by lot.
    """

    singles: int = 0
    singles_of: int = 0
    pairs: int = 0
    pairs_of: int = 0
    by_lot: int = 0


def explore(lab: Lab, budget: Budget, coverage: Coverage, *, first_lot: int) -> Iterator[Verdict]:
    """Make runs until the budget is spent; each is given as it is made.

    Args:
        lab: Makes them.
        budget: How many.
        coverage: Is kept up to date.
        first_lot: The seed of the first run by lot; the next ones follow.
    """
    plain = lab.calibrate()
    yield plain
    firsts: list[tuple[Mishap, list[Mishap]]] = []
    singles = plain.ways_on()
    coverage.singles_of = len(singles)
    for mishap in singles:
        if budget.spent(lab) >= 1:
            return
        verdict = lab.play((mishap,))
        coverage.singles += 1
        firsts.append((mishap, verdict.ways_on() if verdict.script else []))
        yield verdict
    yield from _pairs(lab, budget, coverage, firsts)
    seed = first_lot
    while budget.spent(lab) < 1:
        yield lab.play(seed=seed, by_lot=True)
        coverage.by_lot += 1
        seed += 1


def _pairs(
    lab: Lab, budget: Budget, coverage: Coverage, firsts: list[tuple[Mishap, list[Mishap]]]
) -> Iterator[Verdict]:
    """Make runs with two faults, in an order that is the same each time and mixes them well."""
    pairs = [(first, second) for first, seconds in firsts for second in seconds]
    coverage.pairs_of = len(pairs)
    random.Random(0).shuffle(pairs)  # noqa: S311  # an order that can be repeated
    spent = budget.spent(lab)
    until = spent + (1 - spent) * PAIRS_SHARE
    if lab.runs + len(pairs) < budget.runs and budget.seconds is None:
        until = 1
    for pair in pairs:
        if budget.spent(lab) >= until:
            return
        yield lab.play(pair)
        coverage.pairs += 1
