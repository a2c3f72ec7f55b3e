"""Who may work on a run. Every verb is work for the writer: it runs with the write lock held, one process at a time."""

# ruff: noqa: S608  # statements are put together from constants of this file; values are bound

import json
import sqlite3
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from podium.engine.ports import Claim, RunInfo
from podium.sqlite import queries
from podium.sqlite.lease import Lease
from podium.sqlite.rows import RUN, run_info, status_of
from podium.sqlite.turns import Turn

# Pieces of SQL; values are bound, and a list is bound as one JSON text.
_LIST = "(SELECT value FROM json_each(?))"
_OPEN = "('running', 'waiting', 'parked', 'compensating')"
_KNOWN = f"graph_hash IN {_LIST}"

# The planner takes any index on a status to be a good one; these name the one that leads to the few rows in question.
_OF_THE_GONE = (
    f"SELECT no, id, epoch, owner, unproven FROM runs INDEXED BY runs_owner WHERE owner IN {_LIST}"
    f" AND owner IS NOT NULL AND status IN {_OPEN} AND {_KNOWN} ORDER BY no LIMIT ?"
)
_UNDOING = (
    "SELECT no, id, epoch, owner, unproven FROM runs INDEXED BY runs_undoing WHERE owner IS NULL AND wake_at IS NULL"
    f" AND status = 'compensating' AND {_KNOWN} ORDER BY no LIMIT ?"
)
_CALLED = (
    "SELECT no, id, epoch, owner, unproven FROM runs WHERE owner IS NULL"
    f" AND id IN (SELECT run_id FROM inbox WHERE verdict IS NULL) AND {_KNOWN} ORDER BY no LIMIT ?"
)
_TAKE = (
    "UPDATE runs SET owner = ?, unproven = max(unproven, ?), epoch = epoch + 1,"
    " error = iif(shelved IS NULL, error, shelved_error), status = ifnull(shelved, status),"
    " shelved = NULL, shelved_error = NULL WHERE no = ?"
)
_ONE = (
    "SELECT no, id, epoch, owner, unproven, status,"
    " EXISTS (SELECT 1 FROM inbox WHERE run_id = runs.id AND verdict IS NULL) FROM runs WHERE id = ?"
)

_OFFER = "INSERT OR IGNORE INTO worker_graphs SELECT ?, value FROM json_each(?)"
_WITHDRAW = f"DELETE FROM worker_graphs WHERE worker = ? AND hash NOT IN {_LIST}"
_UNSHELVE = (
    "UPDATE runs SET status = shelved, shelved = NULL, error = shelved_error, shelved_error = NULL"
    f" WHERE shelved IS NOT NULL AND {_KNOWN}"
)
_UNRESOLVED = "SELECT hash FROM graphs WHERE hash NOT IN (SELECT hash FROM worker_graphs)"
_SHELVE = (
    "UPDATE runs INDEXED BY runs_open SET shelved = status, shelved_error = error, status = 'parked', error = ?"
    " WHERE status IN ('running', 'waiting', 'compensating')"
    f" AND (owner IS NULL OR owner IN {_LIST}) AND {_KNOWN} RETURNING no"
)
SHELVED = "no live worker knows its graph; start one that has its workflow, and it goes on: podium worker TARGET"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which runs a worker can take.

    Attributes:
        hashes: Only of these graphs.
        now_ms: What is due by then.
        limit: At most so many.
        turn: Whose turn it is, where there are more.
    """

    hashes: Collection[str]
    now_ms: int
    limit: int
    turn: Turn


def claim(connection: sqlite3.Connection, lease: Lease, wanted: Wanted) -> list[Claim]:
    """Take runs that nobody who lives owns and that have something to do.

    First come those of the gone, those that undo, and those of which something is asked; the others take turns.
    """
    gone = lease.gone(connection)
    known, limit = _json(wanted.hashes), wanted.limit
    found: dict[int, Claim] = {}
    for sql, values in ((_OF_THE_GONE, (_json(gone), known)), (_UNDOING, (known,)), (_CALLED, (known,))):
        if len(found) < limit:
            for no, *row in connection.execute(sql, (*values, limit)):
                found.setdefault(no, _claim(row, gone))
    if len(found) < limit:
        for no, *row in wanted.turn.ready(connection, known=known, now_ms=wanted.now_ms, limit=limit):
            found.setdefault(no, _claim(row, gone))
    taken = list(found.items())[:limit]
    connection.executemany(_TAKE, [(lease.worker_id, _is_unproven(claim), no) for no, claim in taken])
    return [claim for _, claim in taken]


def claim_one(connection: sqlite3.Connection, lease: Lease, run_id: str) -> Claim | None:
    """Take this run; None where a living worker owns it, or it is over and no stimulus waits that may change that."""
    row = connection.execute(_ONE, (run_id,)).fetchone()
    if row is None:
        raise queries.missing(connection, run_id)
    no, _, epoch, owner, unproven, status, is_called = row
    gone = lease.gone(connection) if owner is not None else {}
    if (owner is not None and owner not in gone) or (status_of(run_id, status).is_terminal and not is_called):
        return None
    taken = _claim((run_id, epoch, owner, unproven), gone)
    connection.execute(_TAKE, (lease.worker_id, _is_unproven(taken), no))
    return taken


def offer(connection: sqlite3.Connection, lease: Lease, hashes: Collection[str]) -> None:
    """Publish the graphs that this worker can resolve; what was shelved for want of them goes on as it was."""
    known = _json(hashes)
    connection.execute(_WITHDRAW, (lease.worker_id, known))
    connection.execute(_OFFER, (lease.worker_id, known))
    connection.execute(_UNSHELVE, (known,))


def orphans(connection: sqlite3.Connection, lease: Lease) -> list[RunInfo]:
    """Shelve the runs that wait for a worker which does not live, and return those that were not shelved before."""
    gone = lease.gone(connection)
    dead = [worker for worker, is_dead in gone.items() if is_dead]
    unresolved = [graph_hash for (graph_hash,) in connection.execute(_UNRESOLVED)]
    if not unresolved:
        return []
    shelved = connection.execute(_SHELVE, (SHELVED, _json(dead), _json(unresolved))).fetchall()
    sql = f"SELECT {RUN} WHERE runs.no IN {_LIST} ORDER BY runs.no"
    return [run_info(row) for row in connection.execute(sql, (_json(no for (no,) in shelved),))]


def _claim(row: Iterable[Any], gone: Mapping[str, bool]) -> Claim:
    run_id, epoch, owner, unproven = row
    is_dead = gone.get(owner or "", False) and not unproven
    return Claim(run_id=run_id, epoch=epoch + 1, taken_over=owner is not None, proven_dead=is_dead)


def _is_unproven(claim: Claim) -> bool:
    return claim.taken_over and not claim.proven_dead


def _json(values: Iterable[str | int]) -> str:
    return json.dumps(list(values))
