"""Sentences as points: what an embedder makes of them, beside the words they hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from podium.routing.embedding.embedder import Embedder
from podium.routing.intent.lexicon import Lexicon, Row
from podium.routing.intent.script import is_foreign

Floats = NDArray[np.float32]
Ints = NDArray[np.intp]

LEXICAL_SHARE = 0.3
"""The lexical part of a point's squared length, where it has both parts."""
"""How much of the average variance is added in every direction: with ten examples a route most of them are noise."""


@dataclass(frozen=True, slots=True)
class Space:
    """Where sentences become points of length 1.

    Attributes:
        lexicon: Weighs words.
        share: The lexical part of a point's squared length, where it has both parts.
    """

    lexicon: Lexicon
    share: float

    def points(self, texts: Sequence[str], vectors: Floats) -> Floats:
        """Return the points of texts.

        Args:
            texts: Readable ones.
            vectors: Their embeddings; all zero where the embedder can not read the text.

        Returns:
            float32 of shape (texts, dim + BUCKETS).
        """
        dense = unit(vectors) * np.float32((1 - self.share) ** 0.5)
        return unit(np.hstack([dense, self.lexicon.matrix(texts) * np.float32(self.share**0.5)]))

    def point(self, text: str, vector: Floats) -> tuple[Floats, Row]:
        """Return the point of one text: its dense part, and what it fills of the lexical one."""
        at, values = self.lexicon.row(text)
        length = float(np.sqrt(vector @ vector))
        if not length:
            return vector, (at, values)
        if not len(at):
            return vector / np.float32(length), (at, values)
        return vector * np.float32((1 - self.share) ** 0.5 / length), (at, values * np.float32(self.share**0.5))


def unit(rows: Floats) -> Floats:
    """Return the rows with length 1; those of length 0 as they are."""
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.where(lengths > 0, lengths, 1), np.float32)


def vectors_of(texts: Sequence[str], embedder: Embedder) -> Floats:
    """Return embeddings of readable texts; zero for those in a script that the embedder does not know."""
    vectors = np.zeros((len(texts), embedder.dim), np.float32)
    known = [at for at, text in enumerate(texts) if not is_foreign(text, embedder.languages)]
    if known:
        vectors[known] = embedder.embed([texts[at] for at in known])
    return vectors
