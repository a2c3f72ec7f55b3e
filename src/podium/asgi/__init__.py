"""The server side of idempotency, for anybody's ASGI application; docs/idempotent_server.md tells how to use it.

It needs no framework and nothing of Podium's engine.
"""

from podium.asgi.answer import Answer, Recorded, Release
from podium.asgi.claims import Claim, Expired, InFlight, NotKept, Reused, Slot, Unknown
from podium.asgi.fingerprint import fingerprint
from podium.asgi.handle import KeyHandle
from podium.asgi.middleware import IdempotencyMiddleware
from podium.asgi.policy import IdempotencyPolicy
from podium.asgi.store import IdempotencyStore

__all__ = [
    "Answer",
    "Claim",
    "Expired",
    "IdempotencyMiddleware",
    "IdempotencyPolicy",
    "IdempotencyStore",
    "InFlight",
    "KeyHandle",
    "NotKept",
    "Recorded",
    "Release",
    "Reused",
    "Slot",
    "Unknown",
    "fingerprint",
]
