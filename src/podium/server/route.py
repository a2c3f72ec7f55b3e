"""What a route is: data from which dispatch, checks and the OpenAPI document follow."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Generic, TypeAlias, TypeVar

from pydantic import BaseModel
from starlette.responses import Response

from podium.server.gate import Scope, Who
from podium.views.view import View

if TYPE_CHECKING:
    from podium.server.service import Service

Q = TypeVar("Q", bound=BaseModel)
B = TypeVar("B", bound=BaseModel | bytes)

KIB, MIB = 1 << 10, 1 << 20

EVENTS = "text/event-stream"


class NoQuery(View):
    """Nothing may be said in the query."""


class NoBody(View):
    """Nothing has to be said in the body; `{}` may be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked(Generic[Q, B]):
    """A request that is as its route says.

    Attributes:
        who: Who asks.
        path: What stands in place of `{name}` in the path, decoded.
        query, body: As checked by the route's models.
        key: The request's Idempotency-Key with all that makes it one: the same for each try of the same request, and of
            no other; "" where there is none.
        scope: The ASGI scope.
    """

    who: Who
    path: Mapping[str, str]
    query: Q
    body: B
    key: str = ""
    scope: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An answer that is not simply 200 with a view."""

    view: View
    status: int = HTTPStatus.OK
    headers: Mapping[str, str] = field(default_factory=dict)


Handler: TypeAlias = "Callable[[Service, Asked[Any, Any]], Awaitable[View | Told | Response]]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """Something that may be asked.

    Attributes:
        method, path: As `GET`, `/runs/{id}/row`; below `/api/v1` unless it `is_outside`.
        scope: What whoever asks needs to have; None: nobody needs to be known.
        says: What it does, a line; for the document.
        handler: Does it.
        query: What may be in the query.
        body: What comes in the body: a model of a JSON body, or the media type of one that is taken as it is.
        body_bytes_max: A longer one is refused.
        gives: What is answered: a view, or a media type; None for nothing.
        status: With this status.
        also: Other statuses of success with the same answer, and when.
        refuses: Statuses of problems beside those that any route may answer, for the document.
        is_act: It changes something: it is audited, refused while the server drains, and once per Idempotency-Key.
        is_outside: Not below `/api/v1`.
    """

    method: str
    path: str
    scope: Scope | None
    says: str
    handler: Handler
    query: type[BaseModel] = NoQuery
    body: type[BaseModel] | str = NoBody
    body_bytes_max: int = 256 * KIB
    gives: type[View] | str | None
    status: int = HTTPStatus.OK
    also: Mapping[int, str] = field(default_factory=dict)
    refuses: tuple[int, ...] = ()
    is_act: bool = False
    is_outside: bool = False

    @property
    def whole_path(self) -> str:
        """The path from the root."""
        return self.path if self.is_outside else API + self.path.removesuffix("/")


API = "/api/v1"
