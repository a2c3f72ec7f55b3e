"""Runs begin, and stimuli come in: work for the writer."""

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import replace

from podium.core.codec import Row
from podium.engine.fair import Queue
from podium.engine.ports import InboxRow, Projection, RunInfo
from podium.sqlite import batch, queries, turns

_HAS_GRAPH = "SELECT 1 FROM graphs WHERE hash = ? AND body = ?"
_GRAPH = "INSERT OR REPLACE INTO graphs VALUES (?, ?, ?)"
_RUN = (
    "INSERT INTO runs (no, id, workflow, graph_hash, target, status, owner, epoch, seq, wake_at, created_at,"
    " updated_at, parent, error, output, undoing_since, tenant) VALUES (1 + max("
    "ifnull((SELECT max(no) FROM runs), 0), ifnull((SELECT max(run) FROM leftovers), 0)),"
    " ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING RETURNING no"
)
"""A pruned run's number is not given again before its journal is gone."""
_IS_THERE = "SELECT 1 FROM runs WHERE id = ?"
_INPUT = "INSERT INTO inputs VALUES (?, ?)"
_STIMULUS = "INSERT INTO inbox (id, run_id, kind, body, at) VALUES (?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING"


def create(
    connection: sqlite3.Connection, info: RunInfo, graph: str, *, rows: Sequence[Row], projection: Projection
) -> RunInfo | None:
    """Insert a run with its first events; or return the one that has its id; raise RunPrunedError."""
    queries.refuse_pruned(connection, info.id)
    row = connection.execute(_RUN, _values(info)).fetchone()
    if row is None:
        return queries.info(connection, info.id)
    (no,) = row
    connection.execute(_INPUT, (no, info.input))
    put_graph(connection, info.graph_hash, info.workflow, graph)
    journal = ((no, seq, event) for seq, event in enumerate(rows, start=1))
    batch.write_journal(connection, journal, now_ms=info.updated_at)
    batch.project(connection, no, projection)
    return None


def put_graph(connection: sqlite3.Connection, graph_hash: str, name: str, graph: str) -> None:
    """Keep a graph, as it was told last."""
    if connection.execute(_HAS_GRAPH, (graph_hash, graph)).fetchone() is None:
        connection.execute(_GRAPH, (graph_hash, name, graph))


def queue_up(
    connection: sqlite3.Connection,
    queue: Queue,
    *,
    info: RunInfo,
    insert: Callable[[sqlite3.Connection], RunInfo | None],
) -> RunInfo | None:
    """Insert a run that waits to be begun, where there is room for it; raise BusyError."""
    if connection.execute(_IS_THERE, (info.id,)).fetchone() is None:
        turns.check_room(connection, queue, tenant=info.tenant, now_ms=info.updated_at)
    return insert(connection)


def first_row(info: RunInfo, projection: Projection, *, owner: str | None, seq: int, now_ms: int) -> RunInfo:
    """Return a run's row as it is when it begins."""
    return replace(
        info,
        status=projection.status,
        wake_at=projection.wake_at,
        output=projection.output,
        error=projection.error,
        undoing_since=projection.undoing_since,
        owner=owner,
        epoch=1,
        seq=seq,
        updated_at=now_ms,
    )


def put_inbox(connection: sqlite3.Connection, row: InboxRow) -> bool:
    """Insert a stimulus, unless one of its id is there."""
    values = (row.id, row.run_id, row.kind, row.body, row.at)
    return connection.execute(_STIMULUS, values).rowcount == 1


def _values(info: RunInfo) -> tuple[str | int | None, ...]:
    described = (info.id, info.workflow, info.graph_hash, info.target, info.status.value)
    held = (info.owner, info.epoch, info.seq, info.wake_at, info.created_at, info.updated_at)
    return *described, *held, info.parent, info.error, info.output, info.undoing_since, info.tenant
