"""Where a walk through the law ends, seen in the journal: only there may another run go on from it."""

from collections import deque

from podium.core import events as ev
from podium.core.advance import retrace
from podium.core.state import RunState
from tests.unit.core.builders import machine, state
from tests.unit.core.shell import Shell

GRAPH = machine(state("a", "b"), state("b"))


def walk() -> Shell:
    shell = Shell(GRAPH)
    shell.start()
    shell.done("a")
    return shell


def test_between_the_end_of_a_step_and_the_begin_of_the_next_something_is_owed() -> None:
    journal = walk().journal
    run, owed = RunState("r", GRAPH), deque[ev.Event]()
    counts = []
    for event in journal:
        retrace(run, event, owed)
        counts.append((type(event).__name__, len(owed)))
    assert counts == [("RunStarted", 1), ("StepStarted", 0), ("StepDone", 1), ("StepStarted", 0)]


def test_what_an_older_core_did_not_let_follow_is_not_waited_for_in_news_that_came_later() -> None:
    started, began, done, _ = walk().journal
    run, owed = RunState("r", GRAPH), deque[ev.Event]()
    for event in (started, began, done):
        retrace(run, event, owed)
    later = ev.SignalReceived(done.at + 1, "go", "1")
    retrace(run, later, owed)
    assert not owed
