"""The nouns of the server side: what a key names, who answers for it, and what became of it.

| state | what happens | becomes |
|---|---|---|
| – | `claim` | in progress: a lease, an owner, epoch 1 |
| in progress | `complete` | completed: status, headers and body are kept |
| in progress | `release`: certainly nothing was done | – |
| in progress | `fail`, or the lease runs out: nobody knows | unknown; – where all effects were in one transaction |
| unknown, and due | `take_unknown` | recovering: a new lease, epoch + 1 |
| recovering | `complete`, `release` | completed, – |
| recovering | `defer`, or the lease runs out | unknown |
| completed | the key's life is over | expired: the body is gone, the key is refused |
| expired | seven days | – |
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

Headers: TypeAlias = tuple[tuple[str, str], ...]


class State(StrEnum):
    """What a key's row says; the table above has the transitions."""

    IN_PROGRESS = "in_progress"
    UNKNOWN = "unknown"
    RECOVERING = "recovering"
    COMPLETED = "completed"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Slot:
    """Within what a key is one key: the same text from another tenant, or for another operation, is another key.

    Attributes:
        tenant: Whoever chose the key; "" where there is one.
        operation: What was asked for, as `POST /bookings`.
        key: As the client sent it, unquoted.
    """

    tenant: str
    operation: str
    key: str


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to answer for a key. Whoever takes it over raises `epoch`, and this one can write nothing more.

    Attributes:
        slot: The key.
        no: Its row; never used again.
        epoch: How often the row has been taken.
        state: IN_PROGRESS for who was first, RECOVERING for who finds out what became of it.
        transactional: All effects are in one transaction with the answer, so what is not completed was not done.
        begun_at: When the key was first seen, in ms since 1970 UTC.
        tries: How often it was taken in order to find out.
    """

    slot: Slot
    no: int
    epoch: int
    state: State
    transactional: bool
    begun_at: int
    tries: int = 0


@dataclass(frozen=True, slots=True)
class InFlight:
    """The same request is being worked on."""


@dataclass(frozen=True, slots=True)
class Reused:
    """The key came with another request before."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """It was begun, and nobody knows what became of it.

    Attributes:
        due_ms: How long until somebody may find out; 0 when it is time.
    """

    due_ms: int


@dataclass(frozen=True, slots=True)
class NotKept:
    """It was done, and its answer was too long to be kept."""


@dataclass(frozen=True, slots=True)
class Expired:
    """It was done, and the key's life is over."""
