"""The default embedder: a table of word pieces, added up. No model runs; numpy is all it needs."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from podium.routing.embedding.table import Table, load
from podium.routing.embedding.unit import unit_rows
from podium.routing.embedding.word_pieces import WordPieces

FOLDER = Path(__file__).with_name("english")
"""The table that ships with Podium; NOTICE.md in it says what it was made from, and how."""


class StaticEmbedder:
    """An `Embedder` over a table: a text's vector is the sum of its pieces' vectors, made length 1.

    What is unknown to the vocabulary counts nothing. The order of words counts nothing either.
    """

    def __init__(self, table: Table) -> None:
        self.id = table.id
        self.dim = int(table.pieces.shape[1])
        self.languages = table.languages
        self._cutter = WordPieces(table.vocabulary)
        self._pieces = np.asarray(table.pieces)  # a plain view: a memmap is slower to index
        self._scales = table.scales

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return a vector for each text; see `Embedder.embed`."""
        found = np.zeros((len(texts), self.dim), np.float32)
        for row, text in enumerate(texts):
            numbers = self._cutter.numbers(text)
            if numbers:
                np.matmul(self._scales[numbers], self._pieces[numbers].astype(np.float32), out=found[row])
        return unit_rows(found)


@cache
def static_embedder() -> StaticEmbedder:
    """Return the embedder over the table that ships with Podium, loaded once in a process.

    Raises:
        DamagedEmbedderError: The table's files are missing or damaged.
    """
    return StaticEmbedder(load(FOLDER))
