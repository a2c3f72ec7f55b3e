"""The server where its store stalls, and where what is sent to it is out of the ordinary."""

import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from podium import Status
from tests.integration.server.exercises import until
from tests.integration.server.flows import WORKFLOWS
from tests.integration.server.serving import Served, served
from tests.integration.server.test_api import problem


@pytest.fixture
async def hasty(tmp_path: Path) -> AsyncIterator[Served]:
    """Serve the test's workflows, with little patience for verdicts."""
    async with served(f"sqlite:///{tmp_path / 'podium.db'}", tmp_path, WORKFLOWS, act_s=0.2) as found:
        yield found


@contextmanager
def held(file: Path) -> Iterator[None]:
    """Let nobody else write to a database."""
    connection = sqlite3.connect(file, isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        connection.close()


@pytest.mark.slow
async def test_what_is_not_on_disk_is_not_said_to_stay_asked(hasty: Served, tmp_path: Path) -> None:
    run = await hasty.client.start("checking", {"text": "x"}, id="kept")
    await until(run, Status.WAITING)
    with held(tmp_path / "podium.db"):
        answer = await hasty.post("/runs/kept/cancel", key="once")
        assert "Idempotency-Key" in problem(answer, 503, "store.unavailable")["detail"]
        bulk = (await hasty.post("/runs/bulk", {"act": "cancel", "ids": ["kept"]})).json()
        assert "stays asked" not in bulk["refused"]["kept"]
    await until(run, Status.CANCELLED)
    again = await hasty.post("/runs/kept/cancel", key="once")
    assert (again.status_code, again.json()["status"]) == (200, "cancelled")
