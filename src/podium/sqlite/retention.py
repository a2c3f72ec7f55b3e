"""Runs that are over are taken away, a few in each transaction: work for the writer, as long as its time lasts.

A run is gone with its row, in one transaction with the tombstone that refuses its id. Long journals are noted in
`leftovers`, and taken away piece by piece; who prunes next goes on with those of a process that did not get to it. What
is free in the file is used again by what comes; the file does not shrink.
"""

# ruff: noqa: S608  # statements are put together from constants of this file; values are bound

import json
import sqlite3
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from podium.engine.retention_store import ENDED, Expired, Mark, Pruned

WORK_S_MAX = 0.01
"""Nothing more is begun in a transaction that has worked for so long; its commit comes on top."""

EVENTS_MAX = 500
"""So many events are taken away in one go; a run with more of them leaves its journal to `leftovers`."""

RUNS_MAX = 50
INBOX_MAX = 200

_LIST = "(SELECT value FROM json_each(?))"
_CANDIDATES = (
    "SELECT no, seq, created_at, owner IS NULL AND updated_at < ? AND (? IS NULL OR workflow = ?)"
    " AND NOT EXISTS (SELECT 1 FROM inbox WHERE run_id = runs.id AND verdict IS NULL)"
    f" FROM runs INDEXED BY runs_status WHERE status = ? AND no > ? ORDER BY no LIMIT {RUNS_MAX}"
)
_COUNT = (
    "SELECT count(*), ifnull(sum(seq), 0) FROM runs INDEXED BY runs_status"
    f" WHERE status IN {_LIST} AND owner IS NULL AND updated_at < ? AND (? IS NULL OR workflow = ?)"
    " AND NOT EXISTS (SELECT 1 FROM inbox WHERE run_id = runs.id AND verdict IS NULL)"
)
_ENTOMB = f"INSERT OR REPLACE INTO pruned SELECT id, workflow, status, ?, ? FROM runs WHERE no IN {_LIST}"
_LEAVE = f"INSERT INTO leftovers SELECT no FROM runs WHERE no IN {_LIST} AND seq > {EVENTS_MAX}"
_AT_ONCE = f"DELETE FROM journal WHERE run IN (SELECT no FROM runs WHERE no IN {_LIST} AND seq <= {EVENTS_MAX})"
_REST = tuple(
    f"DELETE FROM {table} WHERE {number} IN {_LIST}"
    for table, number in (
        ("inputs", "run"), ("snapshots", "run"), ("human_tasks", "run"), ("parked", "run"), ("runs", "no"),
    )
)  # fmt: skip

_LEFTOVER = "SELECT run FROM leftovers ORDER BY run LIMIT 1"
_PIECE = f"DELETE FROM journal WHERE rowid IN (SELECT rowid FROM journal WHERE run = ? LIMIT {EVENTS_MAX})"
_FORGET_LEFTOVER = "DELETE FROM leftovers WHERE run = ?"
_FORGET_USES = f"DELETE FROM blob_uses WHERE run IN {_LIST} RETURNING hash"
_FORGET_BLOB = "DELETE FROM blobs WHERE hash = ? AND NOT EXISTS (SELECT 1 FROM blob_uses WHERE hash = blobs.hash)"

_INBOX = (
    "SELECT no, at, EXISTS (SELECT 1 FROM runs WHERE id = run_id) FROM inbox"
    f" WHERE no > ? ORDER BY no LIMIT {INBOX_MAX}"
)
_FORGET_STIMULI = f"DELETE FROM inbox WHERE no IN {_LIST}"
_FORGET_TOMBS = "DELETE FROM pruned WHERE id IN (SELECT id FROM pruned WHERE refused_until < ? LIMIT 500)"


@dataclass(slots=True)
class _Work:
    """What is to be done, and what was: the answer to one call."""

    connection: sqlite3.Connection
    which: Expired
    now_ms: int
    runs: int = 0
    events: int = 0


