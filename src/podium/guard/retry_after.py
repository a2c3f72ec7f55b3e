"""When the other side asks to be tried again, in all the forms in which it may say so."""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Any

RETRY_AFTER_MS_MAX = 24 * 3_600_000
"""Who asks for longer is not believed: the delay is computed as if nothing had been said."""

_NUMBER = re.compile(r"[0-9]{1,15}(?:\.[0-9]+)?\Z")
_IN_MS = ("retry-after-ms", "x-amz-retry-after")


def retry_after_ms(headers: Mapping[str, str], *, now_ms: int) -> int | None:
    """Return how long to wait from now on, or None where nothing valid is said.

    `retry-after-ms` and `x-amz-retry-after` are in milliseconds; `retry-after` is in seconds or a date. Of several
    values the first valid one counts. A date that has passed, a negative number and more than a day are not valid.

    Args:
        headers: Names in any case, as HTTP libraries give them.
        now_ms: Wall time, for dates.
    """
    for name in _IN_MS:
        for text in _values(headers, name):
            if _NUMBER.match(text) and (found := round(float(text))) <= RETRY_AFTER_MS_MAX:
                return found
    for text in _values(headers, "retry-after"):
        wait_ms = round(float(text) * 1000) if _NUMBER.match(text) else _until(text, now_ms)
        if wait_ms is not None and wait_ms <= RETRY_AFTER_MS_MAX:
            return wait_ms
    return None


def _values(headers: Mapping[str, str], name: str) -> Iterator[str]:
    """Give what a header says: each line of it whole, as dates have commas, and then its parts."""
    get_list = getattr(headers, "get_list", None)
    lines: list[Any] = get_list(name) if callable(get_list) else [_line(headers, name)]
    for line in lines:
        if isinstance(line, str):
            yield line.strip()
            yield from (part.strip() for part in line.split(","))


def _line(headers: Mapping[str, str], name: str) -> str | None:
    found = headers.get(name)
    if found is not None:
        return found
    return next((value for key, value in headers.items() if str(key).lower() == name), None)


def _until(text: str, now_ms: int) -> int | None:
    try:
        at = parsedate_to_datetime(text)
    except (ValueError, OverflowError):  # the latter for a day or a zone with many digits
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    wait_ms = round(at.timestamp() * 1000) - now_ms
    return wait_ms if wait_ms > 0 else None
