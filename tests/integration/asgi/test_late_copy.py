"""A request that was held up on its way arrives after its write was sent again, and undone: nothing happens then."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar

import httpx
import pytest
from pydantic import BaseModel

import podium.http
from podium import END, FROM_ENGINE, START, Engine, IdempotencyKey, NotDone, Retry, StateMachine, step, tool
from podium.errors import RunCompensatedError
from podium.testing.clock import FakeClock
from tests.integration.asgi.conftest import Served
from tests.integration.asgi.service import World

pytestmark = pytest.mark.process

T = TypeVar("T")


class Order(BaseModel):
    url: str


@tool.write(idempotent=True, timeout=5, retry=Retry(attempts=3, base=0, cap=0))
async def charge(url: str, *, client: httpx.AsyncClient = FROM_ENGINE) -> int:
    reply = await client.post(f"{url}/outside", json={"amount": 1})
    return int(reply.raise_for_status().json()["charge"])


@charge.compensate
async def refund(charged: int, *, key: IdempotencyKey = FROM_ENGINE, world: World = FROM_ENGINE) -> None:
    world.add("refunded", f"{charged} {key}")


@step
async def ship(_order: Order) -> None:
    raise NotDone("sold out")


buying = StateMachine("buying", Order, START >> charge.state("pay", take={"url": "url"}) >> ship >> END)


class Network:
    """The way to a service, on which the first request is held up until it is let go.

    Attributes:
        requests: How many came.
        let_go: The first may go on.
        held: The reply to it.
    """

    def __init__(self, service: Served) -> None:
        self._port = int(service.url.rpartition(":")[2])
        self.requests = 0
        self.let_go = asyncio.Event()
        self.held: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length"))
        request = head.replace(b"keep-alive", b"close") + await reader.readexactly(int(length.partition(b":")[2]))
        self.requests += 1
        is_first = self.requests == 1
        if is_first:
            await self.let_go.wait()
        to_reader, to_writer = await asyncio.open_connection("127.0.0.1", self._port)
        to_writer.write(request)
        reply = await to_reader.read()
        to_writer.close()
        if is_first:
            self.held.set_result(reply)
        writer.write(reply)
        writer.close()

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[str]:
        server = await asyncio.start_server(self.carry, "127.0.0.1")
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        server.close()


async def test_late_copy_of_a_write_that_was_undone_changes_nothing(
    serve: Callable[..., Served], tmp_path: Path
) -> None:
    network, clock, world = Network(serve()), FakeClock(), World(tmp_path)

    @asynccontextmanager
    async def resources() -> AsyncIterator[tuple[object, ...]]:
        async with podium.http.client(trust_env=False) as client:
            yield client, world

    async with network.listening() as url, Engine("memory:", resources=resources, clock=clock) as engine:
        run = await engine.start(buying, Order(url=url))
        ended = asyncio.create_task(run.result())
        while not ended.done():
            await clock.advance(100 if network.requests < 2 else 0)
            await asyncio.wait([ended], timeout=0.001)  # the network needs real time
        with pytest.raises(RunCompensatedError, match="sold out"):
            await ended
        (key,) = world.said("charged")
        assert [said.split(" ")[0] for said in world.said("refunded")] == ["1"]
        network.let_go.set()
        late = await network.held
    assert late.startswith(b"HTTP/1.1 201")
    assert b"idempotent-replayed: true" in late.lower()
    assert world.said("charged") == [key], "it is the first answer once more, and no second charge"
