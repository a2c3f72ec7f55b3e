"""What clients are told when a request is not simply carried out: problem+json, one code for each case.

Source: RFC 9457; statuses as in the IETF draft "The Idempotency-Key HTTP Header Field".
"""

import json
from collections.abc import Mapping
from email.utils import formatdate
from http import HTTPStatus
from typing import Final

from podium.asgi.answer import Answer

CASES: Final[Mapping[str, tuple[int, str]]] = {
    "no-key": (400, "send an Idempotency-Key"),
    "body-too-long": (413, "the body is longer than this service takes; nothing was done"),
    "key-in-flight": (409, "the same request is being worked on; try again with the same key"),
    "key-reused": (422, "this key came with another request before; nothing was done for this one"),
    "key-expired": (410, "this was done before, and its answer is no longer kept; nothing was done now"),
    "outcome-unknown": (503, "this was begun, and nobody knows yet what became of it; try again with the same key"),
    "not-saved": (503, "this may have been done, and its answer could not be kept; try again with the same key"),
    "answer-not-kept": (500, "this was done before, and its answer was too long to be kept; nothing was done now"),
    "store-unavailable": (503, "keys can not be claimed now; nothing was done; try again"),
}
"""The status of each code, and what it says; docs/idempotent_server.md says what a client should make of it."""


def problem(code: str, detail: str = "", *, retry_after_ms: int | None = None) -> Answer:
    """Return the answer that says what went wrong; its type is `/problems/<code>`.

    Args:
        code: One of CASES.
        detail: What to say instead of the usual words.
        retry_after_ms: How long to wait before the next try; told in whole seconds, at least 1.
    """
    status, usual = CASES[code]
    title = HTTPStatus(status).phrase
    said = {"type": f"/problems/{code}", "title": title, "status": status, "detail": detail or usual}
    headers = [("content-type", "application/problem+json")]
    if retry_after_ms is not None:
        headers.append(("retry-after", str(max(1, -(-retry_after_ms // 1000)))))
    return Answer(status, json.dumps(said, ensure_ascii=False).encode(), tuple(headers))


def expiry_header(expires_at: int) -> tuple[str, str]:
    """Return the header that publishes when a key's life is over, given in ms since 1970 UTC."""
    return "idempotency-expires", formatdate(expires_at // 1000, usegmt=True)
