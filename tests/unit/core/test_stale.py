"""A report that is late, repeated or about something else changes nothing and yields no events."""

from collections.abc import Callable

import pytest

from podium.core import stimuli as st
from podium.core.advance import advance
from podium.core.snapshot import dump
from tests.unit.core.builders import dag, failure, machine, node, state
from tests.unit.core.shell import Shell

Report = Callable[[int, int], st.Stimulus]

REPORTS: dict[str, Report] = {
    "attempt": lambda incarnation, entry: st.AttemptEnded(incarnation, "a", entry, st.Succeeded()),
    "failure": lambda incarnation, entry: st.AttemptEnded(incarnation, "a", entry, st.Failed(failure())),
    "read": lambda incarnation, entry: st.ReadEnded(incarnation, "a", entry, "call", "1"),
    "write": lambda incarnation, entry: st.WriteWanted(incarnation, "a", entry, "book", "{}", "key"),
}


def again() -> Shell:
    """Return a run whose step is at its second entry, in the second incarnation."""
    run = Shell(machine(state("a", "b"), state("b")))
    run.start()
    run.hold("a", 2_000)
    run.time("a", at=2_000)
    run.crash()
    return run


def changes_nothing(run: Shell, news: st.Stimulus) -> bool:
    before = dump(run.state)
    events = advance(run.state, news, now_ms=99_999)
    return not events and dump(run.state) == before


@pytest.mark.parametrize("report", REPORTS.values(), ids=REPORTS)
@pytest.mark.parametrize(("incarnation", "entry"), [(1, 2), (2, 1), (2, 3), (3, 2)])
def test_report_of_another_entry_or_incarnation_is_stale(report: Report, incarnation: int, entry: int) -> None:
    assert changes_nothing(again(), report(incarnation, entry))


@pytest.mark.parametrize("report", REPORTS.values(), ids=REPORTS)
def test_current_report_counts(report: Report) -> None:
    assert not changes_nothing(again(), report(2, 2))


@pytest.mark.parametrize("report", REPORTS.values(), ids=REPORTS)
def test_report_about_a_step_that_is_gone_is_stale(report: Report) -> None:
    run = again()
    run.done("a")
    assert changes_nothing(run, report(2, 2))
    run.done("b")
    assert changes_nothing(run, report(2, 2))


@pytest.mark.parametrize("report", REPORTS.values(), ids=REPORTS)
def test_second_report_adds_nothing(report: Report) -> None:
    run = again()
    assert advance(run.state, report(2, 2), now_ms=1)
    assert changes_nothing(run, report(2, 2))


def test_write_that_was_wanted_is_not_wanted_again_while_the_run_ends() -> None:
    run = Shell(dag(node("a"), node("b"), node("c", "a", "b")))
    run.start()
    run.want("a")
    run.fail("b")
    assert changes_nothing(run, REPORTS["write"](1, 1))


@pytest.mark.parametrize("settled", [{"result": "1"}, {"failure": failure()}, {"doubt": failure()}, {"absent": True}])
def test_late_word_about_a_write_of_another_incarnation_is_stale(settled: dict[str, object]) -> None:
    run = again()
    run.want("a")
    assert changes_nothing(run, st.WriteSettled(1, "a", **settled))  # type: ignore[arg-type]  # its own fields
    assert not changes_nothing(run, st.WriteSettled(2, "a", **settled))  # type: ignore[arg-type]  # same


def test_condition_is_known_once_and_to_its_own_incarnation() -> None:
    run = Shell(dag(node("a", has_condition=True)))
    run.start()
    run.crash()
    assert changes_nothing(run, st.ConditionEvaluated(1, "a", holds=True))
    assert changes_nothing(run, st.ConditionEvaluated(2, "b", holds=True))
    assert run.holds("a") == ["ConditionKnown a", "StepStarted a"]
    assert changes_nothing(run, st.ConditionEvaluated(2, "a", holds=True))


def test_timer_of_a_step_that_is_gone_rings_for_nobody() -> None:
    assert changes_nothing(again(), st.TimeCame("gone"))
    assert changes_nothing(again(), st.TimeCame("a"))


def test_time_of_a_run_does_not_go_back() -> None:
    run = again()
    assert run.state.at == 2_000
    run.now_ms = 1
    run.done("a")
    assert run.state.at == 2_000
