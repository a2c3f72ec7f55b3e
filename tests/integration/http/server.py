"""A server on the loopback that keeps what it was sent, and answers as it is told."""

import asyncio
from dataclasses import dataclass, field

_REPLY = "HTTP/1.1 {} OK\r\ncontent-length: 2\r\n{}connection: close\r\n\r\n{{}}"


@dataclass
class Request:
    """What came in; header names in lower case."""

    method: str
    path: str
    headers: dict[str, str]

    @property
    def key(self) -> str | None:
        return self.headers.get("idempotency-key")


@dataclass
class Server:
    """Answers 200, or what `answers` says for its next requests; None breaks the connection instead."""

    url: str = ""
    seen: list[Request] = field(default_factory=list)
    answers: list[int | str | None] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._one(reader, writer)
        except asyncio.IncompleteReadError:
            pass  # whoever asked has gone
        finally:
            writer.close()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        first, *lines = head.strip().split("\r\n")
        method, path, _ = first.split(" ")
        headers = dict(line.lower().split(": ", 1) for line in lines)
        await reader.readexactly(int(headers.get("content-length", "0")))
        self.seen.append(Request(method, path, headers))
        answer = self.answers.pop(0) if self.answers else 200
        if answer is None:
            writer.transport.abort()
            return
        to = f"location: {self.url}{answer}\r\n" if isinstance(answer, str) else ""
        writer.write(_REPLY.format(307 if to else answer, to).encode())
        await writer.drain()

    def keys(self, method: str = "POST") -> list[str | None]:
        return [request.key for request in self.seen if request.method == method]
