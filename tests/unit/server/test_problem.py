"""Errors told over HTTP are the same errors on the other side."""

import json

import pytest

from podium.busy_errors import BusyError
from podium.errors import (
    DuplicateRunError,
    InvariantError,
    PodiumError,
    RefusedError,
    RunNotFoundError,
    StoreUnavailableError,
)
from podium.export_errors import CutExportError
from podium.server_errors import BadRequestError, ServerAnswerError, WrongMethodError
from podium.upkeep_errors import RunPrunedError
from podium.views.problem import error_of, headers_of, problem_of

ERRORS: list[tuple[PodiumError, int]] = [
    (RunNotFoundError("order-17"), 404),
    (DuplicateRunError("order-17", differs="input"), 409),
    (RefusedError("it is over"), 409),
    (RunPrunedError("order-17", status="failed", pruned_at=0, refused_until=1), 410),
    (CutExportError(3, "it ends", do="export it again"), 422),
    (BusyError(tenant="acme", waiting=7, retry_after=2.4), 429),
    (BadRequestError("not so", faults=(("body.id", "a text"),)), 400),
    (StoreUnavailableError("the disk is full"), 503),
]


@pytest.mark.parametrize(("error", "status"), ERRORS, ids=lambda one: type(one).__name__)
def test_an_error_comes_back_as_itself(error: PodiumError, status: int) -> None:
    told = problem_of(error)
    back = error_of(told.status, told.body())
    assert told.status == status
    assert (type(back), str(back), vars(back)) == (type(error), str(error), vars(error))


def test_when_to_ask_again_is_said() -> None:
    assert headers_of(BusyError(tenant=None, waiting=7, retry_after=2.4)) == {"retry-after": "2"}
    assert headers_of(StoreUnavailableError("busy")) == {"retry-after": "1"}
    assert headers_of(WrongMethodError("PUT", "/runs", allowed=("GET", "POST"))) == {"allow": "GET, POST"}
    assert headers_of(RefusedError("no")) == {}


def test_a_bug_tells_nothing_of_the_inside() -> None:
    told = problem_of(InvariantError("a law", story="secret"))
    assert told.status == 500
    assert "secret" not in told.body().decode()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"[]",
        b'{"type": 5}',
        json.dumps({"type": "/problems/x.y", "title": "t", "status": 418, "detail": "d"}).encode(),
    ],
)
def test_what_is_no_problem_of_ours_is_told_as_such(body: bytes) -> None:
    error = error_of(418, body)
    assert isinstance(error, ServerAnswerError)
    assert error.status == 418
