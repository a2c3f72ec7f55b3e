"""A store on a real disk, whose clock the test moves."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from podium.asgi import IdempotencyStore
from podium.testing import FakeClock


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def store(tmp_path: Path, clock: FakeClock) -> Iterator[IdempotencyStore]:
    store = IdempotencyStore(tmp_path / "service.db", clock=clock)
    yield store
    store.close()
