"""From what was sent to what a route asks for; what does not fit is named by place, with what was expected."""

import hashlib
from collections.abc import Mapping
from typing import Any, TypeVar
from urllib.parse import parse_qsl

from pydantic import BaseModel, ValidationError
from starlette.requests import Request

from podium.server.gate import Scope, Who, who_of
from podium.server.route import Asked, Route
from podium.server_errors import BadRequestError, BodyTooLongError, WrongMediaTypeError

M = TypeVar("M", bound=BaseModel)

JSON = "application/json"
_NOBODY = Who("", Scope.READ)
_FIELDS_MAX = 100
_FAULTS_MAX = 20


async def read(request: Request, route: Route, path: Mapping[str, str]) -> Asked[Any, Any]:
    """Return what a request asks.

    Raises:
        BadRequestError, BodyTooLongError, WrongMediaTypeError: It is not as the route says.
    """
    query = _query(request, route)
    body = await _body(request, route)
    who = who_of(request.scope) or _NOBODY
    key = request.headers.get("idempotency-key", "")
    if key:
        place = f"{who.name}\n{request.method}\n{request.scope['path']}\n{key}"
        key = hashlib.sha256(place.encode("utf-8", "surrogateescape")).hexdigest()[:32]
    return Asked(who=who, path=path, query=query, body=body, key=key, scope=request.scope)


def _query(request: Request, route: Route) -> BaseModel:
    try:
        pairs = parse_qsl(
            request.scope["query_string"].decode("ascii"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=_FIELDS_MAX,
        )
    except ValueError as error:
        message = f"the query can not be read; expected name=value pairs, at most {_FIELDS_MAX}, percent-encoded UTF-8"
        raise BadRequestError(message) from error
    found: dict[str, str] = {}
    for name, value in pairs:
        if name in found:
            message = f"{name!r} is in the query twice"
            raise BadRequestError(message, faults=((f"query.{name}", "once"),))
        found[name] = value
    try:
        return route.query.model_validate(found)
    except ValidationError as error:
        raise _misfit("query", error) from error


async def _body(request: Request, route: Route) -> BaseModel | bytes:
    if request.method != "POST":
        return b""
    body = await _bytes(request, bytes_max=route.body_bytes_max)
    given = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if isinstance(route.body, str):
        if given != route.body:
            raise WrongMediaTypeError(given, wanted=route.body)
        return body
    if not body and not any(one.is_required() for one in route.body.model_fields.values()):
        return route.body()
    if given != JSON:
        raise WrongMediaTypeError(given, wanted=JSON)
    return _checked(route.body, body)


def _checked(model: type[M], body: bytes) -> M:
    try:
        return model.model_validate_json(body, strict=True)
    except ValidationError as error:
        raise _misfit("body", error) from error


async def _bytes(request: Request, *, bytes_max: int) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > bytes_max:
            raise BodyTooLongError(bytes_max=bytes_max)
    return bytes(body)


def _misfit(place: str, error: ValidationError) -> BadRequestError:
    faults = tuple(
        (".".join((place, *map(str, one["loc"])))[:200], one["msg"][:300])
        for one in error.errors(include_url=False, include_context=False, include_input=False)[:_FAULTS_MAX]
    )
    told = "; ".join(f"{at}: {expected}" for at, expected in faults)
    return BadRequestError(f"the request is not as expected: {told}"[:1000], faults=faults)
