"""Values that are too long for the server: in a folder that all share, by what they are, and claimed by that name.

The server's history holds the name alone. A blob is written once, whole, and never changed, so that whoever holds its
name can read it. Where payloads are encrypted, so are blobs: the codec comes first.
"""

import asyncio
import hashlib
import os
from collections.abc import Sequence
from pathlib import Path

from temporalio.api.common.v1 import Payload
from temporalio.converter import (
    StorageDriver,
    StorageDriverClaim,
    StorageDriverRetrieveContext,
    StorageDriverStoreContext,
)

BYTES_MAX = 128 * 1024
"""A longer payload is a blob."""

_NAME = "sha256"


class BlobFolder(StorageDriver):
    """The folder. Blobs are never removed by Podium: the histories that name them may be kept for ever."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def name(self) -> str:
        """Return the name under which histories know it, wherever the folder is."""
        return "podium-blobs"

    async def store(self, context: StorageDriverStoreContext, payloads: Sequence[Payload]) -> list[StorageDriverClaim]:
        """Write payloads, and return when they are on disk."""
        del context
        return await asyncio.to_thread(lambda: [self._put(payload.SerializeToString()) for payload in payloads])

    async def retrieve(
        self, context: StorageDriverRetrieveContext, claims: Sequence[StorageDriverClaim]
    ) -> list[Payload]:
        """Read payloads; raise FileNotFoundError where the folder is not the one they were written to."""
        del context
        return await asyncio.to_thread(lambda: [self._get(claim.claim_data[_NAME]) for claim in claims])

    def _put(self, blob: bytes) -> StorageDriverClaim:
        name = hashlib.sha256(blob).hexdigest()
        path = self._path(name)
        if not path.is_file():
            path.parent.mkdir(parents=True, exist_ok=True)
            part = path.with_name(f"{name}.{os.getpid()}.{id(blob)}")
            with part.open("wb") as file:
                file.write(blob)
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
            _sync(path.parent)
        return StorageDriverClaim({_NAME: name})

    def _get(self, name: str) -> Payload:
        return Payload.FromString(self._path(name).read_bytes())

    def _path(self, name: str) -> Path:
        return self._folder / name[:2] / name


def _sync(folder: Path) -> None:
    """Let the new name survive a loss of power, as the blob itself does."""
    entry = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(entry)
    finally:
        os.close(entry)
