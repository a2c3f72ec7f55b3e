"""Which scope a request needs: the rule of the API, in one place.

What is not known needs the most that its method may mean, so that a route which is forgotten here is shut, not open.
"""

from collections.abc import Callable
from typing import TypeAlias

from podium.server.gate.who import Scope

API = "/api/v1"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods that change nothing."""

ScopeNeeded: TypeAlias = Callable[[str, str], Scope | None]
"""From method and path to what is needed; None: nobody has to be known."""

_ADMIN = (f"{API}/audit", f"{API}/breakers/")
READS_BY_POST = frozenset({f"{API}/journals/read", f"{API}/journals/step"})
"""They take a body, and keep nothing of it."""
SESSION = f"{API}/session"
_DOCUMENT = f"{API}/openapi.json"


def is_api(path: str) -> bool:
    """Claim that a path is one of the API's."""
    return path == API or path.startswith(f"{API}/")


def scope_needed(method: str, path: str) -> Scope | None:
    """Return what a request needs; None for the page itself, its assets, health, the document, and logging in."""
    if path.rstrip("/") == "/metrics":
        return Scope.READ
    if not is_api(path) or path in (SESSION, _DOCUMENT):
        return None
    if path.startswith(_ADMIN):
        return Scope.ADMIN
    return Scope.READ if method in SAFE or path in READS_BY_POST else Scope.OPERATE
