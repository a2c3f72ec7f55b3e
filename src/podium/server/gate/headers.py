"""What every answer says to browsers, refusals too."""

import secrets
from collections.abc import Iterable

from podium.asgi.wire import Message, Scope, Send
from podium.server.gate.scopes import is_api

REQUEST_ID = "podium.request_id"
"""Where an ASGI scope holds the request's id, which the answer and the audit name."""

PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self';"
    " font-src 'self'; manifest-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
)
"""Of the dashboard: only what we ship is run, and it talks to nobody but us."""
DATA_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'; base-uri 'none';"
    " form-action 'none'; sandbox"
)
"""Of what the API gives: nothing in it is run, and it is nobody's origin. A picture may carry its own styles."""

_ALWAYS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"x-frame-options", b"DENY"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
)
_OURS = frozenset(name for name, _ in _ALWAYS) | {b"content-security-policy", b"server", b"x-request-id"}
_HSTS = (b"strict-transport-security", b"max-age=31536000")


def with_headers(scope: Scope, send: Send, *, is_https: bool) -> Send:
    """Return a `send` that adds them; the application can not say otherwise."""
    request_id = scope[REQUEST_ID] = secrets.token_hex(8)
    path = scope["path"]
    policy = DATA_POLICY if is_api(path) else PAGE_POLICY
    ours = [*_ALWAYS, (b"content-security-policy", policy.encode()), (b"x-request-id", request_id.encode())]
    if is_https:
        ours.append(_HSTS)

    not_theirs = _OURS | {b"cache-control"} if is_api(path) else _OURS

    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            theirs = [(name, value) for name, value in message.get("headers", ()) if name.lower() not in not_theirs]
            message = {**message, "headers": [*theirs, *ours, *_caching(path, theirs)]}
        await send(message)

    return sent


def _caching(path: str, theirs: Iterable[tuple[bytes, bytes]]) -> Iterable[tuple[bytes, bytes]]:
    """What the API says is about now and somebody, and nobody keeps it; of other things the application may say it."""
    if is_api(path):
        return ((b"cache-control", b"no-store"),)
    said = any(name.lower() == b"cache-control" for name, _ in theirs)
    return () if said else ((b"cache-control", b"no-cache"),)
