"""The gate, put together. Whatever reaches the application has passed all of it."""

import asyncio
import json
from urllib.parse import parse_qs

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from podium.asgi.answer import Answer
from podium.asgi.wire import ASGIApp, ClientGoneError, Receive, Scope, Send
from podium.engine.clock import SystemClock
from podium.engine.ports import Clock
from podium.gate_errors import AuditError, ExposedError
from podium.server.gate.audit import Audit
from podium.server.gate.body import checked_body, given_again
from podium.server.gate.crowd import Crowd, Kind, kind_of
from podium.server.gate.headers import with_headers
from podium.server.gate.identity import Identity, address_of
from podium.server.gate.lasting import LastingAnswer
from podium.server.gate.origin import Origins
from podium.server.gate.rates import Rate
from podium.server.gate.refusal import Refusal
from podium.server.gate.scopes import API, READS_BY_POST, SAFE, SESSION, ScopeNeeded, is_api, scope_needed
from podium.server.gate.settings import GateSettings
from podium.server.gate.shape import check_shape
from podium.server.gate.trail import Trail
from podium.server.gate.who import IN_SCOPE, Who

_AUDIT = f"{API}/audit"
_PAGE = 100


def gate(
    app: ASGIApp, settings: GateSettings, *, needs: ScopeNeeded = scope_needed, clock: Clock | None = None
) -> ASGIApp:
    """Put the gate before an application.

    Who was let in is a `Who` in the scope of each request, under `podium.who`. `/api/v1/session` and `/api/v1/audit`
    are answered here.

    Args:
        app: The application.
        settings: Whom to let in, and how much.
        needs: Which scope a request needs.
        clock: Time; the system's by default.

    Raises:
        ExposedError: Other machines would reach it, and there are no tokens.
    """
    if settings.is_exposed and not settings.tokens.exists():
        raise ExposedError(settings.host if not settings.is_loopback else settings.public_url, settings.tokens)
    return _Gate(app, settings, needs=needs, clock=clock or SystemClock())


class _Gate:
    def __init__(self, app: ASGIApp, settings: GateSettings, *, needs: ScopeNeeded, clock: Clock) -> None:
        limits = settings.limits
        self._app, self._needs, self._limits, self._clock = app, needs, limits, clock
        self._is_https = settings.public_url.startswith("https:")
        self._origins = Origins(settings)
        self._identity = Identity(settings, clock)
        self._rate = Rate(limits.per_minute, burst=limits.burst)
        self._crowd = Crowd(limits)
        self._trail = Trail(Audit(settings.audit), clock)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":  # there are none
            await send({"type": "websocket.close", "code": 1008})
            return
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        send = with_headers(scope, send, is_https=self._is_https or scope.get("scheme") == "https")
        try:
            await self._let_in(scope, receive, send)
        except Refusal as refusal:
            await self._trail.refused(scope, refusal)
            await refusal.answer()(scope, receive, send)
        except ClientGoneError:
            return

    async def _let_in(self, scope: Scope, receive: Receive, send: Send) -> None:
        check_shape(scope, self._limits)
        self._origins.check(scope)
        who = self._identified(scope)
        client = address_of(scope) if who is None or self._identity.is_open else f"{who.name} (token)"
        wait_s = self._rate.take(client, self._clock.mono_ms())
        if wait_s:
            raise Refusal("too-many-requests", retry_after_s=wait_s)
        self._check_scope(scope, who)
        with self._crowd.place(client, kind_of(scope["path"])):
            await self._within(scope, receive, send)

    def _identified(self, scope: Scope) -> Who | None:
        who = self._identity.of(scope)
        if who is not None:
            scope[IN_SCOPE] = who
        return who

    def _check_scope(self, scope: Scope, who: Who | None) -> None:
        needed = self._needs(scope["method"], scope["path"])
        if needed is None:
            return
        if who is None:
            raise Refusal("no-token")
        if not who.scope.allows(needed):
            raise Refusal("scope-missing", f"this needs the scope {needed}, and {who.name} has {who.scope}")

    def _may_still(self, scope: Scope) -> bool:
        """Claim that whoever asked could ask again: the token still holds, and so does its session."""
        try:
            self._check_scope(scope, self._identity.of(scope))
        except Refusal:
            return False
        return True

    async def _within(self, scope: Scope, receive: Receive, send: Send) -> None:
        method, path = scope["method"], scope["path"]
        if method in SAFE:
            lasting = LastingAnswer(receive, send, may=lambda: self._may_still(scope))
            if kind_of(path) is Kind.STREAM:
                receive, send = lasting.receive, lasting.send
            await (self._tell_audit if path == _AUDIT else self._app)(scope, receive, send)
            return
        body = await checked_body(scope, receive, self._limits)
        again = given_again(body, receive)
        if not is_api(path) or path in READS_BY_POST:
            await self._app(scope, again, send)
            return
        app = self._session(body) if path == SESSION else self._app
        await self._trail.carried_out(app, scope, body, again, send)

    def _session(self, body: bytes) -> ASGIApp:
        async def answered(scope: Scope, receive: Receive, send: Send) -> None:
            headers: tuple[tuple[str, str], ...] = ()
            if scope["method"] == "DELETE":
                headers = (("set-cookie", self._identity.log_out(scope)), ("clear-site-data", '"cache", "storage"'))
            elif scope["method"] == "POST":
                cookie = self._identity.log_in(_token(body), scope)
                headers = (("set-cookie", cookie),) if cookie else ()
            else:
                headers = (("allow", "POST, DELETE"),)
            status = 204 if scope["method"] in ("POST", "DELETE") else 405
            await Answer(status, headers=headers)(scope, receive, send)

        return answered

    async def _tell_audit(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked = parse_qs(scope["query_string"].decode("latin-1"))
        try:
            page = await asyncio.to_thread(self._trail.audit.page, before=asked.get("cursor", [""])[0], limit=_PAGE)
        except AuditError as error:
            raise Refusal("audit-unavailable", "the audit can not be read; mend its file") from error
        headers = (("content-type", "application/json"),)
        await Answer(200, page.model_dump_json().encode(), headers)(scope, receive, send)


class Login(BaseModel):
    """What logs a browser in."""

    model_config = ConfigDict(extra="forbid")

    token: str = Field(max_length=200)


def _token(body: bytes) -> str:
    try:
        return Login.model_validate_json(body).token
    except (ValidationError, json.JSONDecodeError) as error:
        raise Refusal("bad-token", 'a body `{"token": "…"}` is wanted') from error
