"""Minimises a smooth convex function: limited-memory BFGS with backtracking.

Source: Nocedal & Wright, Numerical Optimization, algorithms 7.4 and 3.1.
"""

from collections import deque
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float32]
ValueAndGradient = Callable[[Vector], tuple[float, Vector]]

_MEMORY = 10
_DECREASE = 1e-4
_STEP_MIN = 1e-6
_CURVATURE_MIN = 1e-10


def minimise(function: ValueAndGradient, start: Vector, *, tolerance: float, iterations_max: int) -> Vector:
    """Return where `function` is least, nearly.

    Args:
        function: Gives value and gradient at a place; convex.
        start: Where to begin.
        tolerance: Stop where the gradient is this share of what it is at zero.
        iterations_max: Stop then in any case.
    """
    at, pairs = start, deque[tuple[Vector, Vector]](maxlen=_MEMORY)
    enough = tolerance * float(np.linalg.norm(function(np.zeros_like(start))[1]))
    value, gradient = function(at)
    for _ in range(iterations_max):
        if float(np.linalg.norm(gradient)) <= enough:
            break
        direction = _direction(gradient, pairs)
        slope = float(gradient @ direction)
        step = 1.0
        while True:
            there = at + np.float32(step) * direction
            value_there, gradient_there = function(there)
            if value_there <= value + _DECREASE * step * slope or step < _STEP_MIN:
                break
            step /= 2
        if step < _STEP_MIN:
            break
        moved, turned = there - at, gradient_there - gradient
        if float(moved @ turned) > _CURVATURE_MIN:
            pairs.append((moved, turned))
        at, value, gradient = there, value_there, gradient_there
    return at


def _direction(gradient: Vector, pairs: deque[tuple[Vector, Vector]]) -> Vector:
    """Return the way down: the gradient, as the last steps teach to bend it."""
    down: Vector = -gradient
    if not pairs:
        return _times(1 / max(1.0, float(np.linalg.norm(gradient))), down)
    shares: list[float] = []
    for moved, turned in reversed(pairs):
        share = float(moved @ down) / float(moved @ turned)
        shares.append(share)
        down = down - _times(share, turned)
    moved, turned = pairs[-1]
    down = _times(float(moved @ turned) / float(turned @ turned), down)
    for (moved, turned), share in zip(pairs, reversed(shares), strict=True):
        down = down + _times(share - float(turned @ down) / float(moved @ turned), moved)
    return down


def _times(factor: float, vector: Vector) -> Vector:
    return np.multiply(vector, np.float32(factor), dtype=np.float32)
