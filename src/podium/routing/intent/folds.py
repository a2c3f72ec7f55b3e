"""Out-of-fold scores: what the model says of its own examples when it has not seen them.

Thresholds and reports come from these and never from scores of what was learned. Everything that is learned is learned
anew in each fold: weights of words, and the head.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from podium.routing.intent.corpus import Corpus, space_of
from podium.routing.intent.features import Floats, Ints
from podium.routing.intent.head import Head, fit_head
from podium.routing.intent.scoring import Evidence, scores_of, without

FOLDS = 5


@dataclass(frozen=True, slots=True)
class OutOfFold:
    """Scores of the examples, in their order in the corpus; names and descriptions are not among them.

    Attributes:
        labels: The route of each example.
        odds: Probabilities, float32 of shape (examples, routes).
        scope: float32 of shape (examples,).
        scope_without: The same if the example's own route were not there.
    """

    labels: Ints
    odds: Floats
    scope: Floats
    scope_without: Floats


def out_of_fold(corpus: Corpus) -> OutOfFold:
    """Score each example by a model that was fitted without it."""
    examples, routes = corpus.examples, len(corpus.names)
    labels = corpus.labels[:examples]
    fold_of = _folds(labels, routes)
    odds = np.zeros((examples, routes), np.float32)
    scope, scope_without = np.zeros(examples, np.float32), np.zeros(examples, np.float32)
    for fold in range(FOLDS):
        held = np.flatnonzero(fold_of == fold)
        if not len(held):
            continue
        kept = np.setdiff1d(np.arange(len(corpus.texts)), held)
        seen = corpus.only(kept)
        space = space_of(seen)
        head = fit_head(space.points(seen.texts, seen.vectors), seen.labels, routes)
        points = space.points([corpus.texts[at] for at in held], corpus.vectors[held])
        found = evidence(head, points, corpus.vectors[held], seen)
        odds[held], scope[held] = scores_of(found)
        if routes > 1:
            scope_without[held] = without(labels[held], found).scope
    return OutOfFold(labels, odds, scope, scope_without)


def evidence(head: Head, points: Floats, vectors: Floats, learned: Corpus) -> Evidence:
    """Return what a head and the sentences that it learned say of points, and of their embeddings."""
    likeness = vectors @ learned.vectors.T
    return Evidence(
        head.logits(points), points @ head.prototypes, likeness, learned.labels, np.asarray(vectors.any(axis=1))
    )


def _folds(labels: Ints, routes: int) -> Ints:
    """Return the fold of each example: each route's are dealt out in turn, each route beginning with another fold."""
    folds = np.zeros(len(labels), np.intp)
    for route in range(routes):
        own = np.flatnonzero(labels == route)
        folds[own] = (np.arange(len(own)) + route) % FOLDS
    return folds
