"""Grounds for what every engine must do."""

from pathlib import Path

import pytest

from podium.testing.conformance.engines import Stage
from tests.conformance.stages import RigStage
from tests.unit.engine.rig import make_file


@pytest.fixture(scope="session")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a database in which nothing has happened."""
    return make_file(tmp_path_factory.mktemp("file") / "podium.db")


@pytest.fixture(params=["memory", "sqlite"])
def stage(request: pytest.FixtureRequest, tmp_path: Path, file: Path) -> Stage:
    """Return the ground of an engine."""
    return RigStage(tmp_path, file=file if request.param == "sqlite" else None)
