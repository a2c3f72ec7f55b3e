"""Many clients that follow one run, or one list, over Server-Sent Events: how late they hear, and what they cost."""

from __future__ import annotations

import asyncio
import re
import time
from bisect import bisect_right
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from bench.meter import scratch
from bench.ours.chain import url_in
from bench.ours.flows import PAUSE_S, Walk, walking
from bench.ours.listed import fill
from bench.ours.served import Server, serving, share
from podium import Engine
from podium.core.events import Event

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

LISTED = 100_000
SECONDS = 20
CONNECTED_AT_ONCE = 50

_NEWS = re.compile(rb"id: (\d+)\nevent: news")
_RUNS = re.compile(rb"event: runs")
_TAIL = 40


class Listener(asyncio.Protocol):
    """A client that notes when it was told of which event."""

    def __init__(self, request: bytes, pattern: re.Pattern[bytes]) -> None:
        self._request, self._pattern = request, pattern
        self._tail = b""
        self.heard: list[tuple[float, int]] = []
        self.received = 0
        self.began = asyncio.get_running_loop().create_future()
        self.lost = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the stream."""
        assert isinstance(transport, asyncio.Transport)
        transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        """Note the number of the last event told of."""
        now_ms = time.time() * 1000
        self.received += len(data)
        text = self._tail + data
        for found in self._pattern.finditer(text):
            self.heard.append((now_ms, int(found.group(1)) if found.groups() else 0))
            if not self.began.done():
                self.began.set_result(None)
        self._tail = text[-_TAIL:] if not self._pattern.search(text[-_TAIL:]) else b""

    def connection_lost(self, exc: Exception | None) -> None:
        """Be done."""
        if not self.lost.done():
            self.lost.set_result(exc)


@asynccontextmanager
async def _listening(
    server: Server, path: str, *, clients: int, pattern: re.Pattern[bytes]
) -> AsyncIterator[list[Listener]]:
    """Connect so many clients to a stream, each of which has heard something, for the length of the block."""
    at = urlsplit(server.url)
    host, port = at.hostname or "", at.port or 0
    request = f"GET /api/v1{path} HTTP/1.1\r\nHost: {at.netloc}\r\nAccept: text/event-stream\r\n\r\n".encode()
    turn, transports, listeners = asyncio.Semaphore(CONNECTED_AT_ONCE), [], []

    async def connect() -> None:
        async with turn:
            make = asyncio.get_running_loop().create_connection
            transport, listener = await make(lambda: Listener(request, pattern), host, port)
            transports.append(transport)
            listeners.append(listener)
            await listener.began

    await asyncio.gather(*(connect() for _ in range(clients)))
    yield listeners
    for transport in transports:
        transport.abort()


def followed(*, clients: int) -> dict[str, float]:
    """Measure clients that follow a run which the server's own process moves."""
    return asyncio.run(_followed(clients, is_elsewhere=False))


def followed_elsewhere(*, clients: int) -> dict[str, float]:
    """Measure clients that follow a run which another process on the same file moves."""
    return asyncio.run(_followed(clients, is_elsewhere=True))


async def _followed(clients: int, *, is_elsewhere: bool) -> dict[str, float]:
    goal = int(SECONDS / PAUSE_S)
    with scratch() as folder, serving(url_in(folder)) as server:
        begun_mb = server.resident_mb()
        async with Engine(url_in(folder), recovers=False) as engine:
            if is_elsewhere:
                await engine.start(walking, Walk(goal=goal), id="walk")
            else:
                body = {"workflow": "walking", "input": {"goal": goal}, "id": "walk"}
                answer = await asyncio.to_thread(server.http.post, "/runs", json=body)
                assert answer.is_success, answer.text
            path = "/runs/walk/stream"
            async with _listening(server, path, clients=clients, pattern=_NEWS) as listeners:
                began, cpu_s, from_seq = time.perf_counter(), server.cpu_s(), max(one.heard[-1][1] for one in listeners)
                await asyncio.wait([one.lost for one in listeners])
                wall_s, cpu_s = time.perf_counter() - began, server.cpu_s() - cpu_s
                resident_mb = server.resident_mb()
            at = [event.at for _, event in await _events(engine, "walk")]
    late = sorted(late for one in listeners for late in _lateness(one, at, from_seq))
    assert all(one.heard[-1][1] == len(at) for one in listeners), "each was told of everything"
    return {
        "ms from event to client, p50": share(late, 0.5),
        "ms from event to client, p99": share(late, 0.99),
        "events/s of the run": len(at) / SECONDS,
        "batches/s to a client": sum(len(one.heard) for one in listeners) / clients / wall_s,
        "server CPU, share of a core": cpu_s / wall_s,
        "kB/s to a client": sum(one.received for one in listeners) / clients / wall_s / 1e3,
        "kB of server memory/client": (resident_mb - begun_mb) * 1e3 / clients,
    }


def _lateness(listener: Listener, at: list[int], from_seq: int) -> list[float]:
    """Return how many ms after each event, from a number on, a client was told of it."""
    times, numbers = [when for when, _ in listener.heard], [seq for _, seq in listener.heard]
    found = []
    for seq in range(from_seq + 1, len(at) + 1):
        heard = bisect_right(numbers, seq - 1)
        found.append(times[heard] - at[seq - 1])
    return found


async def _events(engine: Engine, run_id: str) -> list[tuple[int, Event]]:
    found: list[tuple[int, Event]] = []
    while batch := await engine.events(run_id, after=len(found)):
        found += batch
    return found


def listed(*, clients: int) -> dict[str, float]:
    """Measure clients that follow the list of very many runs, while a run moves in another process."""
    return asyncio.run(_listed(clients))


async def _listed(clients: int) -> dict[str, float]:
    with scratch() as folder:
        async with Engine(url_in(folder)):
            pass
        fill(folder / "podium.db", LISTED)
        with serving(url_in(folder)) as server:
            begun_mb = server.resident_mb()
            async with (
                Engine(url_in(folder), recovers=False) as engine,
                _listening(server, "/runs/stream", clients=clients, pattern=_RUNS) as listeners,
            ):
                before = [len(one.heard) for one in listeners]
                run = await engine.start(walking, Walk(goal=int(SECONDS / PAUSE_S)), id="walk")
                began, cpu_s = time.perf_counter(), server.cpu_s()
                await run.result()
                wall_s, cpu_s = time.perf_counter() - began, server.cpu_s() - cpu_s
                resident_mb = server.resident_mb()
                heard = sum(len(one.heard) for one in listeners) - sum(before)
    return {
        "batches/s to a client": heard / clients / wall_s,
        "server CPU, share of a core": cpu_s / wall_s,
        "kB of server memory/client": (resident_mb - begun_mb) * 1e3 / clients,
    }
