"""Every exception means something, and what is not surely harmless leaves a write in doubt."""

import asyncio
import errno
import json
import socket
import ssl
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from pydantic import BaseModel, ValidationError

from podium.errors import DeadlineError, NotDone, NotStorableError, ToolFailed
from podium.failure import Failure, FailureKind
from podium.guard.caught import text_of
from podium.guard.classify import meaning_of
from podium.guard.meaning import (
    BUG,
    CANCELLED,
    COST,
    COST_LIMITED,
    IN_PROGRESS,
    LIMITED,
    MALFORMED,
    NOT_SENT,
    NOT_SENT_BY_US,
    REFUSED,
    REFUSED_BY_US,
    UNWELL,
    Health,
    Meaning,
    of_kind,
)
from podium.outcomes import BreakerOpen, BudgetExhausted, BulkheadFull, OutOfTime, OverBudget

REQUEST = httpx.Request("POST", "http://desk.example/flights")
NOW_MS = 1_800_000_000_000


class Answer(BaseModel):
    words: int


def unreadable(text: str) -> ValueError:
    try:
        Answer.model_validate_json(text)
    except ValidationError as error:
        return error
    raise AssertionError(text)


def no_json() -> ValueError:
    try:
        json.loads("{")
    except ValueError as error:
        return error
    raise AssertionError


BY_CLASS: list[tuple[BaseException, Meaning]] = [
    (ConnectionRefusedError("no"), NOT_SENT),
    (socket.gaierror("no such host"), NOT_SENT),
    (OSError(errno.ENETUNREACH, "no way there"), NOT_SENT),
    (OSError(errno.EHOSTUNREACH, "no way there"), NOT_SENT),
    (httpx.ConnectError("no", request=REQUEST), NOT_SENT),
    (httpx.ConnectTimeout("slow", request=REQUEST), NOT_SENT),
    (httpx.PoolTimeout("full", request=REQUEST), NOT_SENT_BY_US),
    (httpx.UnsupportedProtocol("gopher", request=REQUEST), REFUSED),
    (httpx.DecodingError("gzip", request=REQUEST), MALFORMED),
    (httpx.ReadTimeout("slow", request=REQUEST), UNWELL),
    (httpx.WriteTimeout("slow", request=REQUEST), UNWELL),
    (httpx.ReadError("reset", request=REQUEST), UNWELL),
    (httpx.RemoteProtocolError("gone", request=REQUEST), UNWELL),
    (TimeoutError(), UNWELL),
    (ConnectionResetError(), UNWELL),
    (BrokenPipeError(), UNWELL),
    (ssl.SSLError("alert"), UNWELL),
    (ssl.SSLCertVerificationError("expired"), REFUSED),
    (asyncio.IncompleteReadError(b"", 1), UNWELL),
    (OSError("disk"), UNWELL),
    (FileNotFoundError("gone"), BUG),
    (PermissionError("not ours"), BUG),
    (asyncio.CancelledError(), CANCELLED),
    (no_json(), MALFORMED),
    (unreadable('{"words": "many"}'), MALFORMED),
    (NotStorableError("result", "a set"), MALFORMED),
    (TypeError("our own"), BUG),
    (ValueError("our own"), BUG),
    (UnicodeDecodeError("utf-8", b"x", 0, 1, "why"), BUG),
    (KeyError("k"), BUG),
    (IndexError("i"), BUG),
    (AttributeError("a"), BUG),
    (ZeroDivisionError(), BUG),
    (AssertionError(), BUG),
    (ModuleNotFoundError(), BUG),
    (NameError(), BUG),
    (NotImplementedError(), BUG),
    (DeadlineError("ours"), BUG),
    (NotDone("sold out"), REFUSED),
    (RuntimeError("anything"), UNWELL),
    (Exception("anything"), UNWELL),
]


@pytest.mark.parametrize(("error", "meaning"), BY_CLASS, ids=lambda value: type(value).__name__)
def test_exception_means_what_its_nearest_known_class_does(error: BaseException, meaning: Meaning) -> None:
    assert meaning_of(error) == meaning


STATUSES = [
    (400, REFUSED),
    (401, REFUSED),
    (404, REFUSED),
    (422, REFUSED),
    (408, UNWELL),
    (425, UNWELL),
    (409, IN_PROGRESS),
    (429, LIMITED),
    (529, LIMITED),
    (500, UNWELL),
    (503, UNWELL),
    (599, UNWELL),
]


def replied(status: int, body: object = None, *, headers: dict[str, str] | None = None) -> httpx.HTTPStatusError:
    reply = httpx.Response(status, request=REQUEST, json=body, headers=headers)
    with pytest.raises(httpx.HTTPStatusError) as caught:
        reply.raise_for_status()
    return caught.value


@pytest.mark.parametrize(("status", "meaning"), STATUSES)
def test_status_of_a_reply_counts_more_than_the_class(status: int, meaning: Meaning) -> None:
    assert meaning_of(replied(status)) == meaning


