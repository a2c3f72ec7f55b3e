"""The lexical half of the features: words, pairs of words and parts of words, hashed into buckets and weighed: TF-IDF.

It knows names and terms that no embedder has seen, and scripts that an embedder can not read. Hashes are CRC-32, so
that a saved model means the same in every process.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from podium.routing.intent.script import is_dense, words

BUCKETS = 2048

_PARTS = (3, 4, 5)
_PARTS_DENSE = (1, 2, 3)
_WORDS_KEPT = 20_000
"""Words of which the buckets are remembered; then all are forgotten: no stream of odd words fills the memory."""

Floats = NDArray[np.float32]
Row = tuple[NDArray[np.intp], Floats]
"""The buckets that a text fills, ascending, and what is in each."""


class Lexicon:
    """Weighs buckets by how few of the texts that it was made of fill them; immutable but for a cache.

    Args:
        idf: Weight of each bucket, float32 of shape (BUCKETS,).
    """

    def __init__(self, idf: Floats) -> None:
        self.idf = idf
        self._of_word: dict[str, list[int]] = {}

    @classmethod
    def of(cls, texts: Sequence[str]) -> Lexicon:
        """Make one of readable texts."""
        blank = cls(np.ones(BUCKETS, np.float32))
        filled = np.zeros(BUCKETS)
        for text in texts:
            filled[blank.row(text)[0]] += 1
        return cls((np.log((1 + len(texts)) / (1 + filled)) + 1).astype(np.float32))

    def row(self, text: str) -> Row:
        """Return what a readable text fills, of length 1, or nothing where the text has no words."""
        counts = np.bincount(np.array(self._buckets(text), np.intp), minlength=BUCKETS)
        at = counts.nonzero()[0]
        values = np.log1p(counts[at].astype(np.float32)) * self.idf[at]
        length = float(np.sqrt(values @ values))
        return at, values / length if length else values

    def matrix(self, texts: Sequence[str]) -> Floats:
        """Return the rows of texts, float32 of shape (texts, BUCKETS)."""
        rows = np.zeros((len(texts), BUCKETS), np.float32)
        for each, text in zip(rows, texts, strict=True):
            at, values = self.row(text)
            each[at] = values
        return rows

    def _buckets(self, text: str) -> list[int]:
        found: list[int] = []
        known = self._of_word
        before = ""
        for word in words(text):
            of_word = known.get(word)
            if of_word is None:
                if len(known) >= _WORDS_KEPT:
                    known.clear()
                of_word = known[word] = _buckets_of(word)
            found += of_word
            if before:
                found.append(_bucket(f"b {before} {word}"))
            before = word
        return found


def _buckets_of(word: str) -> list[int]:
    if is_dense(word):
        whole, lengths = word, _PARTS_DENSE
    else:
        whole, lengths = f"<{word}>", _PARTS
    parts = [whole[at : at + length] for length in lengths for at in range(len(whole) - length + 1)]
    return [_bucket(f"w {word}"), *(_bucket(f"c {part}") for part in parts)]


def _bucket(gram: str) -> int:
    return zlib.crc32(gram.encode("utf-8", "replace")) % BUCKETS
