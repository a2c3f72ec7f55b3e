"""What an application says about its keys: one frozen value, given to the middleware."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final, TypeAlias

from podium.asgi.answer import Answer, Release
from podium.asgi.claims import Claim
from podium.asgi.wire import Scope

Recover: TypeAlias = Callable[[Claim], Awaitable[Answer | Release | None]]

RELEASES: Final = frozenset(
    {400, 401, 403, 404, 405, 406, 408, *range(411, 418), 421, 422, 423, 425, 426, 428, 429, 431}
)
"""Statuses by which a request is refused before it is carried out; docs/decisions/0028-refusals-that-free-a-key.md."""
KEPT_HEADERS: Final = frozenset(
    {
        "cache-control",
        "content-disposition",
        "content-encoding",
        "content-language",
        "content-location",
        "content-type",
        "etag",
        "last-modified",
        "link",
        "location",
        "vary",
    }
)
MIB: Final = 1 << 20


def method_and_path(scope: Scope) -> str:
    """Return the operation of a request as `POST /bookings`."""
    return f"{scope['method']} {scope['path']}"


@dataclass(frozen=True, slots=True, kw_only=True)
class IdempotencyPolicy:
    """How requests are guarded.

    Attributes:
        tenant: Says whose key it is. Where several clients share the service it must name the one that is
            authenticated, or one client's answer could be replayed to another.
        operation: Says what is asked for; None leaves the request alone. A key counts within one operation.
        methods: Which methods are guarded; all others pass through.
        required: Whether a guarded request without a key is refused; else it passes through.
        volatile: JSON Pointers of members of the body that may differ between two tries, as `/sent_at`.
        transactional: Claims that all effects of a request are in one transaction with `KeyHandle.complete_in`. Then
            what broke off was rolled back, and a retry is carried out.
        recover: Finds out what became of a claim whose holder failed or died. It returns the Answer, `Release()` when
            certainly nothing was done, or None when it can not say yet. One process at a time asks, and waits for at
            most one lease.
        releases: Statuses below 500 that free the key, because they say that nothing was carried out. Other refusals
            are kept as the answer.
        headers: Names, in lower case, of the headers that are kept with an answer.
        request_bytes_max: A longer body is refused.
        response_bytes_max: A longer answer is not kept; a retry is told so.
    """

    tenant: Callable[[Scope], str] = lambda _: ""
    operation: Callable[[Scope], str | None] = method_and_path
    methods: frozenset[str] = frozenset({"POST", "PATCH"})
    required: bool = True
    volatile: frozenset[str] = frozenset()
    transactional: Callable[[Scope], bool] = lambda _: False
    recover: Recover | None = None
    releases: frozenset[int] = RELEASES
    headers: frozenset[str] = KEPT_HEADERS
    request_bytes_max: int = MIB
    response_bytes_max: int = MIB
