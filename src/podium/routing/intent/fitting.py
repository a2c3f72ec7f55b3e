"""From routes to a snapshot."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from podium.routing.embedding.embedder import Embedder
from podium.routing.intent.corpus import Corpus, corpus_of, ordered, space_of
from podium.routing.intent.features import Floats, Space
from podium.routing.intent.folds import evidence, out_of_fold
from podium.routing.intent.head import Head, fit_head
from podium.routing.intent.scoring import without
from podium.routing.intent.snapshot import Held, Snapshot, snapshot_of
from podium.routing.intent.thresholds import EXAMPLES_MIN, thresholds_of, thresholds_unknown
from podium.routing.intent.types import RouteSpec


def fit(routes: Sequence[RouteSpec], embedder: Embedder, *, start: Snapshot | None = None) -> Snapshot:
    """Learn the routes; the same routes in any order give the same snapshot.

    Args:
        routes: At least one, each with a name of its own.
        embedder: Turns sentences into vectors.
        start: Whose weights to begin with; only how long it takes depends on it, nearly.

    Raises:
        NoRoutesError: There are none.
        RouteNamesError: A name is empty or there twice.
    """
    sorted_routes = ordered(routes)
    corpus = corpus_of(sorted_routes, embedder)
    space = space_of(corpus)
    points = space.points(corpus.texts, corpus.vectors)
    began = _began(start, corpus, (embedder.id, embedder.dim))
    head = fit_head(points, corpus.labels, len(corpus.names), start=began)
    held = out_of_fold(corpus)
    if corpus.examples >= EXAMPLES_MIN:
        thresholds = thresholds_of(held)
    else:
        thresholds = thresholds_unknown(_labels_without(corpus, space, head))
    fitted = (space, head)
    return snapshot_of(sorted_routes, corpus, fitted, (thresholds, Held.of(held)), embedder=(embedder.id, embedder.dim))


def _labels_without(corpus: Corpus, space: Space, head: Head) -> Floats:
    """Return the scope of each route's label as if its route were not there."""
    if len(corpus.names) == 1:
        return np.zeros(1, np.float32)
    at = slice(corpus.examples, None)
    points = space.points(corpus.texts[at], corpus.vectors[at])
    return without(corpus.labels[at], evidence(head, points, corpus.vectors[at], corpus)).scope


def _began(start: Snapshot | None, corpus: Corpus, embedder: tuple[str, int]) -> Head | None:
    """Return the weights of an earlier model for the routes that it knows; zero for the others."""
    if start is None or start.embedder != embedder:
        return None
    old = start.head()
    place = {route.name: at for at, route in enumerate(start.routes)}
    known = [(at, place[name]) for at, name in enumerate(corpus.names) if name in place]
    weights = np.zeros((len(old.weights), len(corpus.names)), np.float32)
    bias = np.zeros(len(corpus.names), np.float32)
    for now, then in known:
        weights[:, now], bias[now] = old.weights[:, then], old.bias[then]
    return Head(weights, bias, weights)
