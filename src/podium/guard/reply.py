"""The reply that an exception carries: its status, its headers, and what its body calls the error.

Read by attribute, as httpx, requests, aiohttp, botocore and the SDKs of model providers have them, so that none of them
is imported.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from podium.guard.caught import Raised, caught_now

_CODE_FIELDS = ("code", "type", "status", "Code")


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back with an error.

    Attributes:
        status: HTTP's.
        headers: Names in any case.
        codes: What the body calls the error, the most telling first; `insufficient_quota`.
    """

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    codes: tuple[str, ...] = ()


def reply_of(error: BaseException) -> Reply | None:
    """Return the reply that `error` carries; None where it carries none."""
    response = getattr(error, "response", None)
    if isinstance(response, Mapping):
        return _of_botocore(response)
    status = next(filter(_is_status, (getattr(source, name, None) for source, name in _places(error, response))), None)
    if status is None:
        return None
    headers = getattr(response, "headers", None)
    if headers is None:
        headers = getattr(error, "headers", None)
    known = headers if isinstance(headers, Mapping) else {}
    return Reply(status, known, tuple(_codes(error, response)))


def _places(error: BaseException, response: object) -> tuple[tuple[object, str], ...]:
    return (response, "status_code"), (error, "status_code"), (error, "status")


def _is_status(value: object) -> bool:
    return isinstance(value, int) and 100 <= value <= 599  # noqa: PLR2004  # HTTP's own numbers


def _of_botocore(response: Mapping[str, Any]) -> Reply | None:
    about = response.get("ResponseMetadata")
    status = about.get("HTTPStatusCode") if isinstance(about, Mapping) else None
    if not isinstance(about, Mapping) or not isinstance(status, int) or not _is_status(status):
        return None
    headers = about.get("HTTPHeaders")
    return Reply(status, headers if isinstance(headers, Mapping) else {}, tuple(_named_in(response.get("Error"))))


def _codes(error: BaseException, response: object) -> Iterator[str]:
    code = getattr(error, "code", None)
    if isinstance(code, str):
        yield code
    body = getattr(error, "body", None)
    yield from _named_in(_json_of(response) if body is None else body)


def _json_of(response: object) -> Any:
    """Return the body that was read already; nothing is read from a connection here."""
    if getattr(response, "is_closed", None) is not True:
        return None
    read = getattr(response, "json", None)
    parsed = caught_now(read) if callable(read) else None
    return None if isinstance(parsed, Raised) else parsed


def _named_in(body: object) -> Iterator[str]:
    """Give the names in `{"error": {"code": …, "type": …}}`, as most providers say it, the inner ones first."""
    if not isinstance(body, Mapping):
        return
    yield from _named_in(body.get("error"))
    for name in _CODE_FIELDS:
        if isinstance(body.get(name), str):
            yield body[name]
