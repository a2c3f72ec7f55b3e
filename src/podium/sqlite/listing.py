"""What people's lists are made from. Each question is one function on a connection.

A filter is answered by a walk along the runs, from the newest on: a hundred thousand take less than a tenth of a second
(`bench/README.md`), and an index on what is filtered by would be written by each commit that moves a run.
"""

# ruff: noqa: S608  # statements are put together from constants of this file; values are bound

import json
import sqlite3
from collections import Counter
from collections.abc import Collection, Mapping
from typing import Any

from podium.engine.list_store import ListPlace, Moved, RunFilter, Tally, Waiting
from podium.engine.ports import HumanTask, ParkedStep, RunInfo, Status
from podium.errors import DamagedError
from podium.sqlite import queries, rows

_NUMBER = "SELECT no FROM runs WHERE id = ?"
_LIST = "(SELECT value FROM json_each(?))"
_TEXTS = ("id", "workflow", "error", "inputs.body")
_HAS_TEXT = " OR ".join(f"{column} LIKE ? ESCAPE '!'" for column in _TEXTS)
_COUNT = "SELECT status, count(*) FROM runs LEFT JOIN inputs ON inputs.run = runs.no"
_COUNT_ALL = "SELECT status, count(*) FROM runs GROUP BY status"
_LAST = "SELECT ifnull(max(rowid), 0) FROM journal"
_NEWS = "SELECT DISTINCT run FROM journal WHERE rowid > ?"
_VERSIONS = f"SELECT id, seq, status, epoch, owner, wake_at, error FROM runs WHERE id IN {_LIST}"
_WAITING = "SELECT (SELECT count(*) FROM human_tasks WHERE is_open), (SELECT count(*) FROM parked)"

_NEWS_MAX = 20_000
"""More events than these are not looked through: what is shown is read anew."""

_NO_LIMIT = -1

Clause = tuple[list[str], list[Any]]
"""Terms of a condition, and the values in them."""


def runs(connection: sqlite3.Connection, which: RunFilter) -> list[RunInfo]:
    """Return the runs that a filter lets through, newest first; raise RunNotFoundError for `before`."""
    terms, values = _terms(which)
    if which.statuses:
        term, value = _stands(which.statuses)
        terms.append(term)
        values.append(value)
    if which.before is not None:
        terms.append("no < ?")
        values.append(queries.number(connection, which.before))
    sql = f"SELECT {rows.RUN} WHERE {' AND '.join(terms)} ORDER BY no DESC LIMIT ?"
    return [rows.listed(row) for row in connection.execute(sql, (*values, which.limit))]


def counts(connection: sqlite3.Connection, which: RunFilter) -> Tally:
    """Count runs by status; those of one that is none count as they are listed, as parked."""
    terms, values = _terms(which)
    sql = f"{_COUNT} WHERE {' AND '.join(terms)} GROUP BY +status" if values else _COUNT_ALL
    found: Counter[Status] = Counter()
    for status, count in connection.execute(sql, values):
        found[_known(status)] += count
    return Tally(by_status=found)


def moved(connection: sqlite3.Connection, mark: int | None, limit: int) -> Moved:
    """Return the runs with events that were written after the journal's row `mark`."""
    (last,) = connection.execute(_LAST).fetchone()
    if mark is None or last == mark:
        return Moved(mark=last)
    if not 0 < last - mark <= _NEWS_MAX:  # where the last rows were pruned, their numbers are given again
        return Moved(mark=last, is_whole=False)
    numbers = json.dumps([no for (no,) in connection.execute(_NEWS, (mark,))])
    sql = f"SELECT {rows.RUN} WHERE no IN {_LIST} ORDER BY no DESC LIMIT ?"
    found = [rows.listed(row) for row in connection.execute(sql, (numbers, limit + 1))]
    return Moved(mark=last, runs=found[:limit], is_whole=len(found) <= limit)


def versions(connection: sqlite3.Connection, run_ids: Collection[str]) -> Mapping[str, object]:
    """Return, by run, what is another value whenever anything of it was committed."""
    found = connection.execute(_VERSIONS, (json.dumps(list(run_ids)),))
    return {run_id: tuple(version) for run_id, *version in found}


def tasks(
    connection: sqlite3.Connection, run_id: str | None, after: ListPlace, *, limit: int | None, only_open: bool
) -> list[HumanTask]:
    """Return human tasks, oldest first."""
    terms, values = _part("asked_at", run_id, after)
    if only_open:
        terms.append("is_open")
    sql = f"SELECT {rows.TASK} WHERE {' AND '.join(terms)} ORDER BY asked_at, runs.id, path LIMIT ?"
    return [rows.human_task(row) for row in connection.execute(sql, (*values, _NO_LIMIT if limit is None else limit))]


def parked(
    connection: sqlite3.Connection, run_id: str | None, after: ListPlace, *, limit: int | None
) -> list[ParkedStep]:
    """Return parked steps, oldest first."""
    terms, values = _part("parked_at", run_id, after)
    sql = f"SELECT {rows.PARKED} WHERE {' AND '.join(terms)} ORDER BY parked_at, runs.id, path LIMIT ?"
    return [rows.parked_step(row) for row in connection.execute(sql, (*values, _NO_LIMIT if limit is None else limit))]


def waiting(connection: sqlite3.Connection) -> Waiting:
    """Count open questions and parked steps."""
    open_tasks, parked_steps = connection.execute(_WAITING).fetchone()
    return Waiting(tasks=open_tasks, parked=parked_steps)


def _terms(which: RunFilter) -> Clause:
    """Return what runs have to be, however they stand."""
    terms: list[str] = ["TRUE"]
    values: list[Any] = []
    if which.workflow is not None:
        terms.append("workflow = ?")
        values.append(which.workflow)
    if which.tenant is not None:
        terms.append("tenant = ?" if which.tenant == "" else "tenant = ? AND tenant <> ''")
        values.append(which.tenant)
    if which.parent is not None:  # a copy is younger than what it is a copy of
        terms.append(f"parent = ? AND no > ifnull(({_NUMBER}), 0)")
        values += [which.parent, which.parent]
    if which.text:
        terms.append(f"({_HAS_TEXT})")
        values += [_pattern(which.text)] * len(_TEXTS)
    return terms, values


def _stands(statuses: Collection[Status]) -> tuple[str, str]:
    """Return the condition for a status; the index has the runs of one in order, and those of several out of it."""
    if len(set(statuses)) == 1:
        return "status = ?", next(iter(statuses)).value
    return f"+status IN {_LIST}", json.dumps(sorted(set(statuses)))


def _part(at: str, run_id: str | None, after: ListPlace) -> Clause:
    """Return the condition for what stands after a place, of one run or of all."""
    terms, values = [f"{at} >= ?", f"({at}, runs.id, path) > (?, ?, ?)"], [after.at, after.at, after.run_id, after.path]
    return (terms, values) if run_id is None else ([*terms, "runs.id = ?"], [*values, run_id])


def _pattern(text: str) -> str:
    for special in "!%_":
        text = text.replace(special, f"!{special}")
    return f"%{text}%"


def _known(status: str) -> Status:
    try:
        return rows.status_of("", status)
    except DamagedError:
        return Status.PARKED
