"""HTTP clients that put the key of the current write on what it sends: `podium.http.client()`, given as a resource.

Inside a write tool every request that may change something (any method but GET, HEAD, OPTIONS and TRACE) gets the
header `Idempotency-Key`, unless it has one. What an attempt sends first to a method and URL gets the key of the write,
which is what its `reconcile` asks by; the next body sent to the same place gets `key-2`, the one after it `key-3`; the
same body once more has its key again. So each request has its key again in every attempt, whatever is left out in
between, as long as one place is sent to in one order; streams, and what is sent to one place at the same moment, need
keys from the author. Nothing is put on requests outside of a write tool's function, nor inside its `reconcile`.

Inside any tool with a time limit, `Podium-Remaining-Ms` says how many milliseconds are left. Where an engine is
observed by OpenTelemetry, `traceparent` says which span a request is sent in.

httpx makes no retry of its own, and none should be switched on in a `transport=`: the tool's guards try again, where
that is safe, under the same key.
"""

import sys
from typing import Any, Final

from podium.effects.nested import InsideTool
from podium.guard.deadline import remaining_ms
from podium.workflow.current import CURRENT

try:
    import httpx
except ModuleNotFoundError as missing:
    message = "podium.http needs httpx, which is in an extra of its own: pip install 'podium[http]'"
    raise ModuleNotFoundError(message, name="httpx") from missing

KEY: Final = "Idempotency-Key"
REMAINING: Final = "Podium-Remaining-Ms"
TRACE: Final = "traceparent"
SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
"""Methods that change nothing (RFC 9110, section 9.2.1)."""


class KeyedAsyncClient(httpx.AsyncClient):
    """An `httpx.AsyncClient` that stamps its requests; also what an SDK takes as its `http_client=`."""

    async def send(self, request: httpx.Request, **how: Any) -> httpx.Response:
        """Send a request, stamped."""
        stamp(request)
        return await super().send(request, **how)


class KeyedClient(httpx.Client):
    """The same for sync tools."""

    def send(self, request: httpx.Request, **how: Any) -> httpx.Response:
        """Send a request, stamped."""
        stamp(request)
        return super().send(request, **how)


def client(**options: Any) -> KeyedAsyncClient:
    """Return a client for async tools.

    Args:
        options: Those of `httpx.AsyncClient`.
    """
    return KeyedAsyncClient(**options)


def sync_client(**options: Any) -> KeyedClient:
    """Return a client for sync tools.

    Args:
        options: Those of `httpx.Client`.
    """
    return KeyedClient(**options)


def stamp(request: httpx.Request) -> None:
    """Put the headers on a request that the tool which runs now is about to send; once for each time it is sent."""
    inside = CURRENT.get()
    if not isinstance(inside, InsideTool):
        return
    left_ms = remaining_ms()
    if left_ms is not None:
        request.headers[REMAINING] = str(left_ms)
    if TRACE not in request.headers:
        _trace(request)
    if request.method.upper() in SAFE:
        return
    key = inside.key_of(f"{request.method} {request.url.copy_with(fragment=None)}", _body(request))
    if key is not None:
        request.headers.setdefault(KEY, key)


def _trace(request: httpx.Request) -> None:
    """Let the other side know the span that this is sent in, where spans are made at all."""
    made = sys.modules.get("opentelemetry.propagate")
    if made is not None:
        made.inject(request.headers)


def _body(request: httpx.Request) -> bytes | None:
    try:
        return request.content
    except httpx.RequestNotRead:
        return None
