"""The disk of one service: every effect in order, and the answer given under each key.

The claim of a key, the effect and the recorded answer are one transaction, so there is no moment at which a kill
could separate them. That is what lets the audit treat the ledger as the truth about the world.
"""

import hashlib
import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from podium.demo.desk.models import Booking, BookingRequest, Effect, Fault, ServiceSpec
from podium.demo.desk.prices import price_micros
from podium.demo.desk.problem import Problem, ProblemError

_SCHEMA: Final = """
BEGIN IMMEDIATE;
CREATE TABLE IF NOT EXISTS ledger (
    seq INTEGER PRIMARY KEY, effect TEXT NOT NULL, booking_id TEXT NOT NULL, key TEXT,
    at_ms INTEGER NOT NULL, booking TEXT NOT NULL, UNIQUE (booking_id, effect)) STRICT;
CREATE INDEX IF NOT EXISTS ledger_by_key ON ledger (key);
CREATE TABLE IF NOT EXISTS replies (
    operation TEXT, key TEXT, fingerprint TEXT NOT NULL, status INTEGER NOT NULL, body BLOB NOT NULL,
    PRIMARY KEY (operation, key)) STRICT;
CREATE TABLE IF NOT EXISTS faults (
    seq INTEGER PRIMARY KEY, operation TEXT NOT NULL, times_left INTEGER NOT NULL, fault TEXT NOT NULL) STRICT;
COMMIT;
"""
_EFFECTS: Final = "SELECT seq, effect, key, at_ms, booking FROM ledger ORDER BY seq"
_LATEST: Final = "SELECT booking FROM ledger WHERE booking_id = ? ORDER BY seq DESC LIMIT 1"
_BY_KEY: Final = "SELECT booking_id FROM ledger WHERE key = ? AND effect = 'booked' ORDER BY seq LIMIT 1"


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer as it goes out; kept under its key, it goes out again byte for byte."""

    status: int
    body: bytes
    replayed: bool = False


def open_store(path: Path) -> sqlite3.Connection:
    """Open the service's SQLite file, made when it is missing; what is committed survives a kill and a power cut."""
    connection = sqlite3.connect(path, isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "fullfsync=1", "busy_timeout=5000"):
        connection.execute(f"PRAGMA {pragma}")
    connection.executescript(_SCHEMA)
    return connection


def read_effects(connection: sqlite3.Connection) -> list[Effect]:
    """Return every effect, oldest first."""
    rows = connection.execute(_EFFECTS)
    return [
        Effect(seq=seq, effect=effect, key=key, at_ms=at_ms, booking=Booking.model_validate_json(booking))
        for seq, effect, key, at_ms, booking in rows
    ]


class Ledger:
    """Makes and undoes bookings, each at most once per key where the service honours keys."""

    def __init__(self, connection: sqlite3.Connection, spec: ServiceSpec) -> None:
        self._connection = connection
        self._spec = spec

    def book(self, asked: BookingRequest, *, key: str | None, refusal: Fault | None) -> Reply:
        """Book, or give the answer that is recorded under `key`.

        Args:
            asked: What to book.
            key: The idempotency key; None only where keys are ignored.
            refusal: Makes the business say no instead; recorded under the key as a booking would be.

        Raises:
            ProblemError: The key came with another body before; nothing was done.
        """
        ask = f"POST /bookings {asked.model_dump_json()}"
        return self._once("book", key, ask, lambda: _refused(refusal) if refusal else self._book(asked, key))

    def cancel(self, booking_id: str, *, key: str | None, refusal: Fault | None) -> Reply:
        """Cancel a booking, or give the answer that is recorded under `key`.

        A booking that is cancelled already stays so, without a second effect.

        Raises:
            ProblemError: No such booking, or the key was used for another one; nothing was done or recorded.
        """
        ask = f"DELETE /bookings/{booking_id}"
        return self._once("cancel", key, ask, lambda: _refused(refusal) if refusal else self._cancel(booking_id, key))

    def find(self, key: str) -> Booking | None:
        """Return the (first) booking made with `key` as it stands now, or None when there is none."""
        row = self._connection.execute(_BY_KEY, (key,)).fetchone()
        return self._latest(row[0]) if row else None

    def _once(self, operation: str, key: str | None, ask: str, act: Callable[[], Reply]) -> Reply:
        with self._connection as transaction:
            transaction.execute("BEGIN IMMEDIATE")
            if key is None or self._spec.keys == "ignore":
                return act()
            fingerprint = hashlib.sha256(ask.encode()).hexdigest()
            recorded = self._recorded(operation, key, fingerprint)
            if recorded is not None:
                return recorded
            reply = act()
            row = (operation, key, fingerprint, reply.status, reply.body)
            transaction.execute("INSERT INTO replies VALUES (?, ?, ?, ?, ?)", row)
            return reply

    def _recorded(self, operation: str, key: str, fingerprint: str) -> Reply | None:
        select = "SELECT fingerprint, status, body FROM replies WHERE operation = ? AND key = ?"
        row = self._connection.execute(select, (operation, key)).fetchone()
        if row is None:
            return None
        if row[0] != fingerprint:
            raise ProblemError(422, "key-reused", "this key came with another request before; nothing was done")
        return Reply(status=row[1], body=row[2], replayed=True)

    def _book(self, asked: BookingRequest, key: str | None) -> Reply:
        (seq,) = self._connection.execute("SELECT coalesce(max(seq), 0) + 1 FROM ledger").fetchone()
        booking = Booking(
            id=f"{self._spec.kind}-{seq}",
            kind=self._spec.kind,
            status="booked",
            price_micros=price_micros(self._spec.kind, asked),
            **asked.model_dump(),
        )
        return self._enter(booking, key, status=201)

    def _cancel(self, booking_id: str, key: str | None) -> Reply:
        booking = self._latest(booking_id)
        if booking is None:
            raise ProblemError(404, "no-such-booking", f"there is no booking {booking_id!r}")
        if booking.status == "cancelled":
            return Reply(status=200, body=booking.model_dump_json().encode())
        return self._enter(booking.model_copy(update={"status": "cancelled"}), key, status=200)

    def _latest(self, booking_id: str) -> Booking | None:
        row = self._connection.execute(_LATEST, (booking_id,)).fetchone()
        return Booking.model_validate_json(row[0]) if row else None

    def _enter(self, booking: Booking, key: str | None, *, status: int) -> Reply:
        body = booking.model_dump_json()
        insert = "INSERT INTO ledger (effect, booking_id, key, at_ms, booking) VALUES (?, ?, ?, ?, ?)"
        self._connection.execute(insert, (booking.status, booking.id, key, time.time_ns() // 1_000_000, body))
        return Reply(status=status, body=body.encode())


def _refused(refusal: Fault) -> Reply:
    return Reply(
        status=refusal.answer_status,
        body=Problem(status=refusal.answer_status, code="refused", detail="sold out").to_json(),
    )