BODIES: list[tuple[int, object, Meaning]] = [
    (429, {"error": {"type": "insufficient_quota", "code": "insufficient_quota"}}, REFUSED),
    (429, {"error": {"type": "tokens", "code": "rate_limit_exceeded"}}, LIMITED),
    (400, {"error": {"type": "invalid_request_error", "code": "context_length_exceeded"}}, REFUSED),
    (403, {"type": "error", "error": {"type": "rate_limit_error"}}, LIMITED),
    (500, {"type": "error", "error": {"type": "overloaded_error"}}, LIMITED),
    (503, {"error": {"code": 503, "status": "RESOURCE_EXHAUSTED"}}, LIMITED),
    (429, {"error": "slow down"}, LIMITED),
    (429, ["not", "a", "mapping"], LIMITED),
]


@pytest.mark.parametrize(("status", "body", "meaning"), BODIES)
def test_what_a_body_calls_the_error_counts_more_than_the_status(status: int, body: object, meaning: Meaning) -> None:
    assert meaning_of(replied(status, body)) == meaning


def test_body_that_is_not_json_says_nothing() -> None:
    reply = httpx.Response(429, request=REQUEST, text="<h1>too many</h1>")
    assert meaning_of(httpx.HTTPStatusError("429", request=REQUEST, response=reply)) == LIMITED


def test_body_that_was_not_read_is_left_alone() -> None:
    def parts() -> Iterator[bytes]:
        read.append("nothing is read from a connection to classify an error")
        yield b'{"error": {"code": "insufficient_quota"}}'

    read: list[str] = []

    reply = httpx.Response(429, request=REQUEST, content=parts())
    assert meaning_of(httpx.HTTPStatusError("429", request=REQUEST, response=reply)) == LIMITED
    assert not read


class SdkError(ValueError):
    """An error of some SDK, with what they give theirs."""

    def __init__(self, **given: object) -> None:
        super().__init__("sdk")
        self.__dict__.update(given)


SDK_ERRORS: list[tuple[dict[str, object], Meaning]] = [
    ({"response": SimpleNamespace(status_code=429)}, LIMITED),
    ({"response": SimpleNamespace(status_code="429")}, BUG),
    ({"response": None}, BUG),
    ({"response": None, "status_code": 503}, UNWELL),
    ({"status": 503, "headers": {"Retry-After": "2"}}, UNWELL._replace(retry_after_ms=2_000)),
    ({"status_code": 42}, BUG),
    ({"status_code": 429, "code": "insufficient_quota"}, REFUSED),
    ({"status_code": 429, "code": 7, "body": {"code": "insufficient_quota"}}, REFUSED),
    ({"status_code": 529, "body": {"error": {"type": "overloaded_error"}}}, LIMITED),
    ({"status_code": 429, "headers": "none"}, LIMITED),
]


@pytest.mark.parametrize(("given", "meaning"), SDK_ERRORS)
def test_any_error_with_a_reply_is_understood(given: dict[str, object], meaning: Meaning) -> None:
    assert meaning_of(SdkError(**given)) == meaning


class UnsetError(Exception):
    """As clients are that raise where nothing was set."""

    @property
    def response(self) -> object:
        raise RuntimeError("no response was set")


class BrokenError(Exception):
    """Its class can not even say what it is."""

    def __getattr__(self, name: str) -> object:
        raise KeyError(name)

    def __str__(self) -> str:
        raise RuntimeError("no text")

    __repr__ = __str__


class BrokenHeaders(dict[str, str]):
    def get(self, *_: object) -> str:
        raise RuntimeError("not parsed yet")


def nested(depth: int) -> dict[str, Any]:
    body: dict[str, Any] = {}
    for _ in range(depth):
        body = {"error": body}
    return body


UNREADABLE: list[Exception] = [
    UnsetError(),
    BrokenError(),
    SdkError(status_code=400, headers=BrokenHeaders(a="b")),
    SdkError(status_code=400, body=nested(5_000)),
]


@pytest.mark.parametrize("error", UNREADABLE, ids=lambda error: type(error).__name__)
def test_error_that_can_not_be_read_means_what_its_class_does(error: Exception) -> None:
    assert meaning_of(error) == (BUG if isinstance(error, SdkError) else UNWELL)


def test_text_of_an_error_is_had_from_any() -> None:
    assert text_of(ValueError("odd")) == "odd"
    assert text_of(ValueError("odd"), form=repr) == "ValueError('odd')"
    assert text_of(BrokenError()) == "<its str() raised RuntimeError>"
    assert text_of(BrokenError(), form=repr) == "<its repr() raised RuntimeError>"


