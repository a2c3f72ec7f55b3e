"""One server for all of these tests; a queue, a worker and another side for each."""

import secrets
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from temporalio.client import Client

from podium.engine.clock import SystemClock
from podium.engine.registry import Registry
from podium.engine.resources import Resources
from podium.temporal.worker import Worker, WorkerSetting
from tests.integration.crash.outside import Outside
from tests.integration.temporal_runs.desk import Desk
from tests.integration.temporal_runs.flows import ALL
from tests.integration.temporal_runs.server import Server


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """Return the real server, with the search attributes that runs are listed by."""
    server = Server().start()
    yield server
    server.kill()


@pytest.fixture
def outside(tmp_path: Path) -> Outside:
    """Return the other side."""
    return Outside(tmp_path)


@pytest.fixture
async def client(server: Server) -> Client:
    """Return a client of this test's own event loop."""
    return await server.connect()


@pytest.fixture
def desk(client: Client) -> Desk:
    """Return a client of a queue that no other test serves."""
    return Desk(client, secrets.token_hex(4))


def worker_of(desk: Desk, outside: Outside) -> Worker:
    """Return a worker in this process, not yet open."""
    setting = WorkerSetting(
        registry=Registry(ALL.values()), provider=Resources([outside]), outbox=desk, clock=SystemClock()
    )
    return Worker(desk.client, desk.queue, setting)


@pytest.fixture
async def worker(desk: Desk, outside: Outside) -> AsyncIterator[Worker]:
    """Serve the queue."""
    async with worker_of(desk, outside) as worker:
        yield worker
