"""A table of word-piece vectors on disk: `pieces.npy`, `scales.npy`, `vocabulary.txt`; `table.json` vouches for all."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from podium.routing.embedding.embedding_errors import DamagedEmbedderError
from podium.routing.embedding.word_pieces import UNKNOWN

PIECES: Final = "pieces.npy"
SCALES: Final = "scales.npy"
VOCABULARY: Final = "vocabulary.txt"
MANIFEST: Final = "table.json"


@dataclass(frozen=True, slots=True)
class Table:
    """A vector for each piece of a vocabulary: row `pieces[i] * scales[i]` for `vocabulary[i]`.

    Attributes:
        id: Names the table; the same id is the same bytes.
        languages: ISO 639-1 codes.
        vocabulary: The pieces.
        pieces: int8 of shape (pieces, dim), read from disk as it is needed and shared with other processes.
        scales: float32 of shape (pieces,): the weight of a piece, and what its row was divided by.
    """

    id: str
    languages: frozenset[str]
    vocabulary: tuple[str, ...]
    pieces: NDArray[np.int8]
    scales: NDArray[np.float32]


def load(folder: Path) -> Table:
    """Read a table, and check it against its manifest.

    Raises:
        DamagedEmbedderError: A file is missing or is not the one that the manifest names.
    """
    try:
        manifest = json.loads((folder / MANIFEST).read_text("utf-8"))
        vocabulary = (folder / VOCABULARY).read_bytes()
        pieces = np.load(folder / PIECES, mmap_mode="r", allow_pickle=False)
        scales = np.load(folder / SCALES, allow_pickle=False)
        digest, table_id, languages = manifest["sha256"], manifest["id"], frozenset(manifest["languages"])
    except (OSError, ValueError, EOFError, KeyError, TypeError) as error:
        raise DamagedEmbedderError(folder, str(error)) from error
    if digest != sha256(vocabulary, pieces, scales):
        raise DamagedEmbedderError(folder, f"its files are not those that {MANIFEST} names")
    table = Table(table_id, languages, tuple(vocabulary.decode().split("\n")), pieces, scales)
    _check(table, folder)
    return table


def save(table: Table, folder: Path, *, made: dict[str, str]) -> None:
    """Write a table, and beside it how it was made."""
    vocabulary = "\n".join(table.vocabulary).encode()
    (folder / VOCABULARY).write_bytes(vocabulary)
    np.save(folder / PIECES, table.pieces, allow_pickle=False)
    np.save(folder / SCALES, table.scales, allow_pickle=False)
    digest = sha256(vocabulary, table.pieces, table.scales)
    manifest = {"id": table.id, "languages": sorted(table.languages), "sha256": digest, "made": made}
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=1, ensure_ascii=False) + "\n", "utf-8")


def sha256(vocabulary: bytes, pieces: NDArray[np.int8], scales: NDArray[np.float32]) -> str:
    """Return one checksum over all that a table holds."""
    sum_of_all = hashlib.sha256(vocabulary)
    sum_of_all.update(np.ascontiguousarray(pieces).data)
    sum_of_all.update(np.ascontiguousarray(scales).data)
    return sum_of_all.hexdigest()


def _check(table: Table, folder: Path) -> None:
    """A manifest may vouch for what is no table."""
    rows = len(table.vocabulary)
    fits = table.pieces.shape[:-1] == table.scales.shape == (rows,)
    if not fits or table.pieces.dtype != np.int8 or table.scales.dtype != np.float32:
        raise DamagedEmbedderError(folder, f"its vectors are not int8 and float32 for {rows} pieces")
    if UNKNOWN not in table.vocabulary:
        raise DamagedEmbedderError(folder, f"its vocabulary has no {UNKNOWN}")
