"""The way to a server: requests that are asked again until they are answered, and problems as Podium's errors.

A POST has one Idempotency-Key for all its tries, so what was done and not answered is not done again.
"""

import json
import secrets
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from random import random
from typing import Any, Final, TypeVar

import httpx
from pydantic import ValidationError

from podium.engine.clock import SystemClock
from podium.engine.ports import Clock
from podium.errors import PodiumError, StoreUnavailableError
from podium.graph.policies import Duration, to_ms
from podium.server_errors import ForbiddenError, NotLetInError, ServerAnswerError, ServerUnavailableError
from podium.views.problem import error_of
from podium.views.view import View

V = TypeVar("V", bound=View)

API: Final = "/api/v1"
EVENTS: Final = "text/event-stream"
NOT_YET: Final = 202
_REFUSES_FROM: Final = 300
"""Nothing is asked again elsewhere: a token is for one server."""
_TIMEOUT = httpx.Timeout(45.0, connect=5.0)
"""Longer than any request waits on the server."""
STREAM = httpx.Timeout(45.0, connect=5.0, read=60.0)
"""A stream says something at least every 15 s."""
_BASE_MS, _CAP_MS = 100, 2_000
_AGAIN = frozenset({"key-in-flight", "outcome-unknown", "not-saved", "too-many-requests", "too-many-at-once"})
"""Refusals that pass by themselves."""
_AGAIN_STATUSES = frozenset({502, 503, 504})


class Connection:
    """Requests to one server.

    Args:
        url: Where it is.
        token: What lets one in, where it asks for one.
        patience: How long a request is tried before it is given up.
        clock: Time.
    """

    def __init__(self, url: str, *, token: str | None, patience: Duration, clock: Clock | None = None) -> None:
        self._url, self._patience_ms, self._clock = url, to_ms(patience), clock or SystemClock()
        headers = {} if token is None else {"authorization": f"Bearer {token}"}
        self.http = httpx.AsyncClient(base_url=url.rstrip("/") + API, headers=headers, timeout=_TIMEOUT)

    async def close(self) -> None:
        """Close what is open."""
        await self.http.aclose()

    async def get(self, path: str, **query: Any) -> httpx.Response:
        """Return what is at a path; raise what its problem tells of."""
        said = {name: value for name, value in query.items() if value is not None and value != ""}
        return await self._ask("GET", path, params=said)

    async def post(self, path: str, body: Mapping[str, Any] | None = None) -> httpx.Response:
        """Have something done once, however often it has to be asked; return once it is decided.

        Raises:
            ServerUnavailableError: It could not be asked for so long, or nobody knows what became of it.
            PodiumError: It was refused.
        """
        content = json.dumps(body or {}, ensure_ascii=False).encode("utf-8", "surrogatepass")
        headers = {"content-type": "application/json", "idempotency-key": secrets.token_hex(16)}
        while (answer := await self._ask("POST", path, content=content, headers=headers)).status_code == NOT_YET:
            await self._clock.sleep(_BASE_MS)  # it stays asked; the next try finds it decided, or waits on
        return answer

    @asynccontextmanager
    async def stream(self, path: str, *, last_seen: int) -> AsyncIterator[httpx.Response]:
        """Open a stream of events behind the last one seen.

        Raises:
            httpx.RequestError, ServerUnavailableError: It can not be opened now; it may be later.
            PodiumError: It was refused, or is none.
        """
        headers = {"last-event-id": str(last_seen)}
        async with self.http.stream("GET", path, headers=headers, timeout=STREAM) as answer:
            if answer.status_code >= _REFUSES_FROM:
                why = _refusal(answer, await answer.aread())
                raise ServerUnavailableError(str(why)) if _passes(answer) else why
            if not answer.headers.get("content-type", "").startswith(EVENTS):
                raise not_ours(answer)
            yield answer

    async def pause(self, attempt: int) -> None:
        """Wait before the next try."""
        await self._clock.sleep(_wait_ms(attempt))

    async def _ask(self, method: str, path: str, **request: Any) -> httpx.Response:
        until = self._clock.mono_ms() + self._patience_ms
        attempt = 0
        while True:
            attempt += 1
            why: Exception
            wait_ms = _wait_ms(attempt)
            try:
                answer = await self.http.request(method, path, **request)
            except httpx.RequestError as error:
                why = error
            else:
                if answer.status_code < _REFUSES_FROM:
                    return answer
                why = _refusal(answer, answer.content)
                if not _passes(answer):
                    raise why
                wait_ms = max(wait_ms, _retry_after_ms(answer))
            if self._clock.mono_ms() + wait_ms > until:
                raise self._given_up(why) from why
            await self._clock.sleep(wait_ms)

    def _given_up(self, why: Exception) -> PodiumError:
        if isinstance(why, StoreUnavailableError):
            return why
        said = str(why) or type(why).__name__
        return ServerUnavailableError(f"{self._url} was tried for {self._patience_ms / 1000:g} s: {said}")


def told(view: type[V], answer: httpx.Response) -> V:
    """Return what a server told; raise ServerAnswerError where that is no such view."""
    try:
        return view.model_validate_json(answer.content)
    except ValidationError as error:
        raise not_ours(answer) from error


def not_ours(answer: httpx.Response) -> ServerAnswerError:
    """Return the error that an answer is not Podium's, or not this version's."""
    message = f"{answer.url} answered {answer.status_code}, and not as Podium does: is it there, and of this version?"
    return ServerAnswerError(message, status=answer.status_code)


def _wait_ms(attempt: int) -> int:
    """Return a share of the longest wait."""
    return int(min(_CAP_MS, _BASE_MS << min(attempt, 10)) * (0.5 + random() / 2))  # noqa: S311  # spreads clients


def _passes(answer: httpx.Response) -> bool:
    """Claim that asking the same again later may help."""
    return answer.status_code in _AGAIN_STATUSES or _code(answer.content) in _AGAIN


def _refusal(answer: httpx.Response, body: bytes) -> PodiumError:
    error = error_of(answer.status_code, body)
    if isinstance(error, ServerAnswerError) and answer.status_code == httpx.codes.UNAUTHORIZED:
        return NotLetInError(str(error))
    if isinstance(error, ServerAnswerError) and answer.status_code == httpx.codes.FORBIDDEN:
        return ForbiddenError(str(error))
    return error


def _code(body: bytes) -> str:
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    return str(said.get("type", "")).rpartition("/")[2] if isinstance(said, dict) else ""


def _retry_after_ms(answer: httpx.Response) -> int:
    text = answer.headers.get("retry-after", "")
    return min(int(text[:9]), 60) * 1000 if text.isascii() and text.isdigit() else 0
