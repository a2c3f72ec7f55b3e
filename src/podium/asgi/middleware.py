"""The server side of idempotency for any ASGI application: claim before work, replay after it."""

import asyncio
import logging
from collections.abc import Mapping
from typing import Final

from podium.asgi.answer import Answer, Recorded
from podium.asgi.claims import Claim, Expired, InFlight, NotKept, Reused, Slot, Unknown
from podium.asgi.execution import Exchange, Execution, Service
from podium.asgi.fingerprint import fingerprint
from podium.asgi.key import BadKeyError, parse_key
from podium.asgi.policy import IdempotencyPolicy
from podium.asgi.problem import expiry_header, problem
from podium.asgi.statements import Found
from podium.asgi.store import IdempotencyStore
from podium.asgi.threads import StoreThreads
from podium.asgi.upkeep import Upkeep
from podium.asgi.wire import (
    ASGIApp,
    BodyTooLongError,
    ClientGoneError,
    Message,
    Receive,
    Scope,
    Send,
    header_values,
    read_body,
)
from podium.errors import StoreUnavailableError

_LOG: Final = logging.getLogger("podium.asgi")
_IN_FLIGHT_MS: Final = 1000
_REFUSALS: Final[Mapping[type[Found], str]] = {
    Reused: "key-reused",
    Expired: "key-expired",
    NotKept: "answer-not-kept",
}


class IdempotencyMiddleware:
    """Carries out each request once per Idempotency-Key, and answers it again from what is kept.

    Put it inside of authentication, so that `tenant` can say whose key it is, and outside of everything that acts.
    docs/idempotent_server.md says what clients see.

    Args:
        app: The application, or the next middleware.
        store: Where keys and answers are kept; the caller's to close.
        policy: What the application says about its keys.
    """

    def __init__(self, app: ASGIApp, *, store: IdempotencyStore, policy: IdempotencyPolicy | None = None) -> None:
        policy = policy or IdempotencyPolicy()
        self._service = Service(app, store, policy, StoreThreads())
        self._upkeep = Upkeep(store, policy, self._service.threads)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Guard a request; let anything else through."""
        if scope["type"] == "lifespan":
            await self._live(scope, receive, send)
            return
        policy = self._service.policy
        operation = policy.operation(scope) if scope["type"] == "http" and scope["method"] in policy.methods else None
        keys = header_values(scope, b"idempotency-key") if operation is not None else []
        if operation is None or not (keys or policy.required):
            await self._service.app(scope, receive, send)
            return
        self._upkeep.start()
        try:
            key = parse_key(keys)
        except BadKeyError as error:
            await problem("no-key", str(error))(scope, receive, send)
        else:
            slot = Slot(policy.tenant(scope), operation, key)
            await self._guard(slot, scope, receive, send)

    async def _guard(self, slot: Slot, scope: Scope, receive: Receive, send: Send) -> None:
        """Claim the key, and carry the request out or say what became of it."""
        body = b""
        try:
            body = await read_body(receive, bytes_max=self._service.policy.request_bytes_max)
            found: Found | Answer = await self._claim(slot, scope, body)
        except ClientGoneError:
            return
        except BodyTooLongError:
            found = problem("body-too-long")
        except StoreUnavailableError:
            _LOG.exception("%r: it could not be claimed, and was not carried out", slot)
            found = problem("store-unavailable", retry_after_ms=_IN_FLIGHT_MS)
        if isinstance(found, Claim):
            await Execution(self._service, found, Exchange(scope, body, receive, send)).run()
        else:
            await self._told(found)(scope, receive, send)

    async def _claim(self, slot: Slot, scope: Scope, body: bytes) -> Found:
        """Claim; a request that is called off meanwhile has done nothing, and leaves its key free."""
        service = self._service
        asked = fingerprint(
            scope["method"],
            f"{scope['path']}?{scope['query_string'].decode('latin-1')}",
            body,
            content_type=b"".join(header_values(scope, b"content-type")[:1]),
            volatile=service.policy.volatile,
        )
        transactional = service.policy.transactional(scope)
        claiming = asyncio.ensure_future(
            service.threads.do(service.store.claim, slot, asked, transactional=transactional)
        )
        try:
            return await asyncio.shield(claiming)
        except asyncio.CancelledError:
            found = await claiming
            if isinstance(found, Claim):
                await service.threads.do(service.store.release, found)
            raise

    def _told(self, found: Found | Answer) -> Answer:
        """Return what is answered where nothing is carried out."""
        match found:
            case Answer():
                return found
            case Recorded(answer, expires_at):
                return answer.with_headers(("idempotent-replayed", "true"), expiry_header(expires_at))
            case InFlight():
                return problem("key-in-flight", retry_after_ms=_IN_FLIGHT_MS)
            case Unknown(due_ms):
                self._upkeep.wake()
                return problem("outcome-unknown", retry_after_ms=due_ms)
            case _:
                return problem(_REFUSALS[type(found)])

    async def _live(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Look after the keys while the application is up."""

        async def tell(message: Message) -> None:
            if message["type"] == "lifespan.startup.complete":
                self._upkeep.start()
            await send(message)

        try:
            await self._service.app(scope, receive, tell)
        finally:
            await self._upkeep.stop()
