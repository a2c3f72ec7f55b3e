"""Streams over HTTP: from the first event to the end, from where a client left off, for as long as it is there."""

import asyncio
import sys
from collections.abc import Callable
from contextlib import closing

import pytest

from podium import Approve, Engine
from podium.core import events as ev
from podium.effects.ports import Token
from podium.server import serving
from podium.server.live import sse
from podium.server.serving import Listening
from tests.inside import inner
from tests.integration.server.flows import Note, checking, counting
from tests.integration.server.serving import Served
from tests.integration.server.streams import connected, deaf, listening


async def begun(server: Served, text: str = "good?") -> str:
    """Start a run over HTTP that waits for its reader; return its id."""
    answer = await server.post("/runs", {"workflow": "checking", "input": {"text": text}})
    assert answer.is_success, answer.text
    run_id: str = answer.json()["id"]
    await asked(server.engine, run_id)
    return run_id


async def asked(engine: Engine, run_id: str) -> None:
    """Wait until the run asks its question."""
    async for _, event in (await engine.get(run_id)).events():
        if isinstance(event, ev.TaskOpened):
            return


async def until(holds: Callable[[], bool]) -> None:
    """Look again and again."""
    while not holds():
        await asyncio.sleep(0)


async def test_stream_tells_what_is_done_over_http_until_the_end(server: Served) -> None:
    run_id = await begun(server)
    async with listening(server, f"/runs/{run_id}/stream") as stream:
        assert stream.answer.headers["content-type"].startswith("text/event-stream")
        assert stream.answer.headers["cache-control"] == "no-store"
        first = await stream.next()
        assert first is not None
        answer = {"run_id": run_id, "path": "check", "answer": {"choice": "approve"}}
        assert (await server.post("/tasks/answer", answer)).is_success
        rest = await stream.rest()
    page = await server.get(f"/runs/{run_id}/journal")
    told = [row for heard in (first, *rest[:-1]) for row in heard.data["journal"]]
    assert told == page["rows"]
    assert rest[-2].id == page["total"]
    assert (rest[-1].event, rest[-1].data["status"]) == ("end", "completed")


async def test_browser_that_comes_back_goes_on_behind_the_last_id_it_saw(server: Served) -> None:
    run_id = await begun(server)
    async with listening(server, f"/runs/{run_id}/stream", after=1) as stream:
        first = await stream.next()
    assert first is not None
    assert first.id is not None
    await (await server.engine.get(run_id)).answer("check", Approve())
    async with listening(server, f"/runs/{run_id}/stream", last=first.id, after=1) as stream:
        again = await stream.rest()
    assert next(row["seq"] for row in again[0].data["journal"]) == first.id + 1
    assert not again[0].data["patch"]["resets"]


@pytest.mark.parametrize("last", ["-1", "1e3", "²", "9" * 30, "<script>"])
async def test_last_id_that_is_none_is_as_if_none_was_said(server: Served, last: str) -> None:
    run_id = await begun(server)
    headers = {b"Last-Event-ID": last.encode()}
    async with server.http.stream("GET", f"/runs/{run_id}/stream", headers=headers) as answer:
        assert answer.is_success
        text = await anext(answer.aiter_text())
    assert text.startswith("retry: ")


async def test_stream_of_no_run_is_a_problem(server: Served) -> None:
    for path in ("/runs/none/stream", "/runs/none/tokens"):
        answer = await server.http.get(path)
        assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")
    assert server.app.service.live.runs.count == 0


async def test_head_of_a_stream_is_answered_at_once(server: Served) -> None:
    run_id = await begun(server)
    for path in (f"/runs/{run_id}/stream", "/runs/stream"):
        answer = await server.http.head(path)
        assert answer.headers["content-type"].startswith("text/event-stream")
    assert server.app.service.live.runs.count == server.app.service.live.lists.count == 0


async def test_run_that_another_worker_goes_on_with_is_followed(server: Served) -> None:
    async with Engine(server.engine.url, workflows=[checking]) as other:
        run = await other.start(checking, Note(text="theirs"))
        await asked(other, run.id)
        async with listening(server, f"/runs/{run.id}/stream") as stream:
            first = await stream.next()
            assert first is not None
            assert first.data["run"]["owner"] != server.engine.worker_id
            await run.answer("check", Approve())
            assert (await stream.rest())[-1].event == "end"


async def test_list_stream_has_what_moves_and_the_badges(server: Served) -> None:
    await (await server.engine.start(counting, Note(text="a b"))).result()
    async with listening(server, "/runs/stream", workflow="checking") as stream:
        first = await stream.next()
        assert first is not None
        assert first.data["changed"] == []
        assert set(first.data["counts"]["by_status"].values()) == {0}
        run_id = await begun(server)
        stood: dict[str, str] = {}
        tasks = 0
        while (stood, tasks) != ({run_id: "waiting"}, 1):
            heard = await stream.next()
            assert heard is not None
            stood |= {row["id"]: row["status"] for row in heard.data["changed"]}
            tasks = heard.data["tasks"]
    await until(lambda: server.app.service.live.lists.count == 0)


async def test_client_that_has_gone_is_noticed_and_what_it_followed_is_forgotten(server: Served) -> None:
    run_id = await begun(server)
    async with listening(server, f"/runs/{run_id}/stream") as stream:
        await stream.next()
        assert server.app.service.live.runs.count == 1
    await until(lambda: server.app.service.live.runs.count == 0)


async def test_client_that_reads_nothing_is_let_go(server: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sse, "SEND_MS_MAX", 50)
    run_id = await begun(server)
    live, watchers = server.app.service.live, inner(server.engine).host.watchers
    with closing(await deaf(server, f"/runs/{run_id}/tokens")):
        await until(lambda: live.token_feeds == 1)
        while live.token_feeds:
            watchers.said(run_id, Token("check", 1, "x" * 50_000))
            await asyncio.sleep(0)
    await (await server.engine.get(run_id)).answer("check", Approve())


async def test_streams_end_with_the_server_and_say_when_to_come_back(server: Served) -> None:
    run_id = await begun(server)
    async with listening(server, f"/runs/{run_id}/stream") as stream:
        await stream.next()
        server.stop.set()
        assert "end" not in {one.event for one in await stream.rest()}
    await server.serving


class _Sender(asyncio.Protocol):
    """Sends more than anybody has room for, and wants to be done."""

    def __init__(self) -> None:
        self.lost: asyncio.Future[Exception | None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        transport.write(bytes(20_000_000))
        transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        self.lost.set_result(exc)


@pytest.mark.skipif(sys.platform != "linux", reason="what it rests on is Linux's")
async def test_connection_that_takes_nothing_is_torn_down(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "DEAF_MS", 300)
    at, sender = Listening("127.0.0.1", 0), _Sender()
    there = await asyncio.get_running_loop().create_server(lambda: sender, sock=at.socket)
    with closing(await connected(at.url)):
        assert isinstance(await sender.lost, TimeoutError)
    there.close()
