"""The script of what shall go wrong: kept on disk, so that a service that was killed still has its faults ahead."""

import sqlite3
from collections.abc import Sequence

from podium.demo.desk.models import Fault, Operation


class FaultScript:
    """Faults in order, per operation; each request of the operation uses up one."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def replace(self, faults: Sequence[Fault]) -> None:
        """Forget what is left of the script and follow `faults` from now on; an empty one ends all faults."""
        rows = [(fault.operation, fault.times, fault.model_dump_json()) for fault in faults]
        with self._connection as transaction:
            transaction.execute("BEGIN IMMEDIATE")
            transaction.execute("DELETE FROM faults")
            transaction.executemany("INSERT INTO faults (operation, times_left, fault) VALUES (?, ?, ?)", rows)

    def take(self, operation: Operation) -> Fault | None:
        """Return what strikes this request, counted as used, or None.

        It is used up on disk before it strikes: a kill in between loses the fault, never an effect.
        """
        select = "SELECT seq, fault FROM faults WHERE operation = ? AND times_left > 0 ORDER BY seq LIMIT 1"
        row = self._connection.execute(select, (operation,)).fetchone()
        if row is None:
            return None
        self._connection.execute("UPDATE faults SET times_left = times_left - 1 WHERE seq = ?", (row[0],))
        return Fault.model_validate_json(row[1])
