"""One file on a real disk, and a worker in the test's own process."""

import sqlite3
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from podium.sqlite.store import SqliteStore
from podium.testing.conformance.floor import Worker


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "podium.db"


@pytest.fixture
async def here(path: Path) -> AsyncIterator[Worker]:
    worker = Worker(SqliteStore(path))
    await worker.store.open(worker.heard)
    yield worker
    await worker.store.close()


@pytest.fixture
def beside(path: Path, here: Worker) -> Iterator[sqlite3.Connection]:
    """Another program's connection to the file."""
    assert here.store.worker_id
    connection = sqlite3.connect(path, isolation_level=None)
    yield connection
    connection.close()
