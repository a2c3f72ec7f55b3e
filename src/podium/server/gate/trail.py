"""Acts of people are noted: before they are done, and again when it is known how they ended."""

import asyncio
import logging
from dataclasses import dataclass, field

from podium.asgi.wire import ASGIApp, Message, Receive, Scope, Send
from podium.engine.ports import Clock
from podium.gate_errors import AuditError
from podium.redaction import mask
from podium.server.gate.acts import Act, act_of, outcome_of
from podium.server.gate.audit import Audit
from podium.server.gate.headers import REQUEST_ID
from podium.server.gate.identity import address_of
from podium.server.gate.rates import Rate
from podium.server.gate.refusal import Refusal
from podium.server.gate.scopes import SAFE
from podium.server.gate.who import who_of

_LOG = logging.getLogger("podium.server")
_HEARD_BYTES = 4_000
_REFUSED_PER_MINUTE = 30
"""So many refusals of one address are noted; the log counts on."""
_OF_PEOPLE = frozenset({"no-token", "bad-token", "foreign-origin", "scope-missing", "too-many-logins"})


class Trail:
    """Writes the audit."""

    def __init__(self, audit: Audit, clock: Clock) -> None:
        self.audit = audit
        self._clock = clock
        self._refused = Rate(_REFUSED_PER_MINUTE, burst=_REFUSED_PER_MINUTE)

    async def carried_out(self, app: ASGIApp, scope: Scope, body: bytes, receive: Receive, send: Send) -> None:
        """Carry a request out between its two lines.

        Raises:
            Refusal: The first could not be written. Nothing was done.
        """
        try:
            entry_id = await self._asked(scope, act_of(scope["method"], scope["path"], body))
        except AuditError as error:
            _LOG.exception("%s %s was refused", scope["method"], scope["path"])
            raise Refusal("audit-unavailable") from error
        heard = _Heard(send)
        outcome = "failed: it broke off"
        try:
            await app(scope, receive, heard)
            outcome = outcome_of(heard.status, bytes(heard.body))
        except Refusal as refusal:
            outcome = outcome_of(refusal.status, refusal.answer().body)
            raise
        finally:
            await asyncio.shield(asyncio.to_thread(self.audit.ended, entry_id, mask(outcome)))

    async def refused(self, scope: Scope, refusal: Refusal) -> None:
        """Note that somebody was not let through: who tried to do something, or came with a wrong token."""
        tried = scope["method"] not in SAFE or refusal.code in ("bad-token", "too-many-logins")
        if refusal.code not in _OF_PEOPLE or not tried:
            return
        _LOG.warning("%s %s was refused: %s", scope["method"], mask(scope["path"]), refusal.code)
        if self._refused.take(address_of(scope), self._clock.mono_ms()):
            return
        what = f"{scope['method']} {scope['path']}"[:300]
        try:
            entry_id = await self._asked(scope, Act("refused", what, refusal.code))
            await asyncio.to_thread(self.audit.ended, entry_id, f"refused ({refusal.status})")
        except AuditError:
            _LOG.exception("a refusal could not be noted")

    async def _asked(self, scope: Scope, act: Act) -> str:
        who = who_of(scope)
        return await asyncio.to_thread(
            self.audit.asked,
            at=self._clock.now_ms(),
            by=who.name if who else "",
            scope=who.scope.value if who else "",
            act=act.act,
            target=mask(act.target),
            detail=mask(act.detail),
            request_id=scope[REQUEST_ID],
            address=address_of(scope),
        )


@dataclass(slots=True)
class _Heard:
    """Passes an answer on, and remembers its status and its beginning."""

    send: Send
    status: int = 500
    body: bytearray = field(default_factory=bytearray)

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
        elif len(self.body) < _HEARD_BYTES:
            self.body += message.get("body", b"")[:_HEARD_BYTES]
        await self.send(message)
