"""What a tool was used for: the queries that it answered well, as text and as a vector."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from podium.routing.embedding.unit import unit_rows

KEPT: Final = 20
"""Queries of a tool that are kept as text, the latest; each is kept once."""
COUNTED_MAX: Final = 50
"""The mean leans on about so many: what a tool is used for may change."""
HALF: Final = 2
"""Queries that weigh as much as the description."""


@dataclass(frozen=True, slots=True)
class Usage:
    """The queries that one tool answered.

    Attributes:
        queries: The latest, oldest first.
        counted: How many the mean stands for, `COUNTED_MAX` at most.
        mean: The mean of their vectors; None before the first.
    """

    queries: tuple[str, ...] = ()
    counted: int = 0
    mean: NDArray[np.float32] | None = None

    def and_one(self, query: str, vector: NDArray[np.float32]) -> "Usage":
        """Return the usage with one more query, of which this is the vector."""
        queries = (*(known for known in self.queries if known != query), query)[-KEPT:]
        counted = min(self.counted + 1, COUNTED_MAX)
        mean = vector if self.mean is None else self.mean + (vector - self.mean) / np.float32(counted)
        return Usage(queries, counted, mean)

    def mixed(self, described: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the vector of a tool: that of its description, and more and more that of its use.

        It has length 1 again: a mean of many is short, and would lose against tools that were never used.
        """
        if self.mean is None:
            return described
        share = np.float32(self.counted / (self.counted + HALF))
        mixed: NDArray[np.float32] = share * self.mean + (1 - share) * described
        return unit_rows(mixed[None]).reshape(-1)