def prune(connection: sqlite3.Connection, which: Expired, *, mark: Mark, now_ms: int) -> Pruned:
    """Take away what is expired, from `mark` on, for as long as one transaction may take."""
    until = time.perf_counter() + WORK_S_MAX
    work = _Work(connection, which, now_ms)
    stages = _stages(which)
    stage, after = mark
    while stage < len(stages):
        found = stages[stage](work, after)
        stage, after = (stage + 1, 0) if found is None else (stage, found)
        if time.perf_counter() > until:
            break
    return Pruned(work.runs, work.events, (stage, after) if stage < len(stages) else None)


def expired(connection: sqlite3.Connection, which: Expired) -> Pruned:
    """Count the runs that would be taken away, and their events."""
    statuses = json.dumps([status for status in ENDED if status in which.statuses])
    values = (statuses, which.before_ms, which.workflow, which.workflow)
    runs, events = connection.execute(_COUNT, values).fetchone()
    return Pruned(runs, events)


_Stage = Callable[[_Work, int], int | None]
"""Does a little from a number on; returns where to go on, None when it is through."""


def _stages(which: Expired) -> Sequence[_Stage]:
    statuses = [status for status in ENDED if status in which.statuses]
    return (*(_of_status(status) for status in statuses), _leftovers, _stimuli, _tombs)


def _of_status(status: str) -> _Stage:
    def take(work: _Work, after: int) -> int | None:
        which = work.which
        values = (which.before_ms, which.workflow, which.workflow, status, after)
        chosen: list[int] = []
        events, last = 0, None
        for no, seq, created_at, is_expired in work.connection.execute(_CANDIDATES, values).fetchall():
            if created_at >= which.before_ms:  # and so were those after it, as far as clocks go on
                last = None
                break
            last = no
            if is_expired:
                chosen.append(no)
                events += seq
            if events >= EVENTS_MAX:
                break
        _take_away(work, chosen)
        return last

    return take


def _take_away(work: _Work, numbers: Sequence[int]) -> None:
    if not numbers:
        return
    execute, listed = work.connection.execute, json.dumps(numbers)
    execute(_ENTOMB, (work.now_ms, work.now_ms + work.which.refused_ms, listed))
    execute(_LEAVE, (listed,))
    work.events += execute(_AT_ONCE, (listed,)).rowcount
    _release_blobs(work.connection, f"[{','.join(str(no) for no in numbers)}]")
    for statement in _REST:
        execute(statement, (listed,))
    work.runs += len(numbers)


def _leftovers(work: _Work, _: int) -> int | None:
    """Take away a piece of a long journal."""
    row: tuple[int] | None = work.connection.execute(_LEFTOVER).fetchone()
    if row is None:
        return None
    taken = work.connection.execute(_PIECE, row).rowcount
    work.events += taken
    if taken < EVENTS_MAX:
        work.connection.execute(_FORGET_LEFTOVER, row)
    return row[0]


def _release_blobs(connection: sqlite3.Connection, runs: str) -> None:
    """Take away the blobs that only these runs referred to."""
    hashes: set[tuple[Any]] = set(connection.execute(_FORGET_USES, (runs,)).fetchall())
    connection.executemany(_FORGET_BLOB, hashes)


def _stimuli(work: _Work, after: int) -> int | None:
    """Take away what was asked of runs that are gone: from the oldest on, as far as runs may have expired."""
    rows = work.connection.execute(_INBOX, (after,)).fetchall()
    old = [(no, is_there) for no, at, is_there in rows if at < work.which.before_ms]
    gone = [no for no, is_there in old if not is_there]
    if gone:
        work.connection.execute(_FORGET_STIMULI, (json.dumps(gone),))
    return old[-1][0] if len(old) == INBOX_MAX else None


def _tombs(work: _Work, _: int) -> int | None:
    """Take away what refuses ids whose time is over."""
    taken = work.connection.execute(_FORGET_TOMBS, (work.now_ms,)).rowcount
    return taken or None
