"""The server as an ASGI application: from a request to its route's handler, and from what that says to an answer.

In front of it stand the gate, and the keys that let each act be done once.
"""

import logging
from http import HTTPStatus
from pathlib import Path
from tempfile import TemporaryDirectory

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from podium.asgi import IdempotencyMiddleware, IdempotencyPolicy, IdempotencyStore
from podium.asgi.policy import RELEASES
from podium.asgi.wire import ASGIApp, Receive, Send
from podium.asgi.wire import Scope as AsgiScope
from podium.engine.engine import Engine
from podium.errors import BugError, PodiumError
from podium.guard.caught import Raised, caught
from podium.server.drain import Drain
from podium.server.gate import gate, who_of
from podium.server.pages import Pages
from podium.server.reading import read
from podium.server.route import API, KIB, Route, Told
from podium.server.router import Router
from podium.server.service import Service
from podium.server.settings import Settings
from podium.server.table import routes
from podium.server_errors import ForbiddenError, NothingThereError
from podium.views.problem import PROBLEM_JSON, headers_of, problem_of, status_of
from podium.views.view import View

_LOG = logging.getLogger("podium.server")


class Application:
    """One server's application, for as long as its engine is open.

    Attributes:
        service: What its handlers stand on.
    """

    def __init__(self, engine: Engine, settings: Settings) -> None:
        self.service = Service(engine, settings)
        self._folder = None if settings.keys is not None else TemporaryDirectory(prefix="podium-keys-")
        file = settings.keys or Path("" if self._folder is None else self._folder.name) / "keys.db"
        self._store = IdempotencyStore(file, lease=settings.key_lease_s)
        self._router = Router(routes())
        self._pages = Pages()
        once = IdempotencyMiddleware(self._answer, store=self._store, policy=self._policy())
        self._app: ASGIApp = gate(once, settings.gate)

    async def __call__(self, scope: AsgiScope, receive: Receive, send: Send) -> None:
        """Answer a request, or live as long as the server does."""
        await self._app(scope, receive, send)

    @property
    def drain(self) -> Drain:
        """Whether it is about to stop."""
        return self.service.drain

    def close(self) -> None:
        """Close the file of keys."""
        self._store.close()
        if self._folder is not None:
            self._folder.cleanup()

    def _policy(self) -> IdempotencyPolicy:
        """Return how acts are done once. What broke off is carried out again: each counts once by ids of its own."""
        return IdempotencyPolicy(
            tenant=_tenant,
            operation=self._operation,
            methods=frozenset({"POST"}),
            required=False,
            transactional=lambda _: True,
            releases=RELEASES | {HTTPStatus.ACCEPTED},
            request_bytes_max=256 * KIB,
        )

    def _operation(self, scope: AsgiScope) -> str | None:
        """Return what a request does, where that counts once."""
        try:
            route, _ = self._router.find(scope["method"], _raw_path(scope))
        except PodiumError:
            return None
        return f"{scope['method']} {scope['path']}" if route.is_act else None

    # ----- a request

    async def _answer(self, scope: AsgiScope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await _live(receive, send)
            return
        if scope["type"] != "http":
            return
        request = Request(scope, receive)
        try:
            ended = await caught(self._answered(request))
        except ClientDisconnect:
            return
        await (self._problem(ended) if isinstance(ended, Raised) else ended)(scope, receive, send)

    async def _answered(self, request: Request) -> Response:
        raw = _raw_path(request.scope)
        try:
            route, path = self._router.find(request.method, raw)
        except NothingThereError:
            if request.method not in ("GET", "HEAD") or raw == API or raw.startswith(f"{API}/"):
                raise
            return self._pages.answer(request)
        _check_scope(route, request.scope)
        asked = await read(request, route, path)
        return _response(await route.handler(self.service, asked), route)

    def _problem(self, raised: Raised) -> Response:
        error = raised.error
        if not isinstance(error, PodiumError):
            _LOG.error("a request could not be answered", exc_info=error)
            error = BugError(str(error))
        elif status_of(error) == HTTPStatus.INTERNAL_SERVER_ERROR:
            _LOG.error("a request could not be answered", exc_info=error)
        told = problem_of(error)
        return Response(told.body(), told.status, headers=headers_of(error), media_type=PROBLEM_JSON)


def application(engine: Engine, settings: Settings) -> Application:
    """Return the server of an engine, which is to be open for as long as requests come.

    Args:
        engine: Whose runs are served.
        settings: How.
    """
    return Application(engine, settings)


def _check_scope(route: Route, scope: AsgiScope) -> None:
    who = who_of(scope)
    if route.scope is not None and (who is None or not who.scope.allows(route.scope)):
        raise ForbiddenError.missing(has="none" if who is None else who.scope, wants=route.scope)


def _response(said: View | Told | Response, route: Route) -> Response:
    if isinstance(said, Response):
        return said
    told = said if isinstance(said, Told) else Told(view=said, status=route.status)
    headers = {"cache-control": "no-store", **told.headers}
    return Response(told.view.model_dump_json(), told.status, headers=headers, media_type="application/json")


def _raw_path(scope: AsgiScope) -> str:
    raw: bytes = scope.get("raw_path") or scope["path"].encode()
    return raw.partition(b"?")[0].decode("latin-1")


def _tenant(scope: AsgiScope) -> str:
    who = who_of(scope)
    return "" if who is None else who.name


async def _live(receive: Receive, send: Send) -> None:
    """Say yes to the server's beginning and its end."""
    while True:
        kind = (await receive())["type"]
        await send({"type": f"{kind}.complete"})
        if kind == "lifespan.shutdown":
            return
