"""The statements of the store: what is asked of a key, and each change under the fence of state and epoch."""

# ruff: noqa: S608  # statements are put together from constants of this file; values are bound

import json
import sqlite3
from dataclasses import dataclass, replace
from typing import Final

from podium.asgi.answer import Answer, Recorded
from podium.asgi.claims import Claim, Expired, InFlight, NotKept, Reused, Slot, State, Unknown
from podium.claim_errors import ClaimLostError

Found = Claim | InFlight | Reused | Recorded | NotKept | Unknown | Expired
"""What a claim comes to: a Claim is yours to carry out; anything else says what to answer."""

_FIND: Final = (
    "SELECT no, fingerprint, transactional, begun_at, state, epoch, until, status, headers, body"
    " FROM podium_idempotency WHERE tenant = ? AND operation = ? AND key = ?"
)
_INSERT: Final = (
    "INSERT INTO podium_idempotency (tenant, operation, key, fingerprint, transactional, begun_at, state, owner, epoch,"
    " until) VALUES (?, ?, ?, ?, ?, ?, 'in_progress', ?, 1, ?) RETURNING no"
)
_FENCE: Final = "WHERE no = ? AND epoch = ? AND state = ?"
_TAKE_OVER: Final = f"UPDATE podium_idempotency SET owner = ?, epoch = epoch + 1, until = ? {_FENCE}"
_COMPLETE: Final = (
    f"UPDATE podium_idempotency SET state = 'completed', until = ?, status = ?, headers = ?, body = ? {_FENCE}"
)
_RELEASE: Final = f"DELETE FROM podium_idempotency {_FENCE}"
_FAIL: Final = f"UPDATE podium_idempotency SET state = 'unknown' {_FENCE}"
_DEFER: Final = f"UPDATE podium_idempotency SET state = 'unknown', until = ? {_FENCE}"
_RENEW: Final = f"UPDATE podium_idempotency SET until = ? {_FENCE}"
_EXPIRES_AT: Final = "SELECT until FROM podium_idempotency WHERE no = ? AND epoch = ? AND state = 'completed'"

_IS_UNKNOWN: Final = "(state IN ('unknown', 'recovering') OR (state = 'in_progress' AND NOT transactional))"
_TAKE_UNKNOWN: Final = (
    "UPDATE podium_idempotency SET state = 'recovering', owner = ?, epoch = epoch + 1, tries = tries + 1, until = ?"
    f" WHERE no IN (SELECT no FROM podium_idempotency WHERE {_IS_UNKNOWN} AND until <= ? ORDER BY until LIMIT ?)"
    " RETURNING tenant, operation, key, no, epoch, begun_at, tries"
)
_EXPIRE: Final = (
    "UPDATE podium_idempotency SET state = 'expired', until = until + ?, status = NULL, headers = NULL, body = NULL"
    " WHERE no IN (SELECT no FROM podium_idempotency WHERE state = 'completed' AND until <= ? LIMIT ?)"
)
_FORGET: Final = (
    "DELETE FROM podium_idempotency WHERE no IN"
    " (SELECT no FROM podium_idempotency WHERE state = 'expired' AND until <= ? LIMIT ?)"
)
_FORGET_UNDONE: Final = (  # what is transactional and was not completed was not done; nobody came back for it
    "DELETE FROM podium_idempotency WHERE no IN (SELECT no FROM podium_idempotency"
    " WHERE state = 'in_progress' AND transactional AND until <= ? LIMIT ?)"
)
REFUSED_MS: Final = 7 * 86_400_000
"""How long a key is refused after its life: so that a very late retry is not carried out as if it were new."""


@dataclass(frozen=True, slots=True)
class Terms:
    """Who claims, at what time, and until when.

    Attributes:
        owner: This process, for people.
        now: In ms since 1970 UTC.
        lease_until: When the claim lapses unless it is renewed.
    """

    owner: str
    now: int
    lease_until: int


def claim(connection: sqlite3.Connection, slot: Slot, fingerprint: str, *, transactional: bool, terms: Terms) -> Found:
    """Take the key if it is free, or say what became of it."""
    row = connection.execute(_FIND, (slot.tenant, slot.operation, slot.key)).fetchone()
    if row is None:
        values = (slot.tenant, slot.operation, slot.key, fingerprint, transactional, terms.now)
        (no,) = connection.execute(_INSERT, (*values, terms.owner, terms.lease_until)).fetchone()
        return Claim(slot, no, 1, State.IN_PROGRESS, transactional, terms.now)
    if row["fingerprint"] != fingerprint:
        return Reused()
    if row["state"] == State.IN_PROGRESS and row["transactional"] and row["until"] <= terms.now:
        return _take_over(connection, slot, row, terms)
    return _found(row, now=terms.now)


