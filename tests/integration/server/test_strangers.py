"""A client whose server is not Podium's, or says what nobody can read."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from podium import Client
from podium.client.connection import Connection
from podium.client.handle import RunHandle
from podium.errors import PodiumError
from podium.server_errors import ServerAnswerError, ServerUnavailableError

EVENTS = b"text/event-stream"


def said(status: bytes, kind: bytes, body: bytes, more: bytes = b"") -> bytes:
    head = b"HTTP/1.1 %s\r\ncontent-type: %s\r\ncontent-length: %d\r\nconnection: close\r\n%s\r\n"
    return head % (status, kind, len(body), more) + body


@asynccontextmanager
async def stranger(*answers: bytes) -> AsyncIterator[str]:
    """Answer request after request with these, the last one for ever."""
    left = list(answers)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(left.pop(0) if len(left) > 1 else left[0])
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (said(b"200 OK", b"text/html", b"<html>hello</html>"), ServerAnswerError),
        (said(b"200 OK", b"application/json", b'{"id": 1}'), ServerAnswerError),
        (said(b"302 Found", b"text/html", b"", b"location: /login\r\n"), ServerAnswerError),
        (said(b"404 Not Found", b"text/html", b"<html>"), ServerAnswerError),
        (said(b"409 Conflict", b"application/json", b"[" * 100_000), ServerAnswerError),
        (said(b"200 OK", b"application/json", b"no gzip", b"content-encoding: gzip\r\n"), ServerUnavailableError),
        (said(b"503 No", b"text/plain", b"", b"retry-after: " + b"9" * 5000 + b"\r\n"), ServerUnavailableError),
        (b"\x00\x01\r\n\r\n", ServerUnavailableError),
    ],
    ids=["a page", "another view", "elsewhere", "a page's refusal", "deep", "no gzip", "a long wait", "no HTTP"],
)
async def test_whatever_a_server_answers_is_an_error_of_podium(answer: bytes, error: type[PodiumError]) -> None:
    async with stranger(answer) as url, Client(url, patience=0.05) as client:
        for asked in (client.about(), client.get("run"), client.start("flow", {"a": 1})):
            with pytest.raises(error):
                await asked


@pytest.mark.parametrize(
    "answer",
    [
        said(b"200 OK", b"text/html", b"<html>log in</html>"),
        said(b"302 Found", b"text/html", b"", b"location: /login\r\n"),
        said(b"200 OK", EVENTS, b"id: one\ndata: {}\n\n"),
        said(b"200 OK", EVENTS, b"data: {\n\n"),
    ],
    ids=["a page", "elsewhere", "no number", "no JSON"],
)
async def test_a_stream_that_is_none_is_not_followed_for_ever(answer: bytes) -> None:
    async with stranger(answer) as url, Client(url, patience=0.05) as client:
        with pytest.raises(ServerAnswerError):
            async for _ in RunHandle(client._connection, "run", None).tokens():
                pass


@pytest.mark.parametrize("status", [b"502 Bad Gateway", b"503 Service Unavailable", b"504 Gateway Timeout"])
async def test_a_stream_goes_on_once_what_is_between_finds_the_server_again(status: bytes) -> None:
    end = said(b"200 OK", EVENTS, b"event: end\ndata: {}\n\n")
    async with stranger(said(status, b"text/html", b"<html>"), end) as url:
        connection = Connection(url, token=None, patience=0.05)
        handle: RunHandle[object] = RunHandle(connection, "run", None)
        assert [token async for token in handle.tokens()] == []
        await connection.close()
