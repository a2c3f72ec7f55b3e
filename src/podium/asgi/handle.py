"""What a guarded handler finds in `scope["podium.idempotency"]`."""

import sqlite3
from dataclasses import dataclass
from typing import Final, Literal

from podium.asgi.answer import Answer
from podium.asgi.claims import Claim
from podium.asgi.store import IdempotencyStore

IN_SCOPE: Final = "podium.idempotency"


@dataclass(slots=True)
class KeyHandle:
    """The key of a request, and what its handler may say about the answer.

    Attributes:
        claim: What this request holds; `claim.slot.key` is the client's key.
        said: What the handler said so far, if anything.
    """

    claim: Claim
    _store: IdempotencyStore
    said: Literal["record", "release", "in transaction"] | None = None

    def record(self) -> None:
        """Keep the answer to come whatever its status, unless it is a 5xx: it is the outcome of work that began."""
        self.said = "record"

    def release(self) -> None:
        """Free the key with the answer to come, whatever its status: certainly nothing was done."""
        self.said = "release"

    def complete_in(self, connection: sqlite3.Connection, answer: Answer) -> None:
        """Keep `answer` within your own transaction: your effects and the answer are committed together, or neither.

        Commit, and then return the same answer. Works in any thread.

        Args:
            connection: Yours, to the store's file, in a transaction.
            answer: What every further request with this key gets.

        Raises:
            ValueError: The connection is in no transaction.
            ClaimLostError: Somebody else answers for the key now; roll back and return.
        """
        self._store.complete_in(connection, self.claim, answer)
        self.said = "in transaction"
