"""Tools of an MCP server in workflows: journaled, guarded, in doubt and undone like any other tool."""

import asyncio
from typing import Any

import pytest
from pydantic import BaseModel

from podium import END, START, Approval, Dag, Engine, Handle, StateMachine, Status, node, step
from podium.agents.mcp import McpServer, resources
from podium.errors import RunCompensatedError, RunFailedError
from tests.integration.mcp.conftest import Desk
from tests.integration.mcp.served import INJECTED

pytestmark = pytest.mark.process


class Trip(BaseModel):
    city: str
    found: list[str] = []
    room: str = ""
    failure: str = ""


async def shows(run: Handle[Any], status: Status) -> None:
    """Wait until a run has a status."""
    async with asyncio.timeout(20):
        while (await run.status()).status is not status:
            await asyncio.sleep(0)


async def test_read_whose_server_dies_is_asked_again_of_a_new_one(server: McpServer, desk: Desk) -> None:
    @node
    async def asked(city: str) -> str:
        return str((await server["die_once"](city=city))["result"])

    asking = Dag("asking", Trip, asked, gives=asked)
    async with Engine("memory:", resources=resources(server)) as engine:
        run = await engine.start(asking, Trip(city="Busan"))
        assert await run.result() == "Busan"
    assert desk.lines("die_once") == ["die_once Busan"] * 2


async def test_write_whose_server_dies_is_in_doubt_and_never_sent_again(desk: Desk) -> None:
    server = McpServer(desk.manifest)
    booking = StateMachine("booking", Trip, START >> server["stuck"].state("book", take={"city": "city"}) >> END)
    async with Engine("memory:", resources=resources(server)) as engine:
        run = await engine.start(booking, Trip(city="Busan"))
        desk.kill(await desk.did("stuck"))
        await shows(run, Status.PARKED)
    assert len(desk.lines("stuck")) == 1


async def test_write_that_is_idempotent_on_the_authors_word_is_sent_again_with_its_key(desk: Desk) -> None:
    server = McpServer(desk.manifest)
    server.write("die_once", idempotent=True)
    booking = StateMachine("booking", Trip, START >> server["die_once"].state("book", take={"city": "city"}) >> END)
    async with Engine("memory:", resources=resources(server)) as engine:
        await (await engine.start(booking, Trip(city="Busan"))).result()
    assert desk.lines("die_once") == ["die_once Busan"] * 2


async def test_key_of_a_write_is_sent_along(desk: Desk) -> None:
    server = McpServer(desk.manifest)
    booking = StateMachine("booking", Trip, START >> server["book"].state("book", take={"city": "city"}) >> END)
    async with Engine("memory:", resources=resources(server)) as engine:
        await (await engine.start(booking, Trip(city="Busan"))).result()
    (line,) = desk.lines("book")
    assert len(line.split()[-1]) >= 16


async def test_write_with_a_compensation_is_undone(desk: Desk) -> None:
    server = McpServer(desk.manifest)

    @server.undo("book", by="unbook")
    def give_back(room: dict[str, str]) -> dict[str, str]:
        return {"room": room["result"]}

    @step
    async def fails(trip: Trip) -> None:
        raise ConnectionRefusedError(trip.city)

    booking = StateMachine(
        "booking", Trip, START >> server["book"].state("book", take={"city": "city"}) >> fails >> END
    )
    async with Engine("memory:", resources=resources(server)) as engine:
        with pytest.raises(RunCompensatedError):
            await (await engine.start(booking, Trip(city="Busan"))).result()
    assert desk.lines("unbook") == ["unbook a room in Busan"]


async def test_error_of_a_read_fails_it_for_good(desk: Desk) -> None:
    server = McpServer(desk.manifest, reads={"fail"})
    asking = StateMachine("asking", Trip, START >> server["fail"].state("ask", take={"city": "city"}) >> END)
    async with Engine("memory:", resources=resources(server)) as engine:
        with pytest.raises(RunFailedError, match="McpToolError") as failed:
            await (await engine.start(asking, Trip(city="Busan"))).result()
    assert failed.value.failure is not None
    assert failed.value.failure.kind.value == "permanent"


async def test_text_of_a_server_is_data(desk: Desk) -> None:
    server = McpServer(desk.manifest, reads={"injected"})

    @step
    async def keep(trip: Trip) -> None:
        trip.room = (await server["injected"](city=trip.city))["result"]

    keeping = StateMachine("keeping", Trip, START >> keep >> END)
    async with Engine("memory:", resources=resources(server)) as engine:
        ended = await (await engine.start(keeping, Trip(city="Busan"))).result()
    assert ended.room == INJECTED
    assert desk.lines("book") == []


async def test_arguments_that_do_not_fit_are_refused_before_anything_is_sent(server: McpServer, desk: Desk) -> None:
    @node
    async def asked(city: str) -> str:
        return str(await server["search"](pattern=city, limit="many"))

    asking = Dag("asking", Trip, asked, gives=asked)
    async with Engine("memory:", resources=resources(server)) as engine:
        with pytest.raises(RunFailedError, match="limit"):
            await (await engine.start(asking, Trip(city="Busan"))).result()
    assert desk.lines() == []


async def test_write_asks_first_where_the_author_says_so(desk: Desk) -> None:
    server = McpServer(desk.manifest)
    server.write("book", approve=Approval())
    booking = StateMachine("booking", Trip, START >> server["book"].state("book", take={"city": "city"}) >> END)
    async with Engine("memory:", resources=resources(server)) as engine:
        run = await engine.start(booking, Trip(city="Busan"))
        await shows(run, Status.WAITING)
    assert desk.lines("book") == []
