"""What a model is fitted on: the sentences of all routes in one order, whatever order their author wrote them in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from podium.routing.embedding.embedder import Embedder
from podium.routing.intent.features import (
    LEXICAL_SHARE,
    Floats,
    Ints,
    Space,
    vectors_of,
)
from podium.routing.intent.intent_errors import NoRoutesError, RouteNamesError
from podium.routing.intent.lexicon import Lexicon
from podium.routing.intent.script import readable
from podium.routing.intent.types import RouteSpec


@dataclass(frozen=True, slots=True)
class Corpus:
    """Sentences as they are learned: first the examples, route by route, then one label for each route.

    Attributes:
        names: Of the routes, ascending.
        texts: Readable sentences.
        vectors: Their embeddings, float32 of shape (sentences, dim).
        labels: The route of each, as its place in `names`.
        examples: How many of the sentences are examples.
    """

    names: tuple[str, ...]
    texts: tuple[str, ...]
    vectors: Floats
    labels: Ints
    examples: int

    def only(self, kept: Ints) -> Corpus:
        """Return a part of it; all labels of routes have to be kept."""
        texts = tuple(self.texts[at] for at in kept)
        examples = int(np.count_nonzero(kept < self.examples))
        return Corpus(self.names, texts, self.vectors[kept], self.labels[kept], examples)


def ordered(routes: Sequence[RouteSpec]) -> tuple[RouteSpec, ...]:
    """Return the routes by name, each with its examples in order and none twice.

    Raises:
        NoRoutesError: There are none.
        RouteNamesError: A name is empty or there twice.
    """
    if not routes:
        raise NoRoutesError
    by_name = {route.name: route for route in routes}
    if len(by_name) < len(routes) or not all(name.strip() for name in by_name):
        raise RouteNamesError([route.name for route in routes])
    return tuple(
        RouteSpec(name, by_name[name].description, tuple(sorted(set(by_name[name].examples))))
        for name in sorted(by_name)
    )


def corpus_of(routes: Sequence[RouteSpec], embedder: Embedder) -> Corpus:
    """Return the sentences of `ordered` routes; an example that says nothing is left out."""
    texts: list[str] = []
    labels: list[int] = []
    for at, route in enumerate(routes):
        own = sorted({text for text in map(readable, route.examples) if text})
        texts += own
        labels += [at] * len(own)
    examples = len(texts)
    texts += [label_of(route) for route in routes]
    labels += range(len(routes))
    names = tuple(route.name for route in routes)
    return Corpus(names, tuple(texts), vectors_of(texts, embedder), np.array(labels, np.intp), examples)


def label_of(route: RouteSpec) -> str:
    """Return a route's name and description as a sentence."""
    return readable(f"{route.name.replace('_', ' ').replace('-', ' ')} {route.description}")


def space_of(corpus: Corpus) -> Space:
    """Return where the sentences of a corpus become points."""
    return Space(Lexicon.of(corpus.texts), LEXICAL_SHARE)
