"""What went wrong, as HTTP tells it (RFC 9457), and Podium's errors as such and back."""

import json
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import Any, Final

from pydantic import Field, JsonValue

from podium.busy_errors import BusyError
from podium.errors import (
    AskError,
    BugError,
    DuplicateRunError,
    InvalidAnswerError,
    InvalidInputError,
    PodiumError,
    RefusedError,
    ReplayError,
    RunNotFoundError,
    StoreError,
    StoreUnavailableError,
    UnknownWorkflowError,
)
from podium.export_errors import BadExportError
from podium.guard_errors import UnknownBreakerError
from podium.picture_errors import NoFontError, NoPixelsError
from podium.server_errors import (
    BadRequestError,
    BodyTooLongError,
    DrainingError,
    ForbiddenError,
    NothingThereError,
    NotLetInError,
    ServerAnswerError,
    WrongMediaTypeError,
    WrongMethodError,
)
from podium.upkeep_errors import RunPrunedError
from podium.views.view import View

PROBLEM_JSON: Final = "application/problem+json"
TYPES: Final = "/problems/"
"""What stands before the code of an error in the `type` of its problem."""

STATUSES: Final[Mapping[type[PodiumError], int]] = MappingProxyType(
    {
        BadRequestError: 400,
        NotLetInError: 401,
        ForbiddenError: 403,
        RunNotFoundError: 404,
        NothingThereError: 404,
        UnknownBreakerError: 404,
        WrongMethodError: 405,
        RefusedError: 409,
        DuplicateRunError: 409,
        UnknownWorkflowError: 409,
        NoPixelsError: 409,
        NoFontError: 409,
        RunPrunedError: 410,
        BodyTooLongError: 413,
        WrongMediaTypeError: 415,
        BadExportError: 422,
        InvalidInputError: 422,
        InvalidAnswerError: 422,
        BusyError: 429,
        DrainingError: 503,
        StoreUnavailableError: 503,
        AskError: 400,
        ReplayError: 500,
        StoreError: 500,
        BugError: 500,
        PodiumError: 500,
    }
)
"""The status of each error; of one that is not here, its nearest base's counts."""

_AGAIN_S: Final = 1
_SILENT: Final = (BugError,)
"""What these say is for the log."""


class FaultView(View):
    """One thing that is wrong with a request: where (`body.reason`, `query.limit`), and what was expected there."""

    at: str
    expected: str


class Problem(View):
    """What went wrong, as `application/problem+json`.

    Attributes:
        type: `/problems/` and the code of an error of docs/errors.md.
        title, status: The HTTP status, in words and as a number.
        detail: What is wrong, and what to do.
        faults: Of a request that is not as the API says.
        about: What the error says of itself besides, by name.
    """

    type: str
    title: str
    status: int
    detail: str
    faults: tuple[FaultView, ...] = ()
    about: dict[str, JsonValue] = Field(default_factory=dict)

    def body(self) -> bytes:
        """Return it as it is sent."""
        return self.model_dump_json(exclude_defaults=True).encode()


def status_of(error: PodiumError) -> int:
    """Return the HTTP status by which an error is told."""
    return next(STATUSES[cls] for cls in type(error).__mro__ if cls in STATUSES)


def problem_of(error: PodiumError) -> Problem:
    """Return an error as it is told to a client."""
    status = status_of(error)
    faults = error.faults if isinstance(error, BadRequestError) else ()
    return Problem(
        type=TYPES + error.code,
        title=HTTPStatus(status).phrase,
        status=status,
        detail="something is wrong with the server; its log says what" if isinstance(error, _SILENT) else str(error),
        faults=tuple(FaultView(at=at, expected=expected) for at, expected in faults),
        about={} if isinstance(error, _SILENT) else dict(_about(error)),
    )


def headers_of(error: PodiumError) -> dict[str, str]:
    """Return what goes with a problem: when to ask again, and what else may be asked."""
    if isinstance(error, BusyError):
        return {"retry-after": str(max(1, round(error.retry_after)))}
    if isinstance(error, WrongMethodError):
        return {"allow": ", ".join(error.allowed)}
    return {"retry-after": str(_AGAIN_S)} if status_of(error) == HTTPStatus.SERVICE_UNAVAILABLE else {}


def _about(error: PodiumError) -> Iterator[tuple[str, JsonValue]]:
    for name, value in vars(error).items():
        if isinstance(value, str | int | float | bool | None):
            yield name, value


def error_of(status: int, body: bytes) -> PodiumError:
    """Return the error that a problem tells of; a `ServerAnswerError` where it is none of ours."""
    try:
        said = json.loads(body)
        found = Problem.model_validate({name: said[name] for name in Problem.model_fields if name in said})
    except (ValueError, TypeError, RecursionError):
        return ServerAnswerError(f"the server answered {status}, and not as Podium does", status=status)
    cls = _known().get(found.type.removeprefix(TYPES))
    if cls is None:
        return ServerAnswerError(f"{found.detail} ({status})", status=status)
    error = cls.__new__(cls, found.detail)
    vars(error).update(found.about)
    if isinstance(error, BadRequestError):
        error.faults = tuple((fault.at, fault.expected) for fault in found.faults)
    return error


def _known() -> dict[str, type[PodiumError]]:
    """Return every class of Podium's errors that has been imported, by its code."""
    found: dict[str, type[PodiumError]] = {}
    todo: list[type[Any]] = [AskError, StoreError, ReplayError]
    while todo:
        cls = todo.pop()
        found[cls.code] = cls
        todo.extend(cls.__subclasses__())
    return found
