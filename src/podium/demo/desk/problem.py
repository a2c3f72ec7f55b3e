"""Errors as a client of the desk sees them: problem+json, with a `type` that a program can tell apart.

Two 409s mean different things to a caller ("the same key is being worked on", "the business says no"), and so do
two 422s; the status alone does not say which.

Source: RFC 9457.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

PROBLEM_JSON: Final = "application/problem+json"


@dataclass(frozen=True, slots=True)
class Problem:
    """What went wrong, ready to be sent.

    Attributes:
        code: Short and stable; the problem's type is `/problems/<code>`.
        headers: Sent along, such as Retry-After.
    """

    status: int
    code: str
    detail: str
    headers: Mapping[str, str] = field(default_factory=dict)

    def to_json(self) -> bytes:
        """Return the body."""
        title = HTTPStatus(self.status).phrase
        return json.dumps(
            {"type": f"/problems/{self.code}", "title": title, "status": self.status, "detail": self.detail},
            ensure_ascii=False,
        ).encode()

    def to_response(self) -> Response:
        """Return the whole answer."""
        return Response(self.to_json(), self.status, headers=dict(self.headers), media_type=PROBLEM_JSON)


class ProblemError(Exception):
    """The request can not be served; the client is answered with `problem`, and nothing was done unless it says so."""

    def __init__(self, status: int, code: str, detail: str, *, retry_after_s: int | None = None) -> None:
        super().__init__(detail)
        headers = {} if retry_after_s is None else {"Retry-After": str(retry_after_s)}
        self.problem = Problem(status=status, code=code, detail=detail, headers=headers)


def answer_problem(_request: Request, error: Exception) -> Response:
    """Answer what a handler of the service raised."""
    assert isinstance(error, ProblemError), error
    return error.problem.to_response()


def answer_http(_request: Request, error: Exception) -> Response:
    """Answer what the router raised: an unknown path or method."""
    assert isinstance(error, HTTPException), error
    headers = error.headers or {}
    return Problem(status=error.status_code, code="http", detail=error.detail, headers=headers).to_response()


def answer_bug(_request: Request, error: Exception) -> Response:
    """Answer what nobody foresaw; the transaction was rolled back and the error is in the service's log."""
    return Problem(status=500, code="internal", detail=f"{type(error).__name__}; see the service's log").to_response()
