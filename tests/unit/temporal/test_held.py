"""A run goes on in another execution as it stood, with all that was written down of it."""

from typing import Any

import pytest

from podium.core import stimuli as st
from podium.core.codec import decode
from podium.core.events import StepStarted
from podium.core.snapshot import dump
from podium.errors import RefusedError
from podium.graph.encode import graph_to_json
from podium.temporal.held import VERDICTS_MAX, HeldRun
from podium.temporal.wire import RunStart
from tests.unit.core.builders import machine, state

GRAPH = machine(state("a", "b"), state("b"))
START = RunStart(run_id="r", namespace="n", workflow="w", graph_hash="h", graph=graph_to_json(GRAPH))
DATA = {"n": "0", "log": "[]"}


def held(*news: st.Stimulus) -> HeldRun:
    run = HeldRun(START, (), now_ms=1_000)
    for one in (st.RunAsked("r", DATA), *news):
        run.take(one, now_ms=2_000)
    return run


def continued(run: HeldRun, *news: Any) -> HeldRun:
    on = run.carry()
    other = HeldRun(on.start, on.parts, now_ms=3_000)
    for one in news:
        other.take(one, now_ms=4_000)
    return other


def test_run_that_goes_on_elsewhere_is_the_same() -> None:
    run = held(st.SignalSent("x", "1"))
    run.decided("one", "no")
    other = continued(run)
    assert dump(other.state) == dump(run.state)
    assert (other.rows, other.info, other.verdicts) == (run.rows, run.info, run.verdicts)
    assert other.info.created_at == 1_000


def test_journal_grows_by_one_part_with_each_execution_that_added_to_it() -> None:
    run = held()
    other = continued(run, st.AttemptEnded(1, "a", 1, st.Succeeded()))
    assert [len(continued(one).carry().parts) for one in (run, other)] == [1, 2]
    assert continued(other).rows == other.rows
    assert continued(other).carry().parts == other.carry().parts, "no part is written twice in another way"


def test_row_shows_how_the_run_stands() -> None:
    run = held(
        st.AttemptEnded(1, "a", 1, st.Succeeded()), st.AttemptEnded(1, "b", 1, st.Halted(st.ParkReason.DIVERGED, "x"))
    )
    assert (run.info.status, run.info.seq, run.info.updated_at) == ("parked", len(run.rows), 2_000)
    assert list(run.parked) == ["b"]
    assert list(continued(run).parked) == ["b"]
    run.take(st.Resolution("b", st.Verb.ABORT), now_ms=5_000)
    assert (run.parked, run.info.status) == ({}, "failed")


def test_what_is_refused_changes_nothing() -> None:
    run = held()
    before = list(run.rows)
    with pytest.raises(RefusedError):
        run.take(st.RetryWanted(), now_ms=3_000)
    assert run.rows == before


def test_events_are_read_by_number() -> None:
    run = held()
    page = run.events(1, 1)
    assert (page.first, len(page.rows)) == (2, 1)
    assert isinstance(decode(*page.rows[0]), StepStarted)


def test_state_is_read_as_of_any_event() -> None:
    run = continued(held(), st.AttemptEnded(1, "a", 1, st.Succeeded()))
    early, now = run.part(1), run.part(None)
    assert (early.snapshot, len(early.rows)) == ("", 1)
    assert (now.snapshot_seq, now.snapshot_seq + len(now.rows)) == (2, run.state.seq)


def test_only_so_many_verdicts_are_kept_the_oldest_go_first() -> None:
    run = held()
    for number in range(VERDICTS_MAX + 1):
        run.decided(str(number), "")
    assert len(run.verdicts) == VERDICTS_MAX
    assert "0" not in run.verdicts
