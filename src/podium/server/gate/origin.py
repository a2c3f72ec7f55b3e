"""Who may send a request at all: under which name the server was called, and from which site.

A page of another site can make a browser send requests here. Three things are looked at: the Host header, which holds
the name of the other site where its DNS entry was changed to point here; `Sec-Fetch-Site` and `Origin`, which browsers
set and pages can not; and the content type, as a form, or a script without leave, can send no JSON.
"""

import re
from ipaddress import ip_address
from urllib.parse import urlsplit

from podium.asgi.wire import Scope, header_values
from podium.server.gate.refusal import Refusal
from podium.server.gate.scopes import SAFE, is_api
from podium.server.gate.settings import GateSettings

_HOST = re.compile(r"(?P<name>\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+)(?::(?P<port>\d{1,5}))?")
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]"})
_PROBES = frozenset({"/healthz", "/readyz"})
"""They tell nothing that is secret, and are asked under whatever address a process has."""
_OWN = frozenset({"same-origin", "none"})
_JSON = frozenset({"application/json", "application/x-ndjson", "application/jsonl"})
_PORTS = {"http": 80, "https": 443}


class Origins:
    """Knows the server's own names."""

    def __init__(self, settings: GateSettings) -> None:
        public = urlsplit(settings.public_url)
        names = {*settings.hosts, settings.host, *_LOOPBACK, public.hostname or ""} - {""}
        self._names = frozenset(_bracketed(name.lower()) for name in names)
        self._takes_addresses = not settings.is_loopback
        self._public = _origin(settings.public_url) if settings.public_url else None

    def check(self, scope: Scope) -> None:
        """Raise Refusal where a request does not come from us, a program, or a person."""
        if scope["path"] in _PROBES:
            return
        host = self._check_host(scope)
        site = _one(scope, b"sec-fetch-site")
        is_visit = scope["method"] in SAFE and not is_api(scope["path"])
        if site is not None and site not in _OWN and not is_visit:
            raise Refusal("foreign-origin")
        if scope["method"] not in SAFE:
            self._check_origin(scope, host)
            _check_type(scope)

    def _check_host(self, scope: Scope) -> str:
        said = header_values(scope, b"host")
        found = _HOST.fullmatch(said[0].decode("latin-1")) if len(said) == 1 else None
        if found is None or not self._is_ours(found["name"].lower()):
            raise Refusal("bad-host")
        return found[0]

    def _is_ours(self, name: str) -> bool:
        if name in self._names:
            return True
        return self._takes_addresses and _is_address(name)

    def _check_origin(self, scope: Scope, host: str) -> None:
        said = header_values(scope, b"origin")
        if not said:
            return
        own = {_origin(f"{scope.get('scheme', 'http')}://{host}"), self._public} - {None}
        if len(said) > 1 or _origin(said[0].decode("latin-1")) not in own:
            raise Refusal("foreign-origin")


def _check_type(scope: Scope) -> None:
    """A body is JSON and says so; who sends none need not say anything."""
    said = header_values(scope, b"content-type")
    has_body = bool(header_values(scope, b"transfer-encoding")) or header_values(scope, b"content-length") not in (
        [],
        [b"0"],
    )
    if not said and not has_body:
        return
    kind = said[0].decode("latin-1").partition(";")[0].strip().lower() if len(said) == 1 else ""
    if kind not in _JSON:
        raise Refusal("not-json")


def _one(scope: Scope, name: bytes) -> str | None:
    said = header_values(scope, name)
    return said[0].decode("latin-1") if said else None


def _origin(url: str) -> tuple[str, str, int] | None:
    """Return scheme, host and port; None for what is no origin, `null` too."""
    try:
        parts = urlsplit(url)
        port = parts.port or _PORTS.get(parts.scheme, 0)
    except ValueError:
        return None
    return (parts.scheme, parts.hostname, port) if parts.hostname and parts.scheme in _PORTS else None


def _is_address(name: str) -> bool:
    """Claim that a name is an IP address of somebody: those have no DNS entry that could be changed."""
    try:
        return not ip_address(name.strip("[]")).is_unspecified
    except ValueError:
        return False


def _bracketed(name: str) -> str:
    return f"[{name}]" if ":" in name and not name.startswith("[") else name
