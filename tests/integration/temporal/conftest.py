"""One Temporal server for all tests of a session; a test has a task queue, and run ids, of its own.

What an engine is asked goes to `url`, with the workflows of `desk.py` or of `app.py.txt`. What the workflow itself is
asked goes through `bare`, with those of `flows.py`.
"""

import secrets
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from temporalio.client import Client

from podium.temporal.worker import Worker
from tests.integration.cli.terminal import Terminal
from tests.integration.crash.outside import Outside
from tests.integration.temporal.bare import BareClient
from tests.integration.temporal.desk import WORLD, World
from tests.integration.temporal.processes import Processes, processes
from tests.integration.temporal.server import Server
from tests.integration.temporal.worker import worker_of

APP = Path(__file__).with_name("app.py.txt")


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Return a running server."""
    server = Server(tmp_path_factory.mktemp("temporal") / "temporal.db")
    server.start()
    yield server
    server.kill()


@pytest.fixture
def mortal(tmp_path: Path) -> Iterator[Server]:
    """Return a server of this test alone, to be killed and started again."""
    server = Server(tmp_path / "temporal.db")
    server.start()
    yield server
    server.kill()


@pytest.fixture
def url(server: Server) -> str:
    """Return an engine's URL with a task queue that nothing else is on."""
    return server.url(f"q-{secrets.token_hex(4)}")


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """Return what the tools of `desk.py` act on."""
    monkeypatch.setenv(WORLD, str(tmp_path / "world"))
    return World(tmp_path / "world")


@pytest.fixture
def terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """Return a folder with `app.py`, to call `podium` in."""
    monkeypatch.setenv(WORLD, str(tmp_path))
    (tmp_path / "app.py").write_text(APP.read_text("utf-8"), "utf-8")
    return Terminal(tmp_path)


@pytest.fixture
def outside(tmp_path: Path) -> Outside:
    """Return the other side of `flows.py`."""
    return Outside(tmp_path)


@pytest.fixture
async def client(server: Server) -> Client:
    """Return a client of this test's own event loop."""
    return await server.connect()


@pytest.fixture
def bare(client: Client) -> BareClient:
    """Return a client of a queue that no other test serves."""
    return BareClient(client, secrets.token_hex(4))


@pytest.fixture
async def worker(bare: BareClient, outside: Outside) -> AsyncIterator[Worker]:
    """Serve that queue."""
    async with worker_of(bare.client, bare.queue, outside) as worker:
        yield worker


@pytest.fixture
def workers(server: Server, bare: BareClient) -> Iterator[Processes]:
    """Start workers of that queue as processes."""
    with processes(server.address, bare) as found:
        yield found
