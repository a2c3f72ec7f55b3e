"""The tables of the core are all used, lead somewhere, and are what the page about them shows."""

from typing import Any

from podium.core import events as ev
from podium.core import tables
from podium.core.state import SETTLED, RunStatus, StepStatus, WriteStatus
from podium.graph.nodes import NodeKind
from scripts import core_tables

ROWS = {
    (name, row) for name in ("STEP_TABLE", "WRITE_TABLE", "RUN_TABLE", "START_TABLE") for row in getattr(tables, name)
}


def test_every_row_of_the_tables_is_exercised(rows_used: set[tuple[str, Any]]) -> None:
    unused = sorted(f"{name}: {row}" for name, row in ROWS - rows_used)
    assert unused == []


def test_page_about_the_tables_is_up_to_date() -> None:
    assert core_tables.PAGE.read_text("utf-8") == core_tables.page(), "run: python scripts/core_tables.py"


def test_every_kind_of_node_begins_somehow() -> None:
    assert set(tables.START_TABLE) == set(NodeKind)


def test_what_has_settled_stays_so_but_for_a_retry_and_an_error_edge_that_undoes() -> None:
    left = {(status, event) for status, event in tables.STEP_TABLE if status in SETTLED}
    assert left == {(StepStatus.FAILED, ev.CompensationStarted)}
    over_writes = (WriteStatus.DONE, WriteStatus.FAILED)
    again = {(status, event) for status, event in tables.WRITE_TABLE if status in over_writes}
    by_another_candidate = (ev.WriteIntended, ev.WriteRepeated, ev.WriteBarred)
    assert again == {(WriteStatus.FAILED, event) for event in by_another_candidate}
    over = {status for status, _ in tables.RUN_TABLE}
    assert over == {RunStatus.OPEN, RunStatus.FAILED, RunStatus.COMPENSATING, RunStatus.COMPENSATED}


def test_every_status_is_reached() -> None:
    assert {*tables.STEP_TABLE.values(), StepStatus.CHECKING} == set(StepStatus)
    assert set(tables.WRITE_TABLE.values()) == set(WriteStatus)
    assert set(tables.RUN_TABLE.values()) == set(RunStatus)
