"""The end of a run by cancel or deadline: nothing new starts, what may have been sent settles first."""

import pytest

from podium.core.pending import pending, wake_at
from podium.errors import RefusedError
from podium.graph.nodes import NodeKind
from tests.unit.core.builders import COMPENSATE, dag, failure, machine, mapped, node, state
from tests.unit.core.shell import Shell


def test_cancel_stops_what_runs_and_gives_up_what_waits() -> None:
    nap = node("nap", kind=NodeKind.SLEEP, duration_ms=9_000)
    run = Shell(dag(node("a"), nap, node("b", "a", "nap")))
    run.start()
    assert run.cancel() == ["CancelAsked", "StepCancelled nap"]
    assert run.stopped == {"a"}
    assert run.stop("a") == ["StepCancelled a", "RunCancelled"]
    assert (run.status, pending(run.state), wake_at(run.state)) == ("cancelled", (), None)


def test_cancel_of_a_run_that_only_waits_ends_it_at_once() -> None:
    run = Shell(machine(state("nap", kind=NodeKind.SLEEP, duration_ms=9_000)))
    run.start()
    assert run.cancel() == ["CancelAsked", "StepCancelled nap", "RunCancelled"]


def test_cancel_between_two_attempts_gives_the_step_up() -> None:
    run = Shell(machine(state("a")))
    run.start()
    run.fail("a", retry_at=9_000)
    assert run.cancel() == ["CancelAsked", "StepCancelled a", "RunCancelled"]


def test_second_cancel_changes_nothing_and_one_after_the_end_is_refused() -> None:
    run = Shell(machine(state("a")))
    run.start()
    run.cancel()
    assert run.cancel() == []
    run.stop("a")
    with pytest.raises(RefusedError, match="run r is cancelled and can not be cancelled any more"):
        run.cancel()


def test_write_that_may_have_been_sent_settles_before_its_step_is_stopped() -> None:
    run = Shell(machine(state("pay"), on_failure=COMPENSATE))
    run.start()
    run.want("pay", undo="cancel@1")
    run.cancel()
    assert run.stopped == set()
    run.settle("pay", '"ok"')
    assert run.stopped == {"pay"}
    assert run.stop("pay") == ["StepCancelled pay", "CompensationStarted", "UndoStarted pay.undo"]
    assert run.state.failure is None
    assert [write.path for write in run.state.writes.values()] == ["pay"]


def test_state_that_ends_in_spite_of_a_cancel_keeps_what_it_did() -> None:
    run = Shell(machine(state("a", "b"), state("b")))
    run.start()
    run.cancel()
    assert run.done("a", n="5") == ["StepDone a", "StepStarted b", "StepCancelled b", "RunCancelled"]
    assert run.state.root.data["n"] == "5"


def test_last_state_that_ends_in_spite_of_a_cancel_does_not_complete_the_run() -> None:
    run = Shell(machine(state("a")))
    run.start()
    run.cancel()
    assert run.done("a") == ["StepDone a", "RunCancelled"]


def test_map_starts_no_further_item_after_a_cancel() -> None:
    run = Shell(dag(mapped("m", "list", concurrency=1)))
    run.start()
    run.cancel()
    assert run.done("m[0]") == ["StepDone m[0]", "StepCancelled m", "RunCancelled"]


def test_map_is_given_up_with_its_last_item() -> None:
    run = Shell(dag(mapped("m", "list")))
    run.start(list="[1,2]")
    run.cancel()
    assert run.stop("m[0]") == ["StepCancelled m[0]"]
    assert run.stop("m[1]") == ["StepCancelled m[1]", "StepCancelled m", "RunCancelled"]


def test_cancel_reaches_what_is_nested() -> None:
    child = dag(node("p"), node("q", kind=NodeKind.SLEEP, duration_ms=9_000), name="child")
    run = Shell(machine(state("in", kind=NodeKind.WORKFLOW, child=child)))
    run.start()
    run.open("in")
    assert run.cancel() == ["CancelAsked", "StepCancelled in/q"]
    assert run.stop("in/p") == ["StepCancelled in/p", "StepCancelled in", "RunCancelled"]


# ----- deadline

TIMED = dag(node("a"), node("b"), node("c", "a", "b"), deadline_ms=500)


def test_deadline_ends_the_run_as_failed() -> None:
    run = Shell(TIMED)
    run.start()
    assert run.timers == {"": 1_500}
    assert run.tell_early("", at=1_499) == []
    assert run.time(at=1_500) == ["DeadlinePassed"]
    assert run.stopped == {"a", "b"}
    run.stop("a")
    assert run.done("b") == ["StepDone b", "RunFailed"]
    assert run.state.failure is not None
    assert run.state.failure.message == "the run took longer than its deadline of 500 ms"


def test_deadline_comes_once() -> None:
    run = Shell(TIMED)
    run.start()
    run.time(at=1_500)
    assert run.time(at=1_600) == []


def test_run_without_deadline_has_all_the_time() -> None:
    run = Shell(machine(state("a")))
    run.start()
    assert run.tell_early("", at=10**12) == []


def test_cancel_after_the_deadline_is_a_cancel_and_before_it_stays_one() -> None:
    run = Shell(TIMED)
    run.start()
    run.time(at=1_500)
    run.cancel()
    run.stop("a")
    assert run.stop("b")[-1] == "RunCancelled"
    run = Shell(TIMED)
    run.start()
    run.cancel()
    run.time(at=1_500)
    run.stop("a")
    assert run.stop("b")[-1] == "RunCancelled"


def test_what_failed_before_the_deadline_is_the_cause() -> None:
    run = Shell(TIMED)
    run.start()
    run.fail("a")
    run.time(at=1_500)
    run.stop("b")
    assert run.state.failure == failure()


def test_retry_gives_a_run_its_whole_time_again() -> None:
    run = Shell(TIMED)
    run.start()
    run.fail("a")
    run.done("b")
    run.now_ms = 5_000
    assert run.retry() == ["RunRetried", "StepRestarted a"]
    assert run.timers[""] == 5_500


def test_deadline_holds_after_a_crash() -> None:
    run = Shell(TIMED)
    run.start()
    run.crash()
    assert run.timers == {"": 1_500}
