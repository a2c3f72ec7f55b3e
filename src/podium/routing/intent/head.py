"""The head: multinomial logistic regression over points, for any number of examples from one on.

Each route's name and description are one more example, so there is always one (docs/decisions/0095: measured, the
regression is ahead of centroids and of cosines at every number of examples, so there is no second head).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from podium.routing.intent.features import Floats, Ints, unit
from podium.routing.intent.lbfgs import Vector, minimise

_LOSS_WEIGHT = 30.0
"""How much the fit to the examples weighs against small weights: C of other libraries."""

_TOLERANCE, _ITERATIONS_MAX = 2e-2, 100
_OF_PROTOTYPES = np.float32(10.0)
"""Without earlier weights it begins with the prototypes so much enlarged: a third fewer iterations than from zero."""

_TINY = np.float32(1e-30)


@dataclass(frozen=True, slots=True)
class Head:
    """What was learned.

    Attributes:
        weights: float32 of shape (features, routes).
        bias: float32 of shape (routes,).
        prototypes: The middle of each route's points, of length 1: float32 of shape (features, routes).
    """

    weights: Floats
    bias: Floats
    prototypes: Floats

    def logits(self, points: Floats) -> Floats:
        """Return how much speaks for each route, float32 of shape (points, routes)."""
        return points @ self.weights + self.bias


def fit_head(points: Floats, labels: Ints, routes: int, *, start: Head | None = None) -> Head:
    """Learn from points.

    Args:
        points: float32 of shape (sentences, features).
        labels: The route of each.
        routes: How many there are; each has at least one point.
        start: Weights to begin with, of the same shape; they must not know points that the head is to be tested on.
    """
    features = points.shape[1]
    prototypes = prototypes_of(points, labels, routes)
    began = np.zeros((features + 1, routes), np.float32)
    if start is None:
        began[:-1] = _OF_PROTOTYPES * prototypes
    else:
        began[:-1], began[-1] = start.weights, start.bias
    loss = _Loss(np.hstack([points, np.ones((len(points), 1), np.float32)]), labels, routes)
    fitted = minimise(loss, began.ravel(), tolerance=_TOLERANCE, iterations_max=_ITERATIONS_MAX)
    weights = fitted.reshape(features + 1, routes)
    return Head(weights[:-1].copy(), weights[-1].copy(), prototypes)


def prototypes_of(points: Floats, labels: Ints, routes: int) -> Floats:
    """Return the middle of each route's points, of length 1, float32 of shape (features, routes)."""
    sums = np.zeros((routes, points.shape[1]), np.float32)
    np.add.at(sums, labels, points)
    return np.ascontiguousarray(unit(sums).T)


def softmax(logits: Floats) -> Floats:
    """Return rows of probabilities."""
    shifted = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(shifted / shifted.sum(axis=-1, keepdims=True), np.float32)


class _Loss:
    """Cross entropy, and half the squared length of the weights; the bias is free."""

    def __init__(self, points: Floats, labels: Ints, routes: int) -> None:
        self._points, self._labels, self._routes = points, labels, routes
        self._rows = np.arange(len(points))

    def __call__(self, flat: Vector) -> tuple[float, Vector]:
        weights = flat.reshape(-1, self._routes)
        odds = softmax(self._points @ weights)
        right: NDArray[np.float32] = np.maximum(odds[self._rows, self._labels], _TINY)
        odds[self._rows, self._labels] -= 1
        bounded = weights.copy()
        bounded[-1] = 0
        value = -_LOSS_WEIGHT * float(np.log(right).sum(dtype=np.float64)) + 0.5 * float((bounded * bounded).sum())
        gradient = np.float32(_LOSS_WEIGHT) * (self._points.T @ odds) + bounded
        return value, gradient.ravel()
