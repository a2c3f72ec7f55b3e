"""Which of the runs that nobody holds are claimed first, where there are more than can be taken: lane by lane.

Lanes are found by skipping through an index, so a claim costs what it takes, not what waits.
"""

# ruff: noqa: S608  # statements are put together from constants of this file; values are bound

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from podium.busy_errors import BusyError
from podium.engine.fair import FIRST, Lane, Queue, in_turns

LANES_MAX = 1000
"""So many are looked at per claim; the next one goes on behind them."""

_COLUMNS = "SELECT no, id, epoch, owner, unproven FROM runs"
_OPEN = "('running', 'waiting', 'parked', 'compensating')"
_KNOWN = "graph_hash IN (SELECT value FROM json_each(?))"
_BEGUN = "INDEXED BY runs_begun WHERE owner IS NULL AND status = 'running'"
_DUE = f"WHERE owner IS NULL AND wake_at <= ? AND status IN {_OPEN}"
_ALL_BEGUN = f"{_COLUMNS} {_BEGUN} AND {_KNOWN} LIMIT ?"
_ALL_DUE = f"{_COLUMNS} INDEXED BY runs_wake {_DUE} AND {_KNOWN} ORDER BY wake_at, no LIMIT ?"
_BEGUN_IN = f"{_COLUMNS} {_BEGUN} AND tenant = ? AND workflow = ? AND {_KNOWN} ORDER BY no"
_DUE_IN = f"{_COLUMNS} INDEXED BY runs_due {_DUE} AND tenant = ? AND workflow = ? AND {_KNOWN} ORDER BY wake_at, no"
_BEHIND = "(tenant, workflow) > (?, ?) ORDER BY tenant, workflow LIMIT 1"
_NEXT_BEGUN = f"SELECT tenant, workflow FROM runs {_BEGUN} AND {_BEHIND}"
_NEXT_DUE = (
    f"SELECT tenant, workflow FROM runs INDEXED BY runs_due WHERE owner IS NULL AND wake_at IS NOT NULL AND {_BEHIND}"
)

_COUNT = f"SELECT count(*) FROM (SELECT 1 FROM runs {_BEGUN} LIMIT ?)"
_COUNT_OF = f"SELECT count(*) FROM (SELECT 1 FROM runs {_BEGUN} AND tenant = ? LIMIT ?)"
_OLDEST = f"SELECT min(created_at) FROM (SELECT created_at FROM runs {_BEGUN} LIMIT 1)"
_OLDEST_OF = f"SELECT min(created_at) FROM (SELECT created_at FROM runs {_BEGUN} AND tenant = ? LIMIT 1)"

Row = tuple[Any, ...]


@dataclass(slots=True)
class Turn:
    """Where the rounds of a worker stand. `last`: the lane that has had its turn."""

    last: Lane = FIRST

    def ready(self, connection: sqlite3.Connection, *, known: str, now_ms: int, limit: int) -> list[Row]:
        """Return runs that can go on, at most `limit`: all, or those whose turn it is."""
        begun = connection.execute(_ALL_BEGUN, (known, limit + 1)).fetchall()
        due = connection.execute(_ALL_DUE, (now_ms, known, limit + 1)).fetchall()
        if len(begun) + len(due) <= limit:
            return [*sorted(begun), *due]
        lanes = (self._in(connection, lane, known, now_ms) for lane in self._lanes(connection))
        taken = list(in_turns(lanes, limit=limit))
        if taken:
            self.last = taken[-1][0]
        return [row for _, row in taken]

    def _lanes(self, connection: sqlite3.Connection) -> Iterator[Lane]:
        """Find the lanes in the order of their turns, the last one that had its turn last."""
        at, is_round = self.last, False
        for _ in range(LANES_MAX):
            found = [row for sql in (_NEXT_BEGUN, _NEXT_DUE) if (row := connection.execute(sql, at).fetchone())]
            if not found and not is_round:
                at, is_round = FIRST, True
                continue
            if not found or (is_round and min(found) > self.last):
                return
            at = min(found)
            yield at
        self.last = at

    def _in(self, connection: sqlite3.Connection, lane: Lane, known: str, now_ms: int) -> Iterator[tuple[Lane, Row]]:
        begun = iter(connection.execute(_BEGUN_IN, (*lane, known)))
        due = iter(connection.execute(_DUE_IN, (now_ms, *lane, known)))
        return ((lane, row) for row in in_turns([due, begun], limit=1 << 62))


def check_room(connection: sqlite3.Connection, queue: Queue, *, tenant: str, now_ms: int) -> None:
    """Let one more run wait to be begun; raise BusyError."""
    for whose, limit, count, oldest, values in (
        (None, queue.in_all, _COUNT, _OLDEST, ()),
        (tenant, queue.per_tenant, _COUNT_OF, _OLDEST_OF, (tenant,)),
    ):
        (waiting,) = connection.execute(count, (*values, limit)).fetchone()
        if waiting >= limit:
            (since,) = connection.execute(oldest, values).fetchone()
            raise BusyError.after(tenant=whose, waiting=waiting, oldest_ms=now_ms - (since or now_ms))
