"""One booking service as an ASGI application: flight, hotel and car differ in their prices only.

| request | what it does |
|---|---|
| `GET /search?city=` | offers, the cheapest first |
| `POST /bookings` | a write, under the header `Idempotency-Key` |
| `DELETE /bookings/{id}` | its compensation, a write as well |
| `GET /bookings/by-key/{key}` | did it happen? the booking, or 404 when it certainly did not |
| `GET /ledger` | every effect in order |
| `POST /faults` | replaces the script of what shall go wrong |
| `GET /healthz` | the kind and how it treats keys |

A request runs its transaction on the event loop: it takes a millisecond, and so a request is either waiting in a
fault, where its key counts as in flight, or done.
"""

import json
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Final, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import to_json
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from podium.demo.desk.faults import FaultScript
from podium.demo.desk.ledger import Ledger, Reply, read_effects
from podium.demo.desk.models import BookingRequest, Fault, FaultList, Operation, SearchRequest, ServiceSpec
from podium.demo.desk.prices import offers
from podium.demo.desk.problem import PROBLEM_JSON, ProblemError, answer_bug, answer_http, answer_problem
from podium.demo.desk.wire import NoReply, hang, read_body

_KEY: Final = re.compile(r"[\x21-\x7e]{1,255}")
_RETRY_AFTER_S: Final = 1
_ERRORS_FROM: Final = 400
_READS: Final = frozenset({"search", "find"})
_M = TypeVar("_M", bound=BaseModel)


def booking_app(spec: ServiceSpec, connection: sqlite3.Connection) -> Starlette:
    """Return the application of one service over its open store, which the caller closes."""
    service = _BookingService(spec, connection)
    return Starlette(
        routes=[
            Route("/search", service.search, methods=["GET"]),
            Route("/bookings", service.book, methods=["POST"]),
            Route("/bookings/by-key/{key:path}", service.find, methods=["GET"]),
            Route("/bookings/{id}", service.cancel, methods=["DELETE"]),
            Route("/ledger", service.ledger, methods=["GET"]),
            Route("/faults", service.set_faults, methods=["POST"]),
            Route("/healthz", service.health, methods=["GET"]),
        ],
        exception_handlers={ProblemError: answer_problem, HTTPException: answer_http, Exception: answer_bug},
    )


class _BookingService:
    def __init__(self, spec: ServiceSpec, connection: sqlite3.Connection) -> None:
        self._spec = spec
        self._connection = connection
        self._ledger = Ledger(connection, spec)
        self._faults = FaultScript(connection)
        self._in_flight: set[tuple[Operation, str]] = set()

    async def search(self, request: Request) -> Response:
        asked = _validated(SearchRequest, json.dumps(dict(request.query_params)).encode())
        found = to_json(offers(self._spec.kind, asked.city))
        return await self._perform(request, "search", lambda _: Reply(status=200, body=found))

    async def book(self, request: Request) -> Response:
        key = self._key(request)
        asked = _validated(BookingRequest, await read_body(request))
        with self._working_on("book", key):
            return await self._perform(
                request, "book", lambda refusal: self._ledger.book(asked, key=key, refusal=refusal)
            )

    async def cancel(self, request: Request) -> Response:
        key = self._key(request)
        await read_body(request)
        booking_id: str = request.path_params["id"]
        with self._working_on("cancel", key):
            return await self._perform(
                request, "cancel", lambda refusal: self._ledger.cancel(booking_id, key=key, refusal=refusal)
            )

    async def find(self, request: Request) -> Response:
        key: str = request.path_params["key"]
        if not self._spec.readback:
            raise ProblemError(501, "no-readback", "this service can not say what was booked with a key")
        if ("book", key) in self._in_flight:
            raise _in_flight_error()
        return await self._perform(request, "find", lambda _: self._found(key))

    async def ledger(self, _request: Request) -> Response:
        return Response(to_json(read_effects(self._connection)), media_type="application/json")

    async def set_faults(self, request: Request) -> Response:
        script = _validated(FaultList, await read_body(request))
        self._faults.replace(script.root)
        return Response(status_code=204)

    async def health(self, _request: Request) -> Response:
        return JSONResponse(asdict(self._spec))

    async def _perform(self, request: Request, operation: Operation, act: Callable[[Fault | None], Reply]) -> Response:
        """Answer with what `act` gives, unless the script of faults has something else in store."""
        fault = self._faults.take(operation)
        strikes = fault.fault if fault else None
        if fault and (strikes == "error_before" or (strikes == "refuse" and operation in _READS)):
            raise ProblemError(fault.answer_status, "fault", "an error on demand; nothing was done")
        if strikes == "hang":
            return await hang(request)
        reply = act(fault if strikes == "refuse" else None)
        if strikes == "lost_reply":
            return NoReply()
        if fault and strikes == "error_after":
            raise ProblemError(fault.answer_status, "fault", "an error on demand")
        return _response(reply)

    @contextmanager
    def _working_on(self, operation: Operation, key: str | None) -> Iterator[None]:
        """Hold the key while its request runs. Memory is enough: a process that dies takes its requests along."""
        if key is None or self._spec.keys == "ignore":
            yield
            return
        if (operation, key) in self._in_flight:
            raise _in_flight_error()
        self._in_flight.add((operation, key))
        try:
            yield
        finally:
            self._in_flight.discard((operation, key))

    def _key(self, request: Request) -> str | None:
        key = request.headers.get("Idempotency-Key")
        if key is None and self._spec.keys == "ignore":
            return None
        if key is None or not _KEY.fullmatch(key):
            raise ProblemError(400, "no-key", "send an Idempotency-Key of 1 to 255 visible ASCII characters")
        return key

    def _found(self, key: str) -> Reply:
        booking = self._ledger.find(key)
        if booking is None:
            raise ProblemError(404, "not-booked", "nothing was booked with this key")
        return Reply(status=200, body=booking.model_dump_json().encode())


def _in_flight_error() -> ProblemError:
    return ProblemError(
        409, "key-in-flight", "a request with this key is being worked on", retry_after_s=_RETRY_AFTER_S
    )


def _validated(model: type[_M], body: bytes) -> _M:
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        details = error.errors(include_url=False, include_context=False, include_input=False)
        status = 400 if details[0]["type"] == "json_invalid" else 422
        places = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in details)
        raise ProblemError(status, "invalid", places.removeprefix(": ")) from error


def _response(reply: Reply) -> Response:
    media_type = "application/json" if reply.status < _ERRORS_FROM else PROBLEM_JSON
    headers = {"Idempotent-Replayed": "true"} if reply.replayed else {}
    return Response(reply.body, reply.status, headers=headers, media_type=media_type)
