"""What stands before the server: who may do what, from where, how much of it. Pure ASGI; docs/security.md tells why.

Each of its parts is one middleware that refuses one thing.
"""

from podium.server.gate.gate import gate
from podium.server.gate.scopes import ScopeNeeded, scope_needed
from podium.server.gate.settings import GateSettings, Limits, beside
from podium.server.gate.who import IN_SCOPE, Scope, Who, who_of

__all__ = [
    "IN_SCOPE",
    "GateSettings",
    "Limits",
    "Scope",
    "ScopeNeeded",
    "Who",
    "beside",
    "gate",
    "scope_needed",
    "who_of",
]
