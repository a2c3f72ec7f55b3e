"""Calls to a real MCP server, over pipes and over HTTP: what comes back, and what it means when nothing does."""

import asyncio
import sys

import pytest

from podium.agents import mcp_session
from podium.agents.mcp import McpServer, discover
from podium.agents.mcp_errors import (
    McpBroken,
    McpToolChangedError,
    McpToolError,
    McpUnreachable,
)
from podium.agents.mcp_manifest import difference
from tests.integration.mcp.conftest import Desk, Web
from tests.integration.mcp.served import INJECTED

pytestmark = pytest.mark.process


async def test_what_a_server_offers_is_discovered(desk: Desk) -> None:
    listed = {tool.name: tool for tool in desk.manifest.tools}
    assert listed["search"].description == "Look for cities."
    assert listed["search"].input["required"] == ["pattern"]
    assert listed["search"].hints["readOnlyHint"] is True
    assert [tool.name for tool in desk.manifest.tools] == sorted(listed)


async def test_results_are_json_or_text_as_they_came(server: McpServer) -> None:
    async with server.connect() as session:
        assert await session.call("search", {"pattern": "Bus"}) == {"result": ["Bus 0", "Bus 1"]}
        assert await session.call("injected", {"city": "Busan"}) == {"result": INJECTED}
        (image,) = await session.call("picture", {"city": "Busan"})
    assert (image["type"], image["mimeType"]) == ("image", "image/png")


async def test_tool_that_answers_with_an_error_says_so(server: McpServer) -> None:
    async with server.connect() as session:
        with pytest.raises(McpToolError, match="fail"):
            await session.call("fail", {"city": "Busan"})


async def test_one_process_serves_all_calls_of_a_connection(server: McpServer, desk: Desk) -> None:
    async with server.connect() as session:
        await asyncio.gather(*(session.call("search", {"pattern": str(n)}) for n in range(8)))
    assert len({line.split()[-1] for line in desk.lines("search")}) == 1


async def test_server_killed_in_the_midst_of_a_call_leaves_it_open(server: McpServer, desk: Desk) -> None:
    async with server.connect() as session:
        call = asyncio.create_task(session.call("stuck", {"city": "Busan"}))
        desk.kill(await desk.did("stuck"))
        with pytest.raises(McpBroken):
            await call
        assert await session.call("search", {"pattern": "Bus"}) == {"result": ["Bus 0", "Bus 1"]}


async def test_server_that_died_while_nobody_called_is_started_again_before_the_next_call(
    server: McpServer, desk: Desk
) -> None:
    async with server.connect() as session:
        await session.call("search", {"pattern": "a"})
        link = await session.linked()
        desk.kill(desk.lines("search")[-1])
        async with asyncio.timeout(20):
            while link.is_live:
                await asyncio.sleep(0)
        assert await session.call("book", {"city": "Busan"}) == {"result": "a room in Busan"}


async def test_cancelled_call_is_cancelled_at_the_server_and_frees_the_connection(
    server: McpServer, desk: Desk
) -> None:
    async with server.connect() as session:
        call = asyncio.create_task(session.call("stuck", {"city": "Busan"}))
        await desk.did("stuck")
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        await desk.did("let go Busan")
        assert await session.call("search", {"pattern": "Bus", "limit": 1}) == {"result": ["Bus 0"]}


@pytest.mark.parametrize("offers", ["search,book!", "search"])
async def test_tool_that_is_not_what_it_was_is_refused_before_anything_is_sent(desk: Desk, offers: str) -> None:
    server = McpServer(desk.manifest, env={"OFFERS": offers})
    async with server.connect() as session:
        with pytest.raises(McpToolChangedError, match="podium mcp"):
            await session.call("book", {"city": "Busan"})
        assert await session.call("search", {"pattern": "Bus"}) == {"result": ["Bus 0", "Bus 1"]}
    assert desk.lines("book") == []


async def test_what_changed_is_shown(desk: Desk) -> None:
    now = await discover("desk", desk.command, env={"OFFERS": "book!"})
    added = [line[1:].strip() for line in difference(desk.manifest, now) if line.startswith("+")]
    assert '"title": "Country",' in added
    assert list(difference(now, now)) == []


@pytest.mark.parametrize("command", [("no-such-command-anywhere",), (sys.executable, "-c", "pass")])
async def test_server_that_can_not_be_started_was_sent_nothing(desk: Desk, command: tuple[str, ...]) -> None:
    async with McpServer(desk.manifest, at=command).connect() as session:
        with pytest.raises(McpUnreachable):
            await session.call("book", {"city": "Busan"})


async def test_server_that_says_nothing_is_given_up(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mcp_session, "CONNECT_S", 0.3)
    silent = (sys.executable, "-c", "import sys; sys.stdin.read()")
    async with McpServer(desk.manifest, at=silent).connect() as session:
        with pytest.raises(McpUnreachable, match="no answer within"):
            await session.call("book", {"city": "Busan"})


# ----- over HTTP


async def test_http_serves_the_same(web: Web, desk: Desk) -> None:
    await web.start()
    async with McpServer(desk.manifest, at=web.url).connect() as session:
        assert await session.call("search", {"pattern": "Bus", "limit": 1}) == {"result": ["Bus 0"]}
    assert (await discover("desk", web.url)).tools == desk.manifest.tools


async def test_http_server_killed_in_the_midst_of_a_call_leaves_it_open_and_one_that_is_down_was_sent_nothing(
    web: Web, desk: Desk
) -> None:
    await web.start()
    async with McpServer(desk.manifest, at=web.url).connect() as session:
        call = asyncio.create_task(session.call("stuck", {"city": "Busan"}))
        await desk.did("stuck")
        web.kill()
        with pytest.raises(McpBroken):
            await call
        with pytest.raises(McpUnreachable):
            await session.call("book", {"city": "Busan"})
        await web.start()
        assert await session.call("book", {"city": "Busan"}) == {"result": "a room in Busan"}
    assert len(desk.lines("book")) == 1


async def test_calls_beside_one_that_is_cut_off_go_on(web: Web, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    await web.start()
    async with McpServer(desk.manifest, at=web.url).connect() as session:
        stuck = [asyncio.create_task(session.call("stuck", {"city": str(n)})) for n in range(2)]
        await desk.did("stuck", 2)
        stuck[0].cancel()
        await asyncio.wait(stuck[:1])
        assert await session.call("search", {"pattern": "Bus", "limit": 1}) == {"result": ["Bus 0"]}
        assert not stuck[1].done()
        stuck[1].cancel()
        await asyncio.wait(stuck)
