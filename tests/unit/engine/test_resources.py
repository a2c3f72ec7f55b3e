"""Tools and steps get what they ask for by type, or the step fails and says what there is."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from podium import END, FROM_ENGINE, START, Engine, StateMachine, step, tool
from podium.errors import RunFailedError
from tests.unit.engine.world import Trip


class Client:
    """A connection of some kind."""

    def __init__(self, name: str) -> None:
        self.name, self.is_open = name, True


class Proxy(Client):
    """A connection of a more special kind."""


class Other:
    """Something else."""


@tool.read
async def ask(what: str, *, client: Client = FROM_ENGINE) -> str:
    return f"{client.name} {what} {client.is_open}"


@step
async def search(trip: Trip, *, client: Client = FROM_ENGINE) -> None:
    trip.found = await ask("asks")
    trip.booked = client.name


machine = StateMachine("machine", Trip, START >> search >> END)


async def test_resource_is_found_by_its_type_among_several(tmp_path: Path) -> None:
    opened: list[Client] = []

    @asynccontextmanager
    async def resources() -> AsyncIterator[tuple[Other, Client]]:
        opened.append(client := Client("here"))
        yield Other(), client
        client.is_open = False

    async with Engine(f"sqlite:///{tmp_path / 'a.db'}", resources=resources) as engine:
        trip = await (await engine.start(machine, Trip())).result()
    assert (trip.found, trip.booked) == ("here asks True", "here")
    assert [client.is_open for client in opened] == [False]


async def test_subtype_will_do() -> None:
    @asynccontextmanager
    async def resources() -> AsyncIterator[Proxy]:
        yield Proxy("proxy")

    async with Engine("memory:", resources=resources) as engine:
        assert (await (await engine.start(machine, Trip())).result()).booked == "proxy"


async def test_missing_resource_fails_the_step_and_names_what_there_is() -> None:
    @asynccontextmanager
    async def resources() -> AsyncIterator[Other]:
        yield Other()

    async with Engine("memory:", resources=resources) as engine:
        with pytest.raises(RunFailedError, match=r"ResourceMissingError.*Client.*has: Other"):
            await (await engine.start(machine, Trip())).result()


async def test_engine_without_resources_says_so() -> None:
    async with Engine("memory:") as engine:
        with pytest.raises(RunFailedError, match="has: none"):
            await (await engine.start(machine, Trip())).result()
