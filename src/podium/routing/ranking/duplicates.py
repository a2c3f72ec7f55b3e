"""Tools that a ranking can not tell apart."""

from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

_AT_ONCE: Final = 1024


def alike(vectors: NDArray[np.float32], likeness: float) -> Iterator[tuple[int, int, float]]:
    """Yield each pair of rows whose inner product is at least `likeness`: the lower row, the higher, how like."""
    for begin in range(0, len(vectors), _AT_ONCE):
        block = vectors[begin : begin + _AT_ONCE] @ vectors[begin:].T
        for first, second in np.argwhere(block >= likeness):
            if first < second:
                yield begin + int(first), begin + int(second), float(block[first, second])
