"""Guards: a service that is down is left alone for a while, then asked with one call, and answers in the end.

$ podium run examples/flaky.py city=Busan        (needs httpx)
$ podium breakers ls
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from httpx import AsyncClient
from pydantic import BaseModel

from podium import END, FROM_ENGINE, START, Breaker, Bulkhead, Rate, Retry, StateMachine, ToolFailed, step, tool

DOWN_FOR = 3
"""So many requests find the service down."""

ASKED: list[str] = []
"""What the service saw."""


@tool.read(
    retry=Retry(attempts=5, base=0.02),
    timeout=5,
    deadline=30,
    breaker=Breaker("fares", consecutive=3, open_for=0.1),
    bulkhead=Bulkhead(4),
    rate=Rate("fares", requests=50, per=1),
)
async def fare(city: str, *, client: AsyncClient = FROM_ENGINE) -> int:
    """Ask the service. What it answers says what becomes of the call: a 503 is tried again, a 404 is not."""
    reply = await client.get(f"/{city}")
    return int(reply.raise_for_status().text)


@step
async def guess(trip: "Trip") -> None:
    """Do without it."""
    trip.fare, trip.is_guess = 100, True


class Trip(BaseModel):
    """What the run works on."""

    city: str
    fare: int = 0
    is_guess: bool = False


asking = fare.state("asking", take={"city": "city"}, give="fare").on_error(ToolFailed, to=guess)
trip = StateMachine("trip", Trip, START >> asking >> END, guess >> END)


# ----- the service, which has its troubles


@asynccontextmanager
async def resources() -> AsyncIterator[AsyncClient]:
    """Run the service on a port of its own, and give tools a client of it."""
    server = await asyncio.start_server(_serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server, AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        yield client


async def _serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer one request as HTTP does."""
    head = await reader.readuntil(b"\r\n\r\n")
    ASKED.append(head.split()[1].decode())
    status = "503 Service Unavailable" if len(ASKED) <= DOWN_FOR else "200 OK"
    writer.write(f"HTTP/1.1 {status}\r\nContent-Length: 2\r\nConnection: close\r\n\r\n42".encode())
    await writer.drain()
    writer.close()
