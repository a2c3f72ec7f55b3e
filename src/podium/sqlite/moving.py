"""A run goes on by another graph: work for the writer."""

import sqlite3

from podium.engine.ports import RunInfo
from podium.sqlite.creation import put_graph
from podium.sqlite.lease import Lease

_RUN = "SELECT no, owner FROM runs WHERE id = ? AND seq = ?"
_MOVE = (
    "UPDATE runs SET graph_hash = ?, target = ?, epoch = epoch + 1, status = ifnull(shelved, status),"
    " error = iif(shelved IS NULL, error, shelved_error), shelved = NULL, shelved_error = NULL WHERE no = ?"
)
_NO_SNAPSHOT = "DELETE FROM snapshots WHERE run = ?"


def move(connection: sqlite3.Connection, lease: Lease, *, info: RunInfo, graph: str) -> bool:
    """Give a run another graph, unless a living worker holds it or it has got on since."""
    row = connection.execute(_RUN, (info.id, info.seq)).fetchone()
    if row is None:
        return False
    no, owner = row
    if owner is not None and owner not in lease.gone(connection):
        return False
    put_graph(connection, info.graph_hash, info.workflow, graph)
    connection.execute(_MOVE, (info.graph_hash, info.target, no))
    connection.execute(_NO_SNAPSHOT, (no,))
    return True
