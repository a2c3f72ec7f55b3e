"""Errors of claims on idempotency keys; a branch of the tree in `errors.py`, which is full."""

from typing import ClassVar

from podium.errors import StoreError


class ClaimLostError(StoreError):
    """The lease of an idempotency key ran out, and somebody else answers for the key now.

    Nothing was written. A transaction that this is raised in is to be rolled back; what was done outside of it may have
    happened, and is what the recovery handler is asked about.

    Attributes:
        operation: What was asked for.
        key: The client's key.
    """

    code: ClassVar[str] = "store.claim_lost"

    def __init__(self, operation: str, key: str) -> None:
        super().__init__(f"the key {key!r} of {operation!r} is held by somebody else now; nothing was written")
        self.operation, self.key = operation, key
