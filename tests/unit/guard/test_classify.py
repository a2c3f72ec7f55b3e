"""Every exception means something, and what is not surely harmless leaves a write in doubt."""

import asyncio
import socket
from types import SimpleNamespace

import httpx
import pytest

from podium.errors import DeadlineError, NotDone
from podium.failure import FailureKind
from podium.guard.classify import Meaning, meaning_of

REQUEST = httpx.Request("POST", "http://desk.example/flights")

NOT_SENT = Meaning(FailureKind.NOT_SENT, is_sure=True)
UNWELL = Meaning(FailureKind.TRANSIENT, is_sure=False)
REFUSED = Meaning(FailureKind.PERMANENT, is_sure=True)
BUG = Meaning(FailureKind.PERMANENT, is_sure=False)
LIMITED = Meaning(FailureKind.RATE_LIMITED, is_sure=True)
BUSY = Meaning(FailureKind.IN_PROGRESS, is_sure=False)

BY_CLASS: list[tuple[BaseException, Meaning]] = [
    (ConnectionRefusedError("no"), NOT_SENT),
    (socket.gaierror("no such host"), NOT_SENT),
    (httpx.ConnectError("no", request=REQUEST), NOT_SENT),
    (httpx.ConnectTimeout("slow", request=REQUEST), NOT_SENT),
    (httpx.PoolTimeout("full", request=REQUEST), NOT_SENT),
    (httpx.ReadTimeout("slow", request=REQUEST), UNWELL),
    (httpx.WriteTimeout("slow", request=REQUEST), UNWELL),
    (httpx.ReadError("reset", request=REQUEST), UNWELL),
    (httpx.RemoteProtocolError("gone", request=REQUEST), UNWELL),
    (TimeoutError(), UNWELL),
    (ConnectionResetError(), UNWELL),
    (BrokenPipeError(), UNWELL),
    (OSError("disk"), UNWELL),
    (asyncio.CancelledError(), Meaning(FailureKind.CANCELLED, is_sure=False)),
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
    (409, BUSY),
    (429, LIMITED),
    (529, LIMITED),
    (500, UNWELL),
    (503, UNWELL),
    (599, UNWELL),
]


@pytest.mark.parametrize(("status", "meaning"), STATUSES)
def test_status_of_a_reply_counts_more_than_the_class(status: int, meaning: Meaning) -> None:
    reply = httpx.Response(status, request=REQUEST)
    with pytest.raises(httpx.HTTPStatusError) as caught:
        reply.raise_for_status()
    assert meaning_of(caught.value) == meaning


class SdkError(ValueError):
    """An error of some SDK, with a response like httpx's."""

    def __init__(self, response: object) -> None:
        super().__init__("sdk")
        self.response = response


def test_any_error_with_a_reply_is_understood() -> None:
    assert meaning_of(SdkError(SimpleNamespace(status_code=429))) == LIMITED
    assert meaning_of(SdkError(SimpleNamespace(status_code="429"))) == BUG
    assert meaning_of(SdkError(None)) == BUG
