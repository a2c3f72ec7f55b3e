"""Errors of what embedders read from disk; a branch of the tree in `podium/errors.py`, which is full."""

from pathlib import Path
from typing import ClassVar

from podium.errors import StoreError


class DamagedEmbedderError(StoreError):
    """The files of an embedder are missing, damaged, or not those of one model; nothing was embedded.

    Attributes:
        place: The file or folder.
    """

    code: ClassVar[str] = "store.damaged_embedder"

    def __init__(self, place: Path, detail: str, *, package: str = "podium") -> None:
        super().__init__(f"the embedder in {place} can not be used: {detail}; install {package} again")
        self.place = place
