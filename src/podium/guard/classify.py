"""What an exception means: whether trying again may help, and whether it is sure that nothing happened.

One total function. Exceptions of libraries are known by name, so that nothing is imported for it.
"""

from typing import NamedTuple

from podium.errors import NotDone
from podium.failure import FailureKind, type_names


class Meaning(NamedTuple):
    """What an exception means.

    Attributes:
        kind: The class of failure.
        is_sure: It certainly had no effect on the other side. Where this is False, a write is in doubt.
    """

    kind: FailureKind
    is_sure: bool


_NOT_SENT = Meaning(FailureKind.NOT_SENT, is_sure=True)
_UNWELL = Meaning(FailureKind.TRANSIENT, is_sure=False)
_REFUSED = Meaning(FailureKind.PERMANENT, is_sure=True)
_BUG = Meaning(FailureKind.PERMANENT, is_sure=False)

_BY_NAME = {
    "ConnectionRefusedError": _NOT_SENT,
    "socket.gaierror": _NOT_SENT,
    "httpx.ConnectError": _NOT_SENT,
    "httpx.ConnectTimeout": _NOT_SENT,
    "httpx.PoolTimeout": _NOT_SENT,
    "httpx.TransportError": _UNWELL,
    "TimeoutError": _UNWELL,
    "ConnectionError": _UNWELL,
    "OSError": _UNWELL,
    "asyncio.exceptions.CancelledError": Meaning(FailureKind.CANCELLED, is_sure=False),
    "TypeError": _BUG,
    "ValueError": _BUG,
    "LookupError": _BUG,
    "AttributeError": _BUG,
    "ArithmeticError": _BUG,
    "AssertionError": _BUG,
    "ImportError": _BUG,
    "NameError": _BUG,
    "NotImplementedError": _BUG,
    "PodiumError": _BUG,
}
"""The nearest of an exception's classes that is here counts."""

_TOO_MANY = 429
_CONFLICT = 409
_OVERLOADED = 529
_MAY_PASS = frozenset({408, 425})


def meaning_of(error: BaseException) -> Meaning:
    """Return what `error` means. An exception of an unknown kind may pass, and leaves a write in doubt."""
    if isinstance(error, NotDone):
        return _REFUSED
    status = _http_status(error)
    if status is not None:
        return _of_status(status)
    for name in type_names(type(error)):
        if name in _BY_NAME:
            return _BY_NAME[name]
    return _UNWELL


def _http_status(error: BaseException) -> int | None:
    """Return the status of an error that carries an HTTP response, as httpx's, requests' and the SDKs' do."""
    response = getattr(error, "response", None)
    status = getattr(response, "status_code", None)
    return status if isinstance(status, int) else None


def _of_status(status: int) -> Meaning:
    if status in (_TOO_MANY, _OVERLOADED):
        return Meaning(FailureKind.RATE_LIMITED, is_sure=True)
    if status == _CONFLICT:
        return Meaning(FailureKind.IN_PROGRESS, is_sure=False)
    if status >= 500 or status in _MAY_PASS:  # noqa: PLR2004  # HTTP's own numbers
        return _UNWELL
    return _REFUSED
