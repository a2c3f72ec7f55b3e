"""A server of each test's own, over SQLite."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from podium.demo.visit import trip
from tests.integration.server.flows import WORKFLOWS, WORLD
from tests.integration.server.serving import Served, served


@pytest.fixture(autouse=True)
def world() -> None:
    """Begin with a whole and empty world."""
    WORLD.__init__()  # type: ignore[misc]  # it is emptied in place: workflows hold it


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Served]:
    """Serve the test's workflows."""
    async with served(f"sqlite:///{tmp_path / 'podium.db'}", tmp_path, (*WORKFLOWS, trip), demo="trip") as found:
        yield found
