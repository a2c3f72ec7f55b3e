"""What a fitted model is made of: arrays, laid out so that one sentence is scored in a few multiplications."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, replace

import numpy as np
from numpy.typing import NDArray

from podium.routing.intent.corpus import Corpus
from podium.routing.intent.features import Floats, Space
from podium.routing.intent.folds import OutOfFold
from podium.routing.intent.head import Head
from podium.routing.intent.lexicon import Row
from podium.routing.intent.thresholds import Thresholds
from podium.routing.intent.types import RouteSpec

_RANKED = 2


@dataclass(frozen=True, slots=True)
class Held:
    """What out-of-fold scores say of each example; for the report.

    Attributes:
        best: The two likeliest routes, int16 of shape (examples, 2); both the same where there is one route.
        odds: Their probabilities, float32 of the same shape.
        scope: float32 of shape (examples,).
    """

    best: NDArray[np.int16]
    odds: Floats
    scope: Floats

    @classmethod
    def of(cls, scores: OutOfFold) -> Held:
        """Keep what a report needs."""
        order = np.argsort(-scores.odds, axis=1, kind="stable")[:, :_RANKED]
        if order.shape[1] < _RANKED:
            order = np.repeat(order, _RANKED, axis=1)
        return cls(order.astype(np.int16), np.take_along_axis(scores.odds, order, axis=1), scores.scope)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A fitted model; nothing in it changes.

    Attributes:
        routes: By name, examples in order.
        embedder: Id and dimension of the embedder.
        space: Where sentences become points.
        dense: float32 of shape (dim, 2 × routes): weights, then prototypes, over the dense part of a point.
        lexical: The same over the lexical part, of shape (BUCKETS, 2 × routes).
        bias: float32 of shape (routes,).
        thresholds: What scores are held against.
        texts, owners: The examples as they were read, and the route of each.
        vectors: Embeddings of the examples, then of each route's label: float16 of shape (examples + routes, dim).
        held: What out-of-fold scores say of them.
        version: Hash of routes, weights and thresholds.
    """

    routes: tuple[RouteSpec, ...]
    embedder: tuple[str, int]
    space: Space
    dense: Floats
    lexical: Floats
    bias: Floats
    thresholds: Thresholds
    texts: tuple[str, ...]
    owners: NDArray[np.int16]
    vectors: NDArray[np.float16]
    held: Held
    version: str = ""

    def weigh(self, dense: Floats, lexical: Row) -> tuple[Floats, Floats]:
        """Return the logits of a point and its cosines to the prototypes, each of shape (routes,)."""
        at, values = lexical
        both = dense @ self.dense
        if len(at):
            both = both + values @ self.lexical[at]
        routes = len(self.routes)
        return both[:routes] + self.bias, both[routes:]

    def head(self) -> Head:
        """Return what was learned, as it was fitted."""
        both, routes = np.vstack([self.dense, self.lexical]), len(self.routes)
        return Head(both[:, :routes], self.bias, both[:, routes:])


def snapshot_of(
    routes: tuple[RouteSpec, ...],
    corpus: Corpus,
    fitted: tuple[Space, Head],
    judged: tuple[Thresholds, Held],
    *,
    embedder: tuple[str, int],
) -> Snapshot:
    """Lay out what was learned."""
    space, head = fitted
    both = np.hstack([head.weights, head.prototypes])
    dim = embedder[1]
    snapshot = Snapshot(
        routes,
        embedder,
        space,
        np.ascontiguousarray(both[:dim]),
        np.ascontiguousarray(both[dim:]),
        head.bias,
        judged[0],
        corpus.texts[: corpus.examples],
        corpus.labels[: corpus.examples].astype(np.int16),
        corpus.vectors.astype(np.float16),
        judged[1],
    )
    return replace(snapshot, version=_version(snapshot))


def _version(snapshot: Snapshot) -> str:
    space = snapshot.space
    said = [[asdict(route) for route in snapshot.routes], snapshot.embedder, asdict(snapshot.thresholds), space.share]
    found = hashlib.sha256(json.dumps(said).encode("ascii"))
    for array in (space.lexicon.idf, snapshot.dense, snapshot.lexical, snapshot.bias):
        found.update(np.ascontiguousarray(array).tobytes())
    return found.hexdigest()[:16]
