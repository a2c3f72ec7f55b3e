"""What is asked again and again finds its few rows by an index, however many runs wait or are over."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from podium.sqlite import batch, claims, lease, queries, retention, turns
from podium.sqlite.connection import Place, connect

FEW = (
    "runs_begun",
    "runs_undoing",
    "inbox_undecided",
    "json_each",
    "(subquery",
    "leftovers",
    "workers",
    "USING INTEGER PRIMARY KEY",
)
"""Walked through as a whole: what waits to be claimed or decided at this moment, and tables that do not grow."""

SEARCHES: dict[str, str] = {
    "of the gone": claims._OF_THE_GONE,
    "begun": turns._ALL_BEGUN,
    "begun in a lane": turns._BEGUN_IN,
    "next begun": turns._NEXT_BEGUN,
    "count": turns._COUNT,
    "count of a tenant": turns._COUNT_OF,
    "undoing": claims._UNDOING,
    "due": turns._ALL_DUE,
    "due in a lane": turns._DUE_IN,
    "next due": turns._NEXT_DUE,
    "called": claims._CALLED,
    "shelve": claims._SHELVE,
    "unshelve": claims._UNSHELVE,
    "inbox": queries._INBOX,
    "dead": lease._DIED[2],
    "leave": lease._LEAVE[0],
    "forget": lease._FORGET,
    "take": claims._TAKE,
    "one": claims._ONE,
    "verdict": batch._VERDICT,
    "prune": retention._CANDIDATES,
    "prune journal": retention._AT_ONCE,
    "prune piece": retention._PIECE,
    "prune inbox": retention._INBOX,
    "prune tombstones": retention._FORGET_TOMBS,
    "prune blobs": retention._FORGET_BLOB,
    **{f"prune {sql.split()[2]}": sql for sql in retention._REST},
}


@pytest.mark.parametrize("name", SEARCHES)
def test_what_is_asked_again_and_again_walks_through_no_table_that_grows(path: Path, name: str) -> None:
    with closing(connect(Place(path))) as connection:
        plan = _plan(connection, SEARCHES[name])
    walks = [part for part in plan if part.startswith("SCAN")]
    assert not [part for part in walks if not any(few in part for few in FEW)], plan
    assert not [part for part in plan if "runs_status" in part and name != "prune"], "it leads to all that are over"


def _plan(connection: sqlite3.Connection, sql: str) -> list[str]:
    return [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}", (None,) * sql.count("?"))]
