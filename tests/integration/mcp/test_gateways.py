"""A server of the older protocol behind HTTP: what statuses, broken connections and forgotten sessions mean."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest

from podium.agents.mcp import McpServer
from podium.agents.mcp_errors import McpAnswered, McpBroken, McpRefused, McpUnreachable, McpUnreadable
from podium.agents.mcp_manifest import ListedTool, Manifest
from podium.guard.classify import meaning_of

pytestmark = pytest.mark.process

BOOK: dict[str, Any] = {"name": "book", "inputSchema": {"type": "object"}}


class Old(BaseHTTPRequestHandler):
    """Knows sessions, and answers calls as it is told: a status, or what is sent in place of an answer."""

    protocol_version = "HTTP/1.1"
    answers: list[Any]
    calls: list[str]

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        method = body["method"]
        if method == "tools/call":
            self._answer(body["id"], str(self.headers.get("mcp-session-id")))
        elif method == "initialize":
            info = {"name": "old", "version": "1"}
            result = {"protocolVersion": "2025-06-18", "capabilities": {"tools": {}}, "serverInfo": info}
            self.calls.append("initialize")
            self._say(200, {"jsonrpc": "2.0", "id": body["id"], "result": result}, session=f"s{len(self.calls)}")
        elif method == "tools/list":
            self._say(200, {"jsonrpc": "2.0", "id": body["id"], "result": {"tools": [BOOK]}})
        elif "id" in body:
            error = {"code": -32601, "message": "Method not found"}
            self._say(200, {"jsonrpc": "2.0", "id": body["id"], "error": error})
        else:
            self._say(202, None)

    def _answer(self, request: Any, session: str) -> None:
        self.calls.append(f"call {session}")
        answer = self.answers.pop(0)
        if answer is None:
            self.close_connection = True
        elif isinstance(answer, int):
            self._say(answer, None)
        else:
            self._say(200, {"jsonrpc": "2.0", "id": request, **answer})

    def do_GET(self) -> None:
        self._say(405, None)

    def do_DELETE(self) -> None:
        self._say(200, None)

    def _say(self, status: int, told: Any, session: str | None = None) -> None:
        content = b"" if told is None else json.dumps(told).encode()
        self.send_response(status)
        self.send_header("content-type", "text/html" if told is None else "application/json")
        self.send_header("content-length", str(len(content)))
        if status == 429:
            self.send_header("Retry-After", "7")
        if session is not None:
            self.send_header("mcp-session-id", session)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


@pytest.fixture
def old() -> Iterator[tuple[McpServer, type[Old]]]:
    class Mine(Old):
        """The one of this test."""

    Mine.answers, Mine.calls = [], []
    listening = ThreadingHTTPServer(("127.0.0.1", 0), Mine)
    Thread(target=listening.serve_forever, daemon=True).start()
    manifest = Manifest(
        name="old",
        url=f"http://127.0.0.1:{listening.server_port}/mcp",
        tools=(ListedTool(name="book", input={"type": "object"}),),
    )
    yield McpServer(manifest), Mine
    listening.shutdown()
    listening.server_close()


DONE = {"result": {"content": [{"type": "text", "text": "done"}]}}


@pytest.mark.parametrize(
    ("answer", "error", "kind", "is_sure"),
    [
        (429, McpAnswered, "rate_limited", True),
        (503, McpAnswered, "transient", False),
        (401, McpAnswered, "permanent", True),
        (None, McpBroken, "transient", False),
        (404, McpUnreachable, "not_sent", True),
        ({"error": {"code": -32602, "message": "no such tool"}}, McpRefused, "permanent", True),
        ({"error": {"code": -32603, "message": "it broke"}}, McpBroken, "transient", False),
        ({"result": {"content": "no list"}}, McpUnreadable, "malformed_output", False),
    ],
)
async def test_answer_means_what_a_guard_has_to_know_and_the_next_call_is_made(
    old: tuple[McpServer, type[Old]], answer: Any, error: type[Exception], kind: str, is_sure: bool
) -> None:
    server, told = old
    told.answers += [answer, DONE]
    async with server.connect() as session:
        with pytest.raises(error) as raised:
            await session.call("book", {})
        assert await session.call("book", {}) == "done"
    meaning = meaning_of(raised.value)
    assert (meaning.kind.value, meaning.is_sure) == (kind, is_sure)
    assert meaning.retry_after_ms == (7000 if answer == 429 else None)


async def test_session_that_the_server_forgot_is_begun_anew(old: tuple[McpServer, type[Old]]) -> None:
    server, told = old
    told.answers += [DONE, 404, DONE]
    async with server.connect() as session:
        await session.call("book", {})
        with pytest.raises(McpUnreachable):
            await session.call("book", {})
        await session.call("book", {})
    assert told.calls == ["initialize", "call s1", "call s1", "initialize", "call s4"]
