"""One server for all of these tests; a queue, a worker and another side for each."""

import secrets
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from temporalio.client import Client

from podium.temporal.worker import Worker
from tests.integration.crash.outside import Outside
from tests.integration.temporal_runs.desk import Desk
from tests.integration.temporal_runs.processes import Processes, processes
from tests.integration.temporal_runs.server import Server
from tests.integration.temporal_runs.worker import worker_of


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


@pytest.fixture
async def worker(desk: Desk, outside: Outside) -> AsyncIterator[Worker]:
    """Serve the queue."""
    async with worker_of(desk.client, desk.queue, outside) as worker:
        yield worker


@pytest.fixture
def workers(server: Server, desk: Desk) -> Iterator[Processes]:
    """Start workers as processes."""
    with processes(server.address, desk) as found:
        yield found
