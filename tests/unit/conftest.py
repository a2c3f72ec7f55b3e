"""Every test of the engine, and of calls, runs over memory and over a file."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.unit.engine.rig import Rig, make_file
from tests.unit.engine.world import World


@pytest.fixture(scope="session")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a database in which nothing has happened: copying one is faster than making it."""
    return make_file(tmp_path_factory.mktemp("file") / "podium.db")


@pytest_asyncio.fixture(params=["memory", "sqlite"])
async def rig(
    request: pytest.FixtureRequest, tmp_path: Path, file: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Rig]:
    """Open engines over one place, with a valve before the disk."""
    rig = Rig(tmp_path, file=file if request.param == "sqlite" else None)
    monkeypatch.setattr("podium.engine.url.store_of", rig.store_of)
    yield rig
    await rig.close()


@pytest.fixture
def world(rig: Rig) -> World:
    """Return what the tools act on."""
    return rig.world
