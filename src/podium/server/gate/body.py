"""The body of a request: read whole, in bounded time and size, and looked at before anything parses it."""

import asyncio
import re
from collections.abc import Callable
from itertools import accumulate

from podium.asgi.wire import (
    BodyTooLongError,
    Message,
    Receive,
    Scope,
    header_values,
    read_body,
)
from podium.server.gate.refusal import Refusal
from podium.server.gate.settings import Limits

_STRINGS = re.compile(rb'"(?:[^"\\]|\\.)*+(?:"|\Z)', re.DOTALL)
_BUT_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
_BUT_COMMAS = bytes(set(range(256)) - set(b","))
_STEP = {ord("["): 1, ord("{"): 1, ord("]"): -1, ord("}"): -1}
_JOURNALS = "/api/v1/journals/"


def bytes_max(path: str, limits: Limits) -> int:
    """Return how long the body of a request may be."""
    return limits.journal_bytes if path.startswith(_JOURNALS) else limits.body_bytes


async def checked_body(scope: Scope, receive: Receive, limits: Limits) -> bytes:
    """Return the body.

    Raises:
        Refusal: It is too long, too slow, too deep, or holds too many values. The rest of it was not read.
        ClientGoneError: It never came to its end.
    """
    most = bytes_max(scope["path"], limits)
    for said in header_values(scope, b"content-length"):
        if not said.isdigit() or int(said[:20]) > most:
            raise Refusal("body-too-long")
    try:
        async with asyncio.timeout(limits.body_s):
            body = await read_body(receive, bytes_max=most)
    except BodyTooLongError as error:
        raise Refusal("body-too-long") from error
    except TimeoutError as error:
        raise Refusal("body-too-slow") from error
    if scope["path"].startswith(_JOURNALS):
        await asyncio.to_thread(_check_lines, body, limits)
    else:
        check_json(body, limits)
    return body


def _check_lines(body: bytes, limits: Limits) -> None:
    for line in body.splitlines():
        check_json(line, limits)


def check_json(text: bytes, limits: Limits) -> None:
    """Raise Refusal where JSON is too deep or holds too many values; what is no JSON is for its reader to refuse.

    Counting is enough for nearly all of it; strings are taken out only where there may be too much.
    """
    brackets = text.count(b"[") + text.count(b"{")
    if brackets <= limits.depth and text.count(b",") + brackets <= limits.values:
        return
    bare = _STRINGS.sub(b"", text)
    opened = bare.translate(None, _BUT_BRACKETS)
    if max(accumulate(map(_STEP.__getitem__, opened)), default=0) > limits.depth:
        raise Refusal("body-too-deep")
    if len(bare.translate(None, _BUT_COMMAS)) + len(opened) // 2 > limits.values:
        raise Refusal("too-many-values")


def given_again(body: bytes, receive: Receive) -> Receive:
    """Return a `receive` that gives a body which was read, and then whatever comes after it."""
    left: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]
    first: Callable[[], Message] = left.pop

    async def again() -> Message:
        return first() if left else await receive()

    return again
