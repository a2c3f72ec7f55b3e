"""When the other side asks to be tried again, it is understood in every form, and nothing else is taken for that."""

import email.utils

import httpx
import pytest

from podium.guard.retry_after import RETRY_AFTER_MS_MAX, retry_after_ms

NOW_MS = 1_800_000_000_000
DAY_S = RETRY_AFTER_MS_MAX // 1000


def date(offset_s: int) -> str:
    return email.utils.formatdate(NOW_MS / 1000 + offset_s, usegmt=True)


@pytest.mark.parametrize(
    ("headers", "wait_ms"),
    [
        ({"Retry-After": "7"}, 7_000),
        ({"retry-after": " 1.5 "}, 1_500),
        ({"retry-after": "0"}, 0),
        ({"retry-after-ms": "20"}, 20),
        ({"x-amz-retry-after": "1500"}, 1_500),
        ({"retry-after-ms": "250", "retry-after": "1"}, 250),
        ({"retry-after-ms": "soon", "retry-after": "1"}, 1_000),
        ({"retry-after": date(90)}, 90_000),
        ({"retry-after": date(90).replace("GMT", "-0000")}, 90_000),
        ({"retry-after": str(DAY_S)}, RETRY_AFTER_MS_MAX),
    ],
)
def test_wait_is_understood_in_every_form(headers: dict[str, str], wait_ms: int) -> None:
    assert retry_after_ms(httpx.Headers(headers), now_ms=NOW_MS) == wait_ms
    assert retry_after_ms(headers, now_ms=NOW_MS) == wait_ms, "as other libraries give headers"


@pytest.mark.parametrize(
    "text",
    [
        "abc",
        "-7",
        "1e12",
        "1000000000000",
        "9" * 400,
        "nan",
        "inf",
        "7 s",
        "",
        date(-90),
        date(DAY_S + 1),
        "\u0667",
        "Mon, 1000000000000 Jan 2027 00:00:00 GMT",
        "Mon, 15 Jan 2027 00:00:00 +99999999999",
    ],
)
def test_what_is_no_wait_is_ignored(text: str) -> None:
    headers = httpx.Headers([(b"retry-after", text.encode())])
    assert retry_after_ms(headers, now_ms=NOW_MS) is None
    assert retry_after_ms(httpx.Headers([(b"retry-after-ms", text.encode())]), now_ms=NOW_MS) is None


@pytest.mark.parametrize(
    "lines", [["7", "9"], ["abc", "7"], ["-1", "7", "9"], [date(-5), "7"], ["7, 9"], ["abc, 7"], ["abc", "7", date(60)]]
)
def test_first_valid_one_of_several_counts(lines: list[str]) -> None:
    headers = httpx.Headers([("retry-after", line) for line in lines])
    assert retry_after_ms(headers, now_ms=NOW_MS) == 7_000


def test_nothing_said_is_nothing_heard() -> None:
    assert retry_after_ms({}, now_ms=NOW_MS) is None
    assert retry_after_ms({"Date": date(90)}, now_ms=NOW_MS) is None
