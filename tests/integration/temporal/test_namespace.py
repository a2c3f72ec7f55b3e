"""What a client finds out about a server, a namespace and its workers before it puts runs there."""

import sys

import pytest

from podium import Engine
from podium.errors import BadEngineUrlError, StoreUnavailableError
from podium.temporal.address import Address, address_of
from podium.temporal.connect import connect
from podium.temporal.readiness import alive, missing_attributes, namespace, register_attributes
from tests.integration.temporal.server import Server

pytestmark = pytest.mark.process


async def test_search_attributes_are_registered_once_and_found_there(server: Server, url: str) -> None:
    at = address_of(url)
    client = await connect(at)
    for _ in range(2):
        await register_attributes(client, at)
    assert await missing_attributes(client, at) == []
    assert await alive(client, at) == []
    assert (await namespace(client, at)).id


async def test_namespace_that_is_not_there_is_an_error_with_the_command_that_makes_it(server: Server) -> None:
    with pytest.raises(StoreUnavailableError, match="temporal operator namespace create .*--namespace nowhere"):
        async with Engine(f"temporal://{server.address}/nowhere"):
            pass


async def test_server_that_is_not_there_is_an_error_that_names_it() -> None:
    with pytest.raises(StoreUnavailableError, match="no Temporal server answers at 127.0.0.1:1:"):
        async with Engine("temporal://127.0.0.1:1/default"):
            pass


async def test_pruning_is_the_servers_business(url: str) -> None:
    engine = Engine(url)
    engine.retain(60)
    with pytest.raises(BadEngineUrlError, match="the Temporal namespace says"):
        async with engine:
            pass


async def test_without_the_extra_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ["temporalio", *sys.modules]:
        if name.partition(".")[0] == "temporalio":
            monkeypatch.setitem(sys.modules, name, None)
        elif name.startswith("podium.temporal"):
            monkeypatch.delitem(sys.modules, name)
    with pytest.raises(BadEngineUrlError, match=r"pip install 'podium\[temporal\]'"):
        async with Engine("temporal://host"):
            pass


@pytest.mark.parametrize(
    "url",
    [
        "temporal:",
        "temporal://",
        "temporal://host:x/a",
        "temporal://host/a/b",
        "temporal://h/a?qeue=x",
        "temporal://h?queue=",
        "temporal://h?heartbeat=soon",
    ],
)
def test_url_that_is_not_understood_is_refused(url: str) -> None:
    with pytest.raises(BadEngineUrlError, match="expected temporal://host:7233/namespace"):
        address_of(url)


def test_url_says_server_namespace_and_queue() -> None:
    assert address_of("temporal://host") == Address(server="host:7233")
    assert address_of("temporal://[::1]:7/my%20place?queue=q") == Address(
        server="[::1]:7", namespace="my place", queue="q"
    )
