"""Tests of calls run over memory and over a file."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.unit.engine.rig import Rig
from tests.unit.engine.world import World


@pytest_asyncio.fixture(params=["memory", "sqlite"])
async def rig(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Rig]:
    """Open engines over one place, with a valve before the disk."""
    rig = Rig(request.param, tmp_path)
    monkeypatch.setattr("podium.engine.engine.store_of", rig.store_of)
    yield rig
    await rig.close()


@pytest.fixture
def world(rig: Rig) -> World:
    """Return what the tools act on."""
    return rig.world
