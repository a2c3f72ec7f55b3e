"""The dense half: a vector for each tool, and the likeness of all to a query's.

In a large index a short sketch of each vector, its coordinates along the directions in which the tools differ most,
chooses whom to look at: reading every vector in full is what a ranking would otherwise spend its time on.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

SKETCHED_FROM: Final = 20_000
"""Slots from which a sketch chooses first."""
SKETCH_DIM: Final = 64

_SAMPLE: Final = 4096
_FIRST: Final = 64


class DenseIndex:
    """Vectors by slot; a free slot has zeros."""

    def __init__(self, dim: int) -> None:
        self._vectors = np.zeros((_FIRST, dim), np.float32)
        self._axes: NDArray[np.float32] | None = None
        self._sketches = np.zeros((0, SKETCH_DIM), np.float32)

    def put(self, slot: int, vector: NDArray[np.float32]) -> None:
        """Put a vector of length at most 1 into a slot; zeros free it."""
        while slot >= len(self._vectors):
            self._vectors = np.concatenate([self._vectors, np.zeros_like(self._vectors)])
            self._axes = None
        self._vectors[slot] = vector
        if self._axes is not None:
            self._sketches[slot] = vector @ self._axes

    def likeness(self, query: NDArray[np.float32], slots: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the likeness of some slots to a query: 0 to 1; what points away counts 0."""
        found: NDArray[np.float32] = self._vectors[slots] @ query
        return np.maximum(found, 0)

    def likeness_of_all(self, query: NDArray[np.float32], *, slots: int) -> NDArray[np.float32]:
        """Return the likeness of all slots below `slots`."""
        found: NDArray[np.float32] = self._vectors[:slots] @ query
        return np.maximum(found, 0)

    def sketched(self, query: NDArray[np.float32], *, slots: int) -> NDArray[np.float32]:
        """Return about how like each slot below `slots` is; only the order of the best means something."""
        if self._axes is None:
            self._axes = _axes(self._vectors[:slots])
            self._sketches = self._vectors @ self._axes
        return self._sketches[:slots] @ (query @ self._axes)


def _axes(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the directions along which the vectors spread most, as columns."""
    sample = vectors[:: max(1, len(vectors) // _SAMPLE)]
    _, axes = np.linalg.eigh(sample.T @ sample)
    return np.ascontiguousarray(axes[:, -SKETCH_DIM:])
