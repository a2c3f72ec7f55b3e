"""What an exception means: one total function, which authors can teach more.

Exceptions of libraries are known by name, so that nothing is imported for it. An exception of an unknown kind may pass,
and leaves a write in doubt (docs/decisions/0003).
"""

import errno
from collections.abc import Callable, Sequence
from typing import TypeAlias

from podium.failure import FailureKind, type_names
from podium.guard.caught import Raised, caught_now
from podium.guard.meaning import (
    BUG,
    CANCELLED,
    IN_PROGRESS,
    LIMITED,
    MALFORMED,
    NOT_SENT,
    NOT_SENT_BY_US,
    REFUSED,
    REFUSED_BY_US,
    UNWELL,
    Meaning,
    of_kind,
)
from podium.guard.reply import Reply, reply_of
from podium.guard.retry_after import retry_after_ms
from podium.outcomes import GaveUp, NotDone, OutOfTime, OverBudget, Refused, ToolFailed

Says: TypeAlias = Callable[[BaseException], Meaning | FailureKind | None]
"""What an author knows about exceptions; None for nothing about this one. What it raises counts as None."""

_BY_NAME = {
    "asyncio.exceptions.CancelledError": CANCELLED,
    # the operating system
    "ConnectionRefusedError": NOT_SENT,
    "socket.gaierror": NOT_SENT,
    "ssl.SSLCertVerificationError": REFUSED,
    "ConnectionError": UNWELL,
    "TimeoutError": UNWELL,
    "EOFError": UNWELL,
    "FileNotFoundError": BUG,
    "FileExistsError": BUG,
    "IsADirectoryError": BUG,
    "NotADirectoryError": BUG,
    "PermissionError": BUG,
    "OSError": UNWELL,
    # HTTP clients
    "httpx.ConnectError": NOT_SENT,
    "httpx.ConnectTimeout": NOT_SENT,
    "httpx.PoolTimeout": NOT_SENT_BY_US,
    "httpx.UnsupportedProtocol": REFUSED,
    "httpx.InvalidURL": REFUSED,
    "httpx.DecodingError": MALFORMED,
    "httpx.TransportError": UNWELL,
    "requests.exceptions.ConnectTimeout": NOT_SENT,
    "aiohttp.client_exceptions.ClientConnectorError": NOT_SENT,
    # answers that do not fit
    "json.decoder.JSONDecodeError": MALFORMED,
    "pydantic_core._pydantic_core.ValidationError": MALFORMED,
    "pydantic_ai.exceptions.UnexpectedModelBehavior": MALFORMED,
    "MalformedOutput": MALFORMED,
    "OutOfRequests": REFUSED,
    # tools of MCP servers
    "McpUnreadable": MALFORMED,
    "McpToolError": BUG,
    # our own mistakes
    "TypeError": BUG,
    "ValueError": BUG,
    "LookupError": BUG,
    "AttributeError": BUG,
    "ArithmeticError": BUG,
    "AssertionError": BUG,
    "ImportError": BUG,
    "NameError": BUG,
    "NotImplementedError": BUG,
    "NotStorableError": MALFORMED,
    "PodiumError": BUG,
}
"""The nearest of an exception's classes that is here counts."""

_WRAPPED = frozenset({"openai.APIConnectionError", "anthropic.APIConnectionError"})
"""What SDKs make of an exception of their HTTP client, which is the cause and says more."""

_BY_CODE = {
    "insufficient_quota": REFUSED,
    "billing_hard_limit_reached": REFUSED,
    "billing_error": REFUSED,
    "context_length_exceeded": REFUSED,
    "rate_limit_exceeded": LIMITED,
    "rate_limit_error": LIMITED,
    "overloaded_error": LIMITED,
    "RESOURCE_EXHAUSTED": LIMITED,
    "SlowDown": LIMITED,
    "Throttling": LIMITED,
    "ThrottlingException": LIMITED,
    "TooManyRequestsException": LIMITED,
}
"""What a body calls the error counts more than the status."""

_NEVER_LEFT = frozenset({errno.ENETUNREACH, errno.EHOSTUNREACH, errno.EADDRNOTAVAIL})
_LIMITS = frozenset({429, 529})
_CONFLICT = 409
_MAY_PASS = frozenset({408, 425})


def meaning_of(error: BaseException, *, now_ms: int = 0, says: Sequence[Says] = ()) -> Meaning:
    """Return what `error` means.

    Args:
        error: What a tool raised.
        now_ms: Wall time, to which a `Retry-After` that is a date is compared.
        says: What authors know, the nearest first; the first to say something counts.
    """
    ours = _of_ours(error)
    if ours is not None:
        return ours
    read = caught_now(_read, error, now_ms)
    reply, after_ms = (None, None) if isinstance(read, Raised) else read
    meaning = _said(error, says) or (_of_class(error) if reply is None else _of_reply(reply))
    return (
        meaning if after_ms is None or meaning.retry_after_ms is not None else meaning._replace(retry_after_ms=after_ms)
    )


def _of_ours(error: BaseException) -> Meaning | None:
    """What Podium's own classes mean is not for authors to say."""
    if isinstance(error, NotDone):
        return REFUSED
    if isinstance(error, OverBudget):
        return BUG._replace(is_sure=True)
    if isinstance(error, Refused):
        return REFUSED_BY_US._replace(retry_after_ms=error.retry_after_ms)
    if isinstance(error, ToolFailed):
        return of_kind(error.failure.kind)._replace(is_sure=False)
    if isinstance(error, GaveUp):
        is_late = isinstance(error, OutOfTime) or not error.causes
        return of_kind(FailureKind.DEADLINE) if is_late else meaning_of(error.causes[-1])
    return None


def _read(error: BaseException, now_ms: int) -> tuple[Reply | None, int | None]:
    """Return the reply that it carries, and how long that asks to wait.

    It is read by the code of its own class, and says what the other side wants: reading it may fail.
    """
    reply = reply_of(error)
    return reply, None if reply is None else retry_after_ms(reply.headers, now_ms=now_ms)


def _said(error: BaseException, says: Sequence[Says]) -> Meaning | None:
    for say in says:
        said = caught_now(lambda say=say: say(error))  # type: ignore[misc]  # mypy does not see the default
        if isinstance(said, Meaning):
            return said
        if isinstance(said, FailureKind):
            return of_kind(said)
    return None


def _of_class(error: BaseException) -> Meaning:
    names = type_names(type(error))
    if error.__cause__ is not None and not _WRAPPED.isdisjoint(names):
        return _of_class(error.__cause__)
    if isinstance(error, OSError) and error.errno in _NEVER_LEFT:
        return NOT_SENT
    return next((_BY_NAME[name] for name in names if name in _BY_NAME), UNWELL)


def _of_reply(reply: Reply) -> Meaning:
    known = next((_BY_CODE[code] for code in reply.codes if code in _BY_CODE), None)
    return known or _of_status(reply.status)


def _of_status(status: int) -> Meaning:
    if status in _LIMITS:
        return LIMITED
    if status == _CONFLICT:
        return IN_PROGRESS
    if status >= 500 or status in _MAY_PASS:  # noqa: PLR2004  # HTTP's own numbers
        return UNWELL
    return REFUSED