BOTOCORE: list[tuple[dict[str, Any], Meaning]] = [
    ({"Error": {"Code": "ThrottlingException"}, "ResponseMetadata": {"HTTPStatusCode": 400}}, LIMITED),
    (
        {"ResponseMetadata": {"HTTPStatusCode": 503, "HTTPHeaders": {"x-amz-retry-after": "1500"}}},
        UNWELL._replace(retry_after_ms=1_500),
    ),
    ({"ResponseMetadata": {"HTTPStatusCode": "503"}}, BUG),
    ({"ResponseMetadata": {"HTTPStatusCode": 42}}, BUG),
    ({"ResponseMetadata": None}, BUG),
]


@pytest.mark.parametrize(("response", "meaning"), BOTOCORE)
def test_reply_as_botocore_gives_it_is_understood(response: dict[str, Any], meaning: Meaning) -> None:
    assert meaning_of(SdkError(response=response)) == meaning


class APIConnectionError(Exception):
    """As the SDKs of model providers name it."""


@pytest.mark.parametrize("module", ["openai", "anthropic"])
def test_error_that_an_sdk_wraps_means_what_its_cause_does(module: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(APIConnectionError, "__module__", module)
    wrapped = APIConnectionError("Connection error.")
    assert meaning_of(wrapped) == UNWELL
    wrapped.__cause__ = httpx.ConnectError("no", request=REQUEST)
    assert meaning_of(wrapped) == NOT_SENT


def test_error_that_an_author_wraps_is_what_the_author_made_of_it() -> None:
    wrapped = RuntimeError("booking failed")
    wrapped.__cause__ = ConnectionRefusedError()
    assert meaning_of(wrapped) == UNWELL


OURS: list[tuple[Exception, Meaning]] = [
    (BreakerOpen("x", "open", retry_after_ms=700), REFUSED_BY_US._replace(retry_after_ms=700)),
    (BulkheadFull("x", "full"), REFUSED_BY_US),
    (OverBudget("x", "spent"), BUG._replace(is_sure=True)),
    (OutOfTime("late", [ValueError()]), of_kind(FailureKind.DEADLINE)),
    (BudgetExhausted("no more", [ConnectionRefusedError()]), NOT_SENT),
    (
        ToolFailed(Failure(kind=FailureKind.PERMANENT, type="KeyError", message="k")),
        REFUSED._replace(is_sure=False),
    ),
]


@pytest.mark.parametrize(("error", "meaning"), OURS, ids=lambda value: type(value).__name__)
def test_own_errors_mean_what_they_say(error: Exception, meaning: Meaning) -> None:
    assert meaning_of(error) == meaning
    assert meaning_of(error, says=(lambda _: FailureKind.TRANSIENT,)) == meaning, "which is not for authors to say"


def test_author_may_say_what_an_exception_means() -> None:
    def says(error: BaseException) -> FailureKind | Meaning | None:
        if isinstance(error, KeyError):
            return FailureKind.RATE_LIMITED
        return IN_PROGRESS if isinstance(error, IndexError) else None

    assert meaning_of(KeyError(), says=(says,)) == LIMITED
    assert meaning_of(IndexError(), says=(says,)) == IN_PROGRESS
    assert meaning_of(TypeError(), says=(says,)) == BUG


def test_who_is_nearer_is_heard_first_and_who_fails_is_not_heard() -> None:
    def fails(_: BaseException) -> FailureKind:
        raise RuntimeError

    nearer, further = (lambda _: FailureKind.NOT_SENT), (lambda _: FailureKind.PERMANENT)
    assert meaning_of(TypeError(), says=(fails, nearer, further)) == NOT_SENT
    assert meaning_of(TypeError(), says=(fails,)) == BUG


def test_wait_that_was_asked_for_is_kept_whatever_the_author_says() -> None:
    error = replied(503, headers={"retry-after": "7"})
    assert meaning_of(error, now_ms=NOW_MS).retry_after_ms == 7_000
    said = meaning_of(error, now_ms=NOW_MS, says=(lambda _: FailureKind.RATE_LIMITED,))
    assert said == LIMITED._replace(retry_after_ms=7_000)


@pytest.mark.parametrize(
    ("kind", "health", "cost", "is_sure"),
    [
        (FailureKind.NOT_SENT, Health.UNWELL, COST, True),
        (FailureKind.TRANSIENT, Health.UNWELL, COST, False),
        (FailureKind.IN_PROGRESS, Health.UNKNOWN, 0, False),
        (FailureKind.RATE_LIMITED, Health.UNKNOWN, COST_LIMITED, True),
        (FailureKind.PERMANENT, Health.ALIVE, 0, True),
        (FailureKind.MALFORMED_OUTPUT, Health.ALIVE, COST_LIMITED, False),
        (FailureKind.CANCELLED, Health.UNKNOWN, 0, False),
        (FailureKind.DEADLINE, Health.UNKNOWN, 0, False),
        (FailureKind.AMBIGUOUS, Health.UNWELL, 0, False),
    ],
)
def test_each_kind_says_what_it_is_to_every_guard(
    kind: FailureKind, health: Health, cost: int, *, is_sure: bool
) -> None:
    assert of_kind(kind) == Meaning(kind, is_sure=is_sure, health=health, cost=cost)
