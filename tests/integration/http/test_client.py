"""`podium.http.client()` puts the key of the current write on what it sends: over real sockets, in real runs."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
import pytest_asyncio
from pydantic import BaseModel

import podium.http
from podium import (
    END,
    FROM_ENGINE,
    START,
    Engine,
    IdempotencyKey,
    NotDone,
    OnFailure,
    Retry,
    StateMachine,
    Status,
    Verb,
    tool,
)
from podium.core import events as ev
from podium.testing.clock import START_MS, FakeClock
from tests.integration.http.server import Server
from tests.unit.telemetry.seen import Seen

AT_ONCE = Retry(attempts=3, base=0, cap=0)


class Trip(BaseModel):
    url: str
    said: str = ""


@pytest_asyncio.fixture
async def server() -> AsyncIterator[Server]:
    made = Server()
    listening = await asyncio.start_server(made.serve, "127.0.0.1")
    made.url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
    yield made
    listening.close()


@asynccontextmanager
async def clients() -> AsyncIterator[tuple[object, ...]]:
    async with podium.http.client() as client:
        with podium.http.sync_client() as plain:
            yield client, plain


@tool.write(idempotent=True, retry=AT_ONCE)
async def order(url: str, *, client: httpx.AsyncClient = FROM_ENGINE) -> str:
    (await client.post(f"{url}/orders", json={"n": 1})).raise_for_status()
    return "posted"


@order.compensate
async def cancel(said: str, *, client: httpx.AsyncClient = FROM_ENGINE) -> None:
    await client.delete(f"{URL[0]}/orders/{said}")


@tool.write(idempotent=True, retry=AT_ONCE)
def order_in_a_thread(url: str, *, client: httpx.Client = FROM_ENGINE) -> str:
    client.post(f"{url}/orders", json={"n": 1}).raise_for_status()
    return "posted"


@tool.write(idempotent=True, retry=AT_ONCE)
async def several(url: str, *, client: httpx.AsyncClient = FROM_ENGINE) -> str:
    """Leaves the first request out when it was made before."""
    if (await client.get(f"{url}/customers")).status_code != httpx.codes.OK:
        await client.post(f"{url}/customers")
    for n in (1, 2, 2):
        await client.post(f"{url}/orders", json={"n": n})
    (await client.put(f"{url}/orders/1")).raise_for_status()
    return "done"


@tool.write(idempotent=True, retry=AT_ONCE)
async def own_header(url: str, *, client: httpx.AsyncClient = FROM_ENGINE) -> str:
    await client.post(f"{url}/orders", headers={"Idempotency-Key": "mine"})
    return "done"


@tool.write(idempotent=True, retry=AT_ONCE, timeout=20)
async def hurried(url: str, *, client: httpx.AsyncClient = FROM_ENGINE) -> str:
    await client.post(f"{url}/orders")
    return "done"


async def late(url: str, clock: FakeClock, client: httpx.AsyncClient) -> str:
    await clock.sleep(300)
    await client.get(f"{url}/orders")
    return "seen"


@tool.read(timeout=5)
async def bound_by_its_run(url: str, *, clock: FakeClock = FROM_ENGINE, client: httpx.AsyncClient = FROM_ENGINE) -> str:
    return await late(url, clock, client)


@tool.read(timeout=5, deadline=1)
async def bound_by_itself(url: str, *, clock: FakeClock = FROM_ENGINE, client: httpx.AsyncClient = FROM_ENGINE) -> str:
    return await late(url, clock, client)


@tool.read(timeout=20)
async def look(url: str, *, client: httpx.AsyncClient = FROM_ENGINE) -> str:
    await client.get(f"{url}/orders")
    await client.post(f"{url}/search", json={"q": "x"})
    return "seen"


@tool.write(retry=AT_ONCE)
async def asked(url: str, *, client: httpx.AsyncClient = FROM_ENGINE) -> str:
    (await client.post(f"{url}/orders")).raise_for_status()
    return "posted"


@asked.reconcile
async def find(url: str, *, key: IdempotencyKey = FROM_ENGINE, client: httpx.AsyncClient = FROM_ENGINE) -> str | None:
    await client.post(f"{url}/search", json={"key": key})
    return "found"


@tool.write(idempotent=True, irreversible=True)
async def refused(url: str) -> str:
    raise NotDone(url)


URL: list[str] = [""]


def machine(*tools: Any, compensates: bool = False) -> StateMachine[Trip]:
    chain = START
    for what in tools:
        chain = chain >> what.state(what.name, take={"url": "url"}, give="said")
    on_failure = OnFailure.COMPENSATE if compensates else OnFailure.STOP
    return StateMachine("calls", Trip, chain >> END, on_failure=on_failure)  # type: ignore[operator]  # as above


async def journal(what: StateMachine[Trip], server: Server) -> list[ev.WriteIntended]:
    """Run it to its end and return the intents of its writes."""
    URL[0] = server.url
    async with Engine("memory:", resources=clients) as engine:
        run = await engine.start(what, Trip(url=server.url))
        while not (await run.status()).status.is_terminal:
            await asyncio.sleep(0)
        events = [event for _, event in await engine.events(run.id)]
    return [event for event in events if isinstance(event, ev.WriteIntended)]


@pytest.mark.parametrize("what", [order, order_in_a_thread], ids=["async", "thread"])
async def test_write_is_sent_under_its_key_in_every_attempt(server: Server, what: Any) -> None:
    server.answers = [None, 503]
    (intent,) = await journal(machine(what), server)
    assert server.keys() == [intent.key] * 3


async def test_each_request_has_its_own_key_and_has_it_again_when_others_are_left_out(server: Server) -> None:
    server.answers = [404, 201, 201, 201, 201, 503]
    (intent,) = await journal(machine(several), server)
    key = intent.key
    sent = [(request.method, request.path, request.key) for request in server.seen]
    orders = [("POST", "/orders", key), ("POST", "/orders", f"{key}-2"), ("POST", "/orders", f"{key}-2")]
    first = [("GET", "/customers", None), ("POST", "/customers", key), *orders, ("PUT", "/orders/1", key)]
    again = [("GET", "/customers", None), *orders, ("PUT", "/orders/1", key)]
    assert sent == first + again


async def test_key_that_the_author_set_is_left_alone(server: Server) -> None:
    await journal(machine(own_header), server)
    assert server.keys() == ["mine"]


async def test_reads_and_reconcile_get_no_key(server: Server) -> None:
    server.answers = [200, 200, None]
    await journal(machine(look, asked), server)
    assert [(request.path, request.key is None) for request in server.seen] == [
        ("/orders", True),
        ("/search", True),
        ("/orders", False),
        ("/search", True),
    ]


async def test_compensation_is_sent_under_its_own_key(server: Server) -> None:
    done, *_, undone = await journal(machine(order, refused, compensates=True), server)
    assert (undone.tool, server.keys(), server.keys("DELETE")) == ("cancel", [done.key], [undone.key])
    assert done.key != undone.key


async def test_redirected_write_keeps_its_key(server: Server) -> None:
    server.answers = ["/elsewhere"]
    (intent,) = await journal(machine(followed), server)
    assert [(request.path, request.key) for request in server.seen] == [
        ("/orders", intent.key),
        ("/elsewhere", intent.key),
    ]


@tool.write(idempotent=True)
async def followed(url: str, *, client: httpx.AsyncClient = FROM_ENGINE) -> str:
    (await client.post(f"{url}/orders", follow_redirects=True)).raise_for_status()
    return "done"


async def test_other_side_is_told_how_much_time_is_left(server: Server) -> None:
    await journal(machine(hurried, look, order), server)
    timed, reads, untimed = server.seen[0], server.seen[1:3], server.seen[3]
    assert 19_000 < int(timed.headers["podium-remaining-ms"]) <= 20_000
    assert all(0 < int(read.headers["podium-remaining-ms"]) <= 20_000 for read in reads)
    assert "podium-remaining-ms" not in untimed.headers


@pytest.mark.parametrize(("what", "deadline"), [(bound_by_its_run, 1), (bound_by_itself, 60)])
async def test_what_is_told_is_what_the_outer_deadline_leaves_when_it_is_sent(
    server: Server, what: Any, deadline: float
) -> None:
    clock = FakeClock()

    @asynccontextmanager
    async def resources() -> AsyncIterator[tuple[object, ...]]:
        async with podium.http.client() as client:
            yield client, clock

    chain = START >> what.state("late", take={"url": "url"}) >> END
    async with Engine("memory:", resources=resources, clock=clock) as engine:
        run = await engine.start(StateMachine("late", Trip, chain, deadline=deadline), Trip(url=server.url))
        ended = asyncio.create_task(run.result())
        while not server.seen and clock.now_ms() < START_MS + 1_000:
            await clock.advance(10)
            await asyncio.wait([ended], timeout=0.001)  # a request needs real time
        await ended
    left_ms = int(server.seen[0].headers["podium-remaining-ms"])
    assert 1_000 - 50 - 310 <= left_ms <= 1_000 - 50 - 300, (
        "of five seconds one is left, less a reserve and what is gone"
    )


async def test_nothing_is_put_on_requests_outside_of_a_tool(server: Server) -> None:
    async with podium.http.client(base_url=server.url, headers={"x-own": "1"}) as client:
        await client.post("/orders")
        async with client.stream("POST", "/orders") as reply:
            await reply.aread()
    assert server.keys() == [None, None]
    assert server.seen[0].headers["x-own"] == "1"


async def test_streamed_bodies_are_told_apart_by_their_order(server: Server) -> None:
    (intent,) = await journal(machine(streams), server)
    assert server.keys() == [intent.key, f"{intent.key}-2"]


@tool.write(idempotent=True)
async def streams(url: str, *, client: httpx.AsyncClient = FROM_ENGINE) -> str:
    async def parts() -> AsyncIterator[bytes]:
        yield b"x"

    for _ in range(2):
        await client.post(f"{url}/orders", content=parts(), headers={"content-length": "1"})
    return "done"


async def test_write_that_is_sent_again_by_a_person_has_its_key_again(server: Server) -> None:
    server.answers = [None]
    async with Engine("memory:", resources=clients) as engine:
        run = await engine.start(machine(bare), Trip(url=server.url))
        while (await run.status()).status is not Status.PARKED:
            await asyncio.sleep(0)
        await run.resolve("bare", Verb.SEND_AGAIN)
        await run.result()
    first, second = server.keys()
    assert first == second is not None


@tool.write(retry=AT_ONCE)
async def bare(url: str, *, client: httpx.AsyncClient = FROM_ENGINE) -> str:
    (await client.post(f"{url}/orders")).raise_for_status()
    return "posted"


def test_missing_extra_is_named() -> None:
    code = "import sys; sys.modules['httpx'] = None; import podium.http"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False, text=True)
    assert ended.stderr.splitlines()[-1] == (
        "ModuleNotFoundError: podium.http needs httpx, which is in an extra of its own: pip install 'podium[http]'"
    )


async def test_request_says_which_span_it_is_sent_in_and_the_next_try_says_the_same(server: Server) -> None:
    seen = Seen()
    server.answers[:] = [503]
    booking = StateMachine("booking", Trip, START >> order.state("order", take={"url": "url"}, give="said") >> END)
    URL[:] = [server.url]
    async with seen.engine(resources=clients) as engine:
        await (await engine.start(booking, Trip(url=server.url))).result()
    span = seen.named("execute_tool order")
    assert span.context is not None
    wanted = f"00-{span.context.trace_id:032x}-{span.context.span_id:016x}-01"
    assert [request.headers["traceparent"] for request in server.seen] == [wanted, wanted]
