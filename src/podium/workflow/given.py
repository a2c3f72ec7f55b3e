"""What the engine gives to a function: the idempotency key, and resources by type."""

from typing import Any, Final, NewType

IdempotencyKey = NewType("IdempotencyKey", str)
"""The key under which a write is sent: the same for every attempt of the same act, never twice for two acts."""


class FromEngine:
    """The type of `FROM_ENGINE`; there is one value of it."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "FROM_ENGINE"


FROM_ENGINE: Final[Any] = FromEngine()
"""As a parameter's default: the engine puts in the key (`IdempotencyKey`) or the resource of the annotated type.

Typed `Any`, so that any annotation may stand before it.
"""
