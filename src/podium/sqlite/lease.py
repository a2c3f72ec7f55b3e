"""Which worker lives: each holds a locked file while its process lives, and renews a lease while it can commit.

The lock is the truth: a free one proves its process dead. An expired lease behind a held lock means that the process
is stuck (stopped, or unable to write): its runs are taken over, but what it has in flight may still happen.

A lease ends by the clock that all processes of the machine share and nobody sets: a wall clock that is set forward
would make everybody look stuck, one that is set back would hide for as long whoever is.

The writer's own thread renews, within the transactions that it makes anyway. So the lease says what it should: that
this process can still commit; an event loop that is busy for long does not lose it.
"""

import os
import socket
import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from podium.sqlite import lock

_REGISTER = "INSERT INTO workers VALUES (?, ?, ?, ?, ?, ?, 0)"
_RENEW = "UPDATE workers SET lease_until = ? WHERE id = ?"
_LEAVE = (
    "UPDATE runs SET owner = NULL WHERE owner = ?",
    "DELETE FROM worker_graphs WHERE worker = ?",
    "DELETE FROM workers WHERE id = ?",
)
_OTHERS = "SELECT id, lock, lease_until, is_dead FROM workers WHERE id <> ?"
_DIED = (
    "UPDATE workers SET is_dead = 1 WHERE id = ?",
    "DELETE FROM worker_graphs WHERE worker = ?",
    "UPDATE runs SET owner = NULL WHERE owner = ? AND status IN ('completed', 'failed', 'cancelled', 'compensated')",
)
_FORGET = "DELETE FROM workers WHERE is_dead AND NOT EXISTS (SELECT 1 FROM runs WHERE owner = workers.id)"


def wall_ms() -> int:
    """Return wall time in ms since 1970 UTC."""
    return time.time_ns() // 1_000_000


def mono_ms() -> int:
    """Return ms since some moment that is the same for all processes of the machine."""
    return time.monotonic_ns() // 1_000_000


@dataclass(frozen=True, slots=True)
class Terms:
    """How long a lease holds and how often it is renewed.

    Attributes:
        holds_ms, renew_ms: By `mono_ms`.
        now_ms: Wall time, for what people read.
        mono_ms: Time that only goes on.
    """

    holds_ms: int = 15_000
    renew_ms: int = 5_000
    now_ms: Callable[[], int] = wall_ms
    mono_ms: Callable[[], int] = mono_ms


class Lease:
    """This worker's row, its lock file and its lease."""

    def __init__(self, worker_id: str, *, folder: Path, terms: Terms) -> None:
        self.worker_id, self.folder = worker_id, folder
        self.now_ms = terms.now_ms
        self._terms = terms
        self._until: int | None = None
        self._lock: lock.FileLock | None = None

    @property
    def due_in_s(self) -> float | None:
        """How long until it is to be renewed, 0 when it is; None while this worker is not registered."""
        if self._until is None:
            return None
        return max(0, self._until - self._terms.holds_ms + self._terms.renew_ms - self._terms.mono_ms()) / 1000

    @property
    def is_due(self) -> bool:
        """Claims that it is to be renewed."""
        return self.due_in_s == 0

    def take_lock(self) -> None:
        """Lock this worker's file, before its row can be seen; raise OSError where the folder can not be written."""
        self._lock = lock.FileLock(self.folder / f"{self.worker_id}.lock")

    def drop_lock(self) -> None:
        """Let go, which is as good as dying; a second time does nothing."""
        self._until = None
        if self._lock is not None:
            self._lock.release()

    def note(self, trouble: str) -> None:
        """Let other processes see why this one commits nothing; "" when it does again."""
        if self._lock is not None:
            self._lock.note(trouble)

    def register(self, connection: sqlite3.Connection) -> None:
        """Write this worker's row."""
        self._until = self._terms.mono_ms() + self._terms.holds_ms
        lock_name = f"{self.worker_id}.lock"
        values = (self.worker_id, os.getpid(), socket.gethostname(), lock_name, self.now_ms(), self._until)
        connection.execute(_REGISTER, values)

    def renew(self, connection: sqlite3.Connection) -> None:
        """Hold it for another term."""
        self._until = self._terms.mono_ms() + self._terms.holds_ms
        connection.execute(_RENEW, (self._until, self.worker_id))

    def leave(self, connection: sqlite3.Connection) -> None:
        """Give up this worker's runs and remove its row."""
        self._until = None
        for statement in _LEAVE:
            connection.execute(statement, (self.worker_id,))

    def gone(self, connection: sqlite3.Connection) -> dict[str, bool]:
        """Return the other workers that are dead (True) or stuck (False).

        To be asked with the write lock held, so that one process at a time tries the lock files. A dead worker's row
        stays while it owns runs, so that whoever takes them knows that it is proven dead.
        """
        gone, now_ms = {}, self._terms.mono_ms()
        for worker, name, until, is_dead in connection.execute(_OTHERS, (self.worker_id,)).fetchall():
            if is_dead or lock.is_free(self.folder / name):
                gone[worker] = True
            elif until < now_ms:
                gone[worker] = False
            if gone.get(worker) and not is_dead:
                self._bury(connection, worker, name)
        if any(gone.values()):
            connection.execute(_FORGET)
        return gone

    def _bury(self, connection: sqlite3.Connection, worker: str, name: str) -> None:
        for statement in _DIED:
            connection.execute(statement, (worker,))
        # Should this transaction be rolled back, the missing file says the same next time.
        (self.folder / name).unlink(missing_ok=True)
