"""What an embedder is: texts in, unit vectors out. Routers, rankings and users' own embedders meet here."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray


class Embedder(Protocol):
    """Texts become vectors whose inner product is their likeness. Any thread may call it, several at once.

    The same `id` always means the same vectors: what is kept of one embedder is refused by another.
    """

    @property
    def id(self) -> str:
        """Names the model and its version; whoever stores vectors stores it with them."""
        ...

    @property
    def dim(self) -> int:
        """Length of a vector."""
        ...

    @property
    def languages(self) -> frozenset[str]:
        """Languages it was made for, as ISO 639-1 codes."""
        ...

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return a vector for each text.

        Args:
            texts: Any text, empty ones included; none at all gives no rows.

        Returns:
            float32 of shape (texts, dim), in the order of the texts. Each row has length 1, or is all zero where a
            text holds no word that the embedder knows.
        """
        ...
