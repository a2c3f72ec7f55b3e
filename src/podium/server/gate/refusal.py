"""What clients are told when the gate does not let a request through: problem+json, one code for each case."""

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

from podium.asgi.answer import Answer

CASES: Final[Mapping[str, tuple[int, str]]] = {
    "bad-path": (400, "a path holds no control characters, backslashes, or segments of dots"),
    "body-too-deep": (400, "the body is nested too deeply"),
    "no-token": (401, "send a token: Authorization: Bearer …, or log in"),
    "bad-token": (401, "this token is not known, or its time is over; `podium tokens add` makes one"),
    "foreign-origin": (403, "requests of other sites are not carried out"),
    "scope-missing": (403, "this token may not do that"),
    "body-too-slow": (408, "the body was not there in time; nothing was done"),
    "body-too-long": (413, "the body is longer than this server takes; nothing was done"),
    "too-many-values": (413, "the body holds more values than this server takes; nothing was done"),
    "url-too-long": (414, "the address is longer than this server takes"),
    "not-json": (415, "a body has to say Content-Type: application/json"),
    "bad-host": (421, "this server is not reached under that name; `podium serve --public-url` gives it one"),
    "too-many-requests": (429, "too many requests of one client; try again later"),
    "too-many-at-once": (429, "too many requests of one client at a time; try again when one of them is over"),
    "too-many-logins": (429, "too many tokens were tried; try again later"),
    "headers-too-long": (431, "the headers are longer than this server takes"),
    "audit-unavailable": (503, "the audit can not be written, so nothing was done; make room, or mend its file"),
    "server-busy": (503, "the server has as much to do as it takes; try again later"),
    "tokens-unreadable": (503, "the file of tokens can not be read, so nobody is let in; mend it"),
}
"""The status of each code, and what it says."""

_ASKS_FOR_TOKEN: Final = ("www-authenticate", 'Bearer realm="podium"')
_CLOSES: Final = frozenset({"body-too-long", "body-too-slow", "too-many-values"})
"""What is left of their body is not read."""


class Refusal(Exception):  # noqa: N818  # no error: an answer
    """A request is not let through.

    Attributes:
        code: One of CASES.
        status: The HTTP status.
        detail: What to say instead of the usual words.
        retry_after_s: How long to wait before the next try.
    """

    def __init__(self, code: str, detail: str = "", *, retry_after_s: float | None = None) -> None:
        self.code, self.retry_after_s = code, retry_after_s
        self.status, usual = CASES[code]
        self.detail = detail or usual
        super().__init__(f"{code}: {self.detail}")

    def answer(self) -> Answer:
        """Return it as it goes out; its type is `/problems/<code>`."""
        said = {
            "type": f"/problems/{self.code}",
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "detail": self.detail,
        }
        headers = [("content-type", "application/problem+json")]
        if self.retry_after_s is not None:
            headers.append(("retry-after", str(max(1, -int(-self.retry_after_s // 1)))))
        if self.status == HTTPStatus.UNAUTHORIZED:
            headers.append(_ASKS_FOR_TOKEN)
        if self.code in _CLOSES:
            headers.append(("connection", "close"))
        return Answer(self.status, json.dumps(said, ensure_ascii=False).encode(), tuple(headers))