def complete(connection: sqlite3.Connection, claim: Claim, answer: Answer | None, *, until: int) -> None:
    """Keep the answer under the key; None: it was too long."""
    kept = (None, None, None) if answer is None else (answer.status, json.dumps(answer.headers), answer.body)
    _fenced(connection, _COMPLETE, claim, until, *kept)


def release(connection: sqlite3.Connection, claim: Claim) -> None:
    """Free the key."""
    _fenced(connection, _RELEASE, claim)


def fail(connection: sqlite3.Connection, claim: Claim) -> None:
    """Say that nobody knows what became of it; it is found out when the lease is over."""
    _fenced(connection, _FAIL, claim)


def defer(connection: sqlite3.Connection, claim: Claim, *, until: int) -> None:
    """Say that it could not be found out yet, and when to try again."""
    _fenced(connection, _DEFER, claim, until)


def renew(connection: sqlite3.Connection, claim: Claim, *, until: int) -> None:
    """Hold the claim for another term."""
    _fenced(connection, _RENEW, claim, until)


def expires_at(connection: sqlite3.Connection, claim: Claim) -> int | None:
    """Return when the key's life is over, if this claim is completed."""
    row = connection.execute(_EXPIRES_AT, (claim.no, claim.epoch)).fetchone()
    return row["until"] if row else None


def take_unknown(connection: sqlite3.Connection, *, limit: int, terms: Terms) -> list[Claim]:
    """Take what nobody knows and what is due, in order to find out."""
    values = (terms.owner, terms.lease_until, terms.now, limit)
    rows = connection.execute(_TAKE_UNKNOWN, values).fetchall()
    return [_recovering(row) for row in rows]


def prune(connection: sqlite3.Connection, *, now: int, life_ms: int, limit: int) -> int:
    """Drop answers whose key's life is over, and keys that need not be refused any more; return how many."""
    steps = ((_EXPIRE, (REFUSED_MS, now, limit)), (_FORGET, (now, limit)), (_FORGET_UNDONE, (now - life_ms, limit)))
    return max(connection.execute(sql, values).rowcount for sql, values in steps)


def _take_over(connection: sqlite3.Connection, slot: Slot, row: sqlite3.Row, terms: Terms) -> Claim:
    """Take a transactional claim that lapsed: it was rolled back with its holder, or will be."""
    taken = Claim(slot, row["no"], row["epoch"], State.IN_PROGRESS, transactional=True, begun_at=row["begun_at"])
    _fenced(connection, _TAKE_OVER, taken, terms.owner, terms.lease_until)
    return replace(taken, epoch=taken.epoch + 1)


def _found(row: sqlite3.Row, *, now: int) -> Found:
    """Return what to answer to the same request where its key is taken."""
    state, left_ms = State(row["state"]), row["until"] - now
    if state is State.IN_PROGRESS and left_ms > 0:
        return InFlight()
    if state is State.EXPIRED or (state is State.COMPLETED and left_ms <= 0):
        return Expired()
    if state is not State.COMPLETED:
        return Unknown(max(0, left_ms))
    if row["body"] is None:
        return NotKept()
    headers = tuple((name, value) for name, value in json.loads(row["headers"]))
    return Recorded(Answer(row["status"], row["body"], headers), row["until"])


def _recovering(row: sqlite3.Row) -> Claim:
    slot = Slot(row["tenant"], row["operation"], row["key"])
    return Claim(slot, row["no"], row["epoch"], State.RECOVERING, False, row["begun_at"], row["tries"])  # noqa: FBT003


def _fenced(connection: sqlite3.Connection, sql: str, claim: Claim, *values: object) -> None:
    """Change the claim's row, if it is still the claim's.

    Raises:
        ClaimLostError: It is not; nothing was changed.
    """
    fence = (claim.no, claim.epoch, claim.state)
    if connection.execute(sql, (*values, *fence)).rowcount != 1:
        raise ClaimLostError(claim.slot.operation, claim.slot.key)
