"""A server that is killed and started again on its file: what was acknowledged is there, and who waits is told."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from podium import Engine, Status
from tests.integration.temporal.asking import until_waiting
from tests.integration.temporal.desk import WORLD, Order, World, paid, resources
from tests.integration.temporal.server import Server

pytestmark = [pytest.mark.process, pytest.mark.slow]


@pytest.fixture
def mortal(tmp_path: Path) -> Iterator[Server]:
    """Return a server of this test alone."""
    server = Server(tmp_path / "temporal.db")
    server.start()
    yield server
    server.kill()


async def test_runs_and_waits_outlive_a_server_that_is_killed(
    mortal: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(WORLD, str(tmp_path / "world"))
    async with Engine(mortal.url("q"), workflows=[paid], resources=resources) as engine:
        run = await engine.start(paid, Order())
        await until_waiting(run)
        result = asyncio.create_task(run.result())
        await asyncio.sleep(0)
        mortal.kill()
        signalled = asyncio.create_task(run.signal("payment", "cash"))
        await asyncio.to_thread(mortal.start)
        await asyncio.wait_for(signalled, 60)
        assert (await asyncio.wait_for(result, 60)).paid == "cash"
        assert (await run.status()).status is Status.COMPLETED
    assert len(World(tmp_path / "world").lines) == 1
