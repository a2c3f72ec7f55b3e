"""Stores with a mistake in them, for the checker to find."""

import os
import sqlite3
from pathlib import Path

from bench.ours import keys_history, runs_history
from podium.asgi import Claim, IdempotencyStore, Slot
from podium.asgi.claims import State
from podium.asgi.statements import Found
from podium.sqlite.lease import Lease
from podium.testing.linearizability import Log

_FIND = "SELECT 1 FROM podium_idempotency WHERE tenant = '' AND operation = '' AND key = ?"
_TAKE = (
    "INSERT OR REPLACE INTO podium_idempotency"
    " (tenant, operation, key, fingerprint, transactional, begun_at, state, owner, epoch, until)"
    " VALUES ('', '', ?, ?, ?, ?, 'in_progress', '', 1, ?) RETURNING no"
)


class HastyStore(IdempotencyStore):
    """Looks whether a key is free, and takes it then: two transactions."""

    def claim(self, slot: Slot, fingerprint: str, *, transactional: bool = False) -> Found:
        self.prune()  # makes the table
        connection = sqlite3.connect(self.path, isolation_level=None)
        try:
            if connection.execute(_FIND, (slot.key,)).fetchone() is not None:
                return super().claim(slot, fingerprint, transactional=transactional)
            os.sched_yield()
            now = self.clock.now_ms()
            values = (slot.key, fingerprint, transactional, now, now + self.lease_ms)
            (no,) = connection.execute(_TAKE, values).fetchone()
        finally:
            connection.close()
        return Claim(slot, no, 1, State.IN_PROGRESS, transactional, now)


def hasty_keys(folder: Path, log: Log, seed: int) -> None:
    """Be one of the processes, over the hasty store."""
    lease = keys_history.LEASE_MS / 1000
    keys_history.Client(HastyStore(folder / "keys.db", lease=lease, clock=keys_history.Uptime()), log, seed).run()


def ruthless_runs(folder: Path, log: Log, seed: int) -> None:
    """Be one of the processes, over a store that takes everybody else for dead."""
    truth = Lease.gone

    def gone(self: Lease, connection: sqlite3.Connection) -> dict[str, bool]:
        truth(self, connection)
        others = connection.execute("SELECT id FROM workers WHERE id <> ?", (self.worker_id,))
        return dict.fromkeys((worker for (worker,) in others), True)

    Lease.gone = gone  # type: ignore[method-assign]  # this process is a planted bug
    runs_history.work(folder, log, seed)


def fails(_folder: Path, _log: Log, _seed: int) -> None:
    """Be a process with an error of its own."""
    1 / 0  # noqa: B018  # what it comes to is an error
