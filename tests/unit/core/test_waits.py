"""Sleeps, signals and the times at which they are over."""

import pytest

from podium.core.pending import wake_at
from podium.errors import RefusedError
from podium.graph.nodes import NodeKind
from tests.unit.core.builders import dag, machine, mapped, node, state
from tests.unit.core.shell import Shell

NAP = machine(state("nap", "b", kind=NodeKind.SLEEP, duration_ms=500), state("b"))
PAID = machine(state("paid", kind=NodeKind.WAIT, signal="payment", timeout_ms=500, give="n"))


def test_sleep_is_over_at_its_time_and_not_before() -> None:
    run = Shell(NAP)
    run.start()
    assert wake_at(run.state) == 1_500
    assert run.timers == {"nap": 1_500}
    assert run.tell_early("nap", at=1_499) == []
    assert run.time("nap", at=1_500) == ["StepDone nap", "StepStarted b"]


def test_sleeping_node_gives_null() -> None:
    run = Shell(dag(node("nap", kind=NodeKind.SLEEP, duration_ms=5)))
    run.start()
    assert run.time("nap", at=2_000) == ["StepDone nap", "RunCompleted"]
    assert run.state.output == "null"


def test_nobody_answers_a_sleeper() -> None:
    run = Shell(NAP)
    run.start()
    with pytest.raises(RefusedError, match="does not ask anything at 'nap'"):
        run.answer("nap")
    with pytest.raises(RefusedError, match="does not ask anything at 'b'"):
        run.answer("b")
    assert run.step("nap").status == "waiting"


def test_signal_ends_the_wait_for_it() -> None:
    run = Shell(PAID)
    run.start()
    assert run.signal("other") == ["SignalReceived"]
    assert run.signal("payment", "7") == ["SignalReceived", "StepAnswered paid"]
    assert run.step("paid").answer == "7"
    assert run.done("paid", n="7")[-1] == "RunCompleted"
    assert run.state.signals == {"other": ["1"]}


def test_signal_that_comes_before_the_wait_is_kept_for_it() -> None:
    run = Shell(machine(state("a", "paid"), state("paid", kind=NodeKind.WAIT, signal="payment")))
    run.start()
    run.signal("payment", "1")
    run.signal("payment", "2")
    assert run.done("a") == ["StepDone a", "StepStarted paid", "StepAnswered paid"]
    assert run.step("paid").answer == "1"
    assert run.state.signals == {"payment": ["2"]}


def test_wait_without_signal_fails_at_its_time() -> None:
    run = Shell(PAID)
    run.start()
    assert run.time("paid", at=1_500) == ["StepFailed paid", "ScopeFailing", "RunFailed"]
    assert run.state.failure is not None
    assert run.state.failure.type == "StepTimeoutError"
    assert run.state.failure.message == "waited 500 ms for signal 'payment'"


def test_signal_cannot_be_waited_for_by_an_answer() -> None:
    run = Shell(PAID)
    run.start()
    with pytest.raises(RefusedError):
        run.answer("paid")


def test_each_of_two_waits_takes_a_signal_of_its_own() -> None:
    run = Shell(
        dag(node("a"), *(node(n, "a", kind=NodeKind.WAIT, signal="go") for n in "bcd"), node("e", "b", "c", "d"))
    )
    run.start()
    run.signal("go", "1")
    run.signal("go", "2")
    facts = run.done("a")
    assert facts[-2:] == ["StepAnswered b", "StepAnswered c"]
    assert (run.step("b").answer, run.step("c").answer, run.step("d").answer) == ("1", "2", None)
    assert run.signal("go", "3") == ["SignalReceived", "StepAnswered d"]
    assert run.state.signals == {}


def test_items_take_signals_in_their_order() -> None:
    run = Shell(dag(mapped("m", "list", kind=NodeKind.WAIT, signal="go")))
    run.start(list="[1,2]")
    assert run.signal("go") == ["SignalReceived", "StepAnswered m[0]"]
    assert run.signal("go") == ["SignalReceived", "StepAnswered m[1]"]


def test_run_that_is_over_takes_no_signal() -> None:
    run = Shell(machine(state("a")))
    run.start()
    run.done("a")
    with pytest.raises(RefusedError, match="run r is completed and can not be signalled any more"):
        run.signal("go")
    assert run.tell_early("a", at=9_999) == []


def test_wait_may_be_for_ever() -> None:
    run = Shell(machine(state("w", kind=NodeKind.WAIT, signal="go")))
    run.start()
    assert run.tell_early("w", at=10**12) == []
    assert wake_at(run.state) is None
