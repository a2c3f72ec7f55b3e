"""A store on a real disk, whose clock the test moves."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from podium.asgi import IdempotencyStore
from podium.testing import FakeClock
from tests.unit.asgi.exchange import Shop


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def store(tmp_path: Path, clock: FakeClock) -> Iterator[IdempotencyStore]:
    store = IdempotencyStore(tmp_path / "service.db", clock=clock)
    yield store
    store.close()


@pytest.fixture
def shop() -> Shop:
    return Shop()


@pytest.fixture
def beside(store: IdempotencyStore) -> Iterator[sqlite3.Connection]:
    """The service's own connection to the file, with a table for its effects."""
    store.prune()
    connection = sqlite3.connect(store.path, isolation_level=None)
    connection.execute("CREATE TABLE charges (key TEXT)")
    yield connection
    connection.close()
