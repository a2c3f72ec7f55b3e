"""One guarded request being carried out: its claim is renewed, and its answer is kept before the client sees it.

The application runs in a task of its own, so that it can be stopped when the claim is lost. It is not told that its
client has gone away before it has answered: a retry is to find the answer.
"""

import asyncio
import logging
from dataclasses import dataclass
from typing import Final

from podium.asgi.claims import Claim
from podium.asgi.handle import IN_SCOPE, KeyHandle
from podium.asgi.policy import IdempotencyPolicy
from podium.asgi.problem import expiry_header, problem
from podium.asgi.reply import Reply
from podium.asgi.store import IdempotencyStore
from podium.asgi.threads import StoreThreads
from podium.asgi.wire import ASGIApp, Message, Receive, Scope, Send
from podium.claim_errors import ClaimLostError
from podium.errors import StoreError, StoreUnavailableError

_LOG: Final = logging.getLogger("podium.asgi")
_REFUSES_FROM: Final = 400
_FAILS_FROM: Final = 500
_BEATS: Final = 3
"""How often a claim is renewed within its lease."""
_NOT_COMMITTED: Final = "complete_in was called, and its transaction was not committed before the answer"


@dataclass(frozen=True, slots=True)
class Service:
    """What all requests to one application share."""

    app: ASGIApp
    store: IdempotencyStore
    policy: IdempotencyPolicy
    threads: StoreThreads


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request whose body is read, and the way back."""

    scope: Scope
    body: bytes
    receive: Receive
    send: Send


class Execution:
    """Carries out one request under its claim."""

    def __init__(self, service: Service, claim: Claim, exchange: Exchange) -> None:
        self._service, self._claim, self._exchange = service, claim, exchange
        self._handle = KeyHandle(claim, service.store)
        self._reply = Reply(exchange.send, bytes_max=service.policy.response_bytes_max)
        self._settled = asyncio.Event()
        self._is_lost = False
        self._is_read = False

    async def run(self) -> None:
        """Run the application to its end, and raise what it raises."""
        handler = asyncio.ensure_future(self._service.app(self._scope(), self._receive, self._take))
        self._beat = asyncio.create_task(self._keep_claim(handler))
        try:
            await asyncio.wait({handler})
        except asyncio.CancelledError:
            handler.cancel()
            await asyncio.wait({handler})
            raise
        finally:
            self._beat.cancel()
            if not self._settled.is_set():
                await self._break_off()
        if self._is_lost:
            await self._say_lost(handler)
        else:
            handler.result()

    def _scope(self) -> Scope:
        """Return the request's scope with the handle, and without ways to answer that can not be held back."""
        outer = self._exchange.scope
        offered = outer.get("extensions") or {}
        extensions = {name: value for name, value in offered.items() if not name.startswith("http.response.")}
        return {**outer, "extensions": extensions, IN_SCOPE: self._handle}

    async def _receive(self) -> Message:
        if not self._is_read:
            self._is_read = True
            return {"type": "http.request", "body": self._exchange.body, "more_body": False}
        await self._settled.wait()
        return await self._exchange.receive()

    async def _take(self, message: Message) -> None:
        """Take what the application sends; once it is whole, write down what became of it and let it go."""
        if self._settled.is_set() or not await self._reply.take(message):
            return
        self._beat.cancel()
        try:
            headers = await self._settle()
        except StoreError as error:
            self._settled.set()
            self._is_lost = isinstance(error, ClaimLostError)
            if self._is_lost or self._reply.is_long:
                raise  # the application is not to go on as if it had answered, and what is half sent is cut off
            _LOG.exception("%r: it may have been done, and that could not be kept", self._claim.slot)
            await self._answer("not-saved")
        else:
            self._settled.set()
            await self._reply.deliver(*headers)

    async def _settle(self) -> list[tuple[str, str]]:
        """Write down what became of the request; return the headers that go with it.

        Raises:
            StoreUnavailableError: It could not be written; the claim is still held, and will lapse.
            ClaimLostError: Somebody else answers for the key now.
        """
        store, status, said = self._service.store, self._reply.status, self._handle.said
        if said == "in transaction":
            expires_at = await self._service.threads.do(store.expires_at, self._claim)
            if expires_at is not None:
                return [expiry_header(expires_at)]
            if status < _REFUSES_FROM:
                raise StoreUnavailableError(_NOT_COMMITTED)
        if said == "release" or (said != "record" and status in self._service.policy.releases):
            await self._service.threads.do(store.release, self._claim)
        elif status >= _FAILS_FROM:
            await self._service.threads.do(store.fail, self._claim)
        else:
            answer = self._reply.answer(self._service.policy.headers)
            return [expiry_header(await self._service.threads.do(store.complete, self._claim, answer))]
        return []

    async def _break_off(self) -> None:
        """Write down that the application ended without an answer."""
        store = self._service.store
        self._settled.set()
        try:
            await self._service.threads.do(store.release if self._handle.said == "release" else store.fail, self._claim)
        except ClaimLostError:  # somebody else's now, or completed in the application's own transaction
            self._is_lost = self._handle.said != "in transaction"
        except StoreUnavailableError:
            _LOG.exception("%r: it broke off, and that could not be written; its claim will lapse", self._claim.slot)

    async def _keep_claim(self, handler: "asyncio.Future[None]") -> None:
        """Renew the claim until the request is settled; stop the application when the claim is lost."""
        store = self._service.store
        while True:
            await store.clock.sleep(store.lease_ms // _BEATS)
            try:
                await self._service.threads.do(store.renew, self._claim)
            except ClaimLostError:
                self._is_lost = True
                handler.cancel()
                return
            except StoreUnavailableError:
                _LOG.exception("%r: its claim could not be renewed", self._claim.slot)

    async def _say_lost(self, handler: "asyncio.Future[None]") -> None:
        """Answer a client whose request outlived its claim; what is half sent is cut off."""
        error = None if handler.cancelled() else handler.exception()
        _LOG.warning("%r: its claim was lost, and it was stopped", self._claim.slot, exc_info=error)
        if self._reply.is_long:
            raise ClaimLostError(self._claim.slot.operation, self._claim.slot.key)
        await self._answer("outcome-unknown")

    async def _answer(self, code: str) -> None:
        answer = problem(code, retry_after_ms=self._service.store.lease_ms)
        await answer(self._exchange.scope, self._exchange.receive, self._exchange.send)
