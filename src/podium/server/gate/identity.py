"""Who asks: a token, a session that stands for one, or whoever sits at this machine where there are no tokens."""

import getpass
from http.cookies import CookieError, SimpleCookie

from podium.asgi.wire import Scope as AsgiScope
from podium.asgi.wire import header_values
from podium.engine.ports import Clock
from podium.gate_errors import TokenFileError
from podium.server.gate.rates import Rate
from podium.server.gate.refusal import Refusal
from podium.server.gate.sessions import Sessions
from podium.server.gate.settings import GateSettings
from podium.server.gate.tokens import Token, TokenFile
from podium.server.gate.who import Scope, Who

_COOKIE = "podium_session"
_BEARER = "bearer "


class Identity:
    """Knows tokens and sessions.

    Attributes:
        tokens: The file.
        sessions: Of this process.
    """

    def __init__(self, settings: GateSettings, clock: Clock) -> None:
        self.tokens = TokenFile(settings.tokens)
        self.sessions = Sessions(self.tokens, limits=settings.limits, clock=clock)
        self._clock = clock
        self._is_exposed = settings.is_exposed
        self._is_https = settings.public_url.startswith("https:")
        self._wrong = Rate(settings.limits.logins_per_minute, burst=settings.limits.logins_per_minute)
        self._everybody = Who(_user(), Scope.ADMIN)

    @property
    def is_open(self) -> bool:
        """Claims that nobody is asked for a token: only this machine can ask, and there is no file of them."""
        return not self._is_exposed and not self.tokens.is_there()

    def of(self, scope: AsgiScope) -> Who | None:
        """Return who asks; None for somebody without a token or a session.

        Raises:
            Refusal: The token is wrong, or the tokens can not be read.
        """
        if self.is_open:
            return self._everybody
        given = _bearer(scope)
        try:
            token = self.sessions.find(self._session_id(scope)) if given is None else self._known(given, scope)
        except TokenFileError as error:
            raise Refusal("tokens-unreadable") from error
        return None if token is None else Who(token.name, token.scope)

    def log_in(self, token: str, scope: AsgiScope) -> str:
        """Return the cookie that begins a session; "" where nobody needs one.

        Raises:
            Refusal: The token is wrong, or the tokens can not be read.
        """
        if self.is_open:
            return ""
        try:
            found = self._known(token, scope)
        except TokenFileError as error:
            raise Refusal("tokens-unreadable") from error
        return self._cookie(self.sessions.begin(found), scope)

    def log_out(self, scope: AsgiScope) -> str:
        """End the session of a request, and return the cookie that makes the browser forget it."""
        self.sessions.end(self._session_id(scope))
        return f"{self._cookie('', scope)}; Max-Age=0"

    def _known(self, token: str, scope: AsgiScope) -> Token:
        """Return a token that is right; who tries many that are not has to wait."""
        found = self.tokens.find(token, now_ms=self._clock.now_ms())
        if found is not None:
            return found
        wait_s = self._wrong.take(address_of(scope), self._clock.mono_ms())
        if wait_s:
            raise Refusal("too-many-logins", retry_after_s=wait_s)
        raise Refusal("bad-token")

    def _session_id(self, scope: AsgiScope) -> str:
        jar: SimpleCookie = SimpleCookie()
        try:
            for line in header_values(scope, b"cookie"):
                jar.load(line.decode("latin-1"))
        except CookieError:
            return ""
        found = jar.get(self._name(scope))
        return "" if found is None else found.value

    def _cookie(self, value: str, scope: AsgiScope) -> str:
        secure = "; Secure" if self._is_secure(scope) else ""
        return f"{self._name(scope)}={value}; HttpOnly; SameSite=Strict; Path=/{secure}"

    def _name(self, scope: AsgiScope) -> str:
        """Browsers take a cookie of that prefix from this very host alone, and only over TLS."""
        return f"__Host-{_COOKIE}" if self._is_secure(scope) else _COOKIE

    def _is_secure(self, scope: AsgiScope) -> bool:
        return self._is_https or scope.get("scheme") == "https"


def address_of(scope: AsgiScope) -> str:
    """Return the address that a request comes from; that of the proxy where there is one that is not trusted."""
    client = scope.get("client")
    return str(client[0]) if client else "unknown"


def _bearer(scope: AsgiScope) -> str | None:
    """Return the token of a request; None where it has none. Two of them are none that is right."""
    said = header_values(scope, b"authorization")
    if not said:
        return None
    text = said[0].decode("latin-1")
    return text[len(_BEARER) :].strip() if len(said) == 1 and text.lower().startswith(_BEARER) else ""


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container may run under a number without a name
        return "unknown user"
