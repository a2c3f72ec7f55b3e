"""An answer as it goes out and as it is kept."""

from dataclasses import dataclass
from typing import Final

from podium.asgi.claims import Headers
from podium.asgi.wire import Receive, Scope, Send

_BODILESS: Final = frozenset({204, 304})
"""Statuses whose answers have no body, and may not say how long it is."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, headers and body. It is an ASGI application too: a Starlette endpoint may return it.

    Attributes:
        status: The HTTP status.
        body: All of it.
        headers: Without Content-Length, which follows from the body.
    """

    status: int
    body: bytes = b""
    headers: Headers = ()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002  # as ASGI calls it
        """Send it."""
        headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in self.headers]
        if self.status not in _BODILESS:
            headers.append((b"content-length", str(len(self.body)).encode()))
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": self.body})

    def with_headers(self, *more: tuple[str, str]) -> "Answer":
        """Return the same answer with more headers."""
        return Answer(self.status, self.body, (*self.headers, *more))


@dataclass(frozen=True, slots=True)
class Recorded:
    """It was done; this was the answer.

    Attributes:
        answer: As it was kept.
        expires_at: When the key's life is over, in ms since 1970 UTC.
    """

    answer: Answer
    expires_at: int


@dataclass(frozen=True, slots=True)
class Release:
    """What a recovery handler returns when certainly nothing was done: the key is free, and a retry is carried out."""
