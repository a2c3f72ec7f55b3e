"""A step's own retries: what a failed attempt leaves behind, and what it does not."""

from podium.core import stimuli as st
from tests.unit.core.builders import dag, failure, machine, node, state
from tests.unit.core.shell import Shell

ONE = machine(state("a"))


def test_failed_attempt_is_followed_by_another_at_its_time() -> None:
    run = Shell(ONE)
    run.start()
    assert run.fail("a", retry_at=1_200) == ["AttemptFailed a"]
    assert (run.step("a").status, run.step("a").attempt, run.step("a").failure) == ("backoff", 2, failure())
    assert run.tell_early("a", at=1_199) == []
    assert run.time("a", at=1_200) == ["StepResumed a"]
    assert (run.step("a").status, run.step("a").entry) == ("running", 2)
    assert run.fail("a")[0] == "StepFailed a"


def test_attempt_without_a_write_forgets_its_reads() -> None:
    run = Shell(ONE)
    run.start()
    assert run.read("a", "one", "1") == ["ReadDone a"]
    assert run.read("a", "two", name="OddError") == ["ReadFailed a"]
    assert [(read.result, read.failure) for read in run.step("a").reads.values()] == [("1", None), (None, failure())]
    run.fail("a", retry_at=1_200)
    assert run.step("a").reads == {}


def test_attempt_with_a_write_keeps_it_and_the_reads_before_it() -> None:
    run = Shell(ONE)
    run.start()
    run.read("a", "before")
    run.want("a")
    run.settle("a", '"ok"')
    run.read("a", "after")
    run.fail("a", retry_at=1_200)
    assert list(run.step("a").reads) == ["before"]
    assert run.write_status("a") == "done"


def test_read_is_recorded_once() -> None:
    run = Shell(ONE)
    run.start()
    run.read("a", "call", "1")
    assert run.read("a", "call", "2") == []
    assert run.step("a").reads["call"].result == "1"


def test_reads_and_write_are_there_when_the_step_is_run_again_after_a_wait() -> None:
    run = Shell(ONE)
    run.start()
    run.read("a", "call", "1")
    assert run.hold("a", 2_000) == ["StepPostponed a"]
    assert run.time("a", at=2_000) == ["StepResumed a"]
    assert (run.step("a").entry, run.step("a").attempt, list(run.step("a").reads)) == (2, 1, ["call"])


def test_no_further_attempt_where_nothing_new_starts() -> None:
    run = Shell(dag(node("a"), node("b"), node("c", "a", "b")))
    run.start()
    run.fail("a")
    assert run.fail("b", "LastError", retry_at=2_000) == ["StepFailed b", "RunFailed"]


def test_attempt_called_off_on_our_order_gives_the_step_up() -> None:
    run = Shell(ONE)
    run.start()
    run.cancel()
    assert run.end("a", st.Stopped()) == ["StepCancelled a", "RunCancelled"]
