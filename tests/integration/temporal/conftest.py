"""One Temporal server for all tests of a session; a test has a task queue, and run ids, of its own."""

import secrets
from collections.abc import Iterator

import pytest

from tests.integration.temporal.server import Server


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Return a running server."""
    server = Server(tmp_path_factory.mktemp("temporal") / "temporal.db")
    server.start()
    yield server
    server.kill()


@pytest.fixture
def url(server: Server) -> str:
    """Return an engine's URL with a task queue that nothing else is on."""
    return server.url(f"q-{secrets.token_hex(4)}")
