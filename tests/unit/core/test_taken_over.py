"""Another process takes a run over: what may have been sent is in doubt, what was under way is done again."""

import pytest

from podium.core.stimuli import ParkReason, Verb
from podium.graph.nodes import NodeKind
from tests.unit.core.builders import dag, failure, machine, node, state
from tests.unit.core.shell import Shell


def intending() -> Shell:
    run = Shell(machine(state("pay")))
    run.start()
    run.want("pay")
    return run


def test_taken_over_run_does_again_what_was_under_way() -> None:
    nap = node("nap", kind=NodeKind.SLEEP, duration_ms=500)
    run = Shell(dag(node("a"), nap, node("w", has_condition=True), node("end", "a", "nap", "w")))
    run.start()
    assert run.crash() == ["RunTakenOver"]
    assert (run.flights, run.timers, run.asked) == ({"a": 1}, {"nap": 1_500}, {"w"})
    assert run.state.incarnation == 2


def test_intent_of_the_dead_process_is_in_doubt() -> None:
    run = intending()
    run.crash()
    write = run.step("pay").write
    assert write is not None
    assert (write.status, write.sender_may_live) == ("doubt", False)


def test_other_writes_stay_what_they_are() -> None:
    run = Shell(dag(node("a"), node("b"), node("c"), node("end", "a", "b", "c")))
    run.start()
    for path in "ab":
        run.want(path)
    run.settle("a", '"ok"')
    run.settle("b", absent=True)
    run.crash()
    assert [run.write_status(path) for path in "abc"] == ["done", "released", None]


@pytest.mark.parametrize("doubted", [True, False])
def test_process_that_was_not_proven_dead_may_yet_send(*, doubted: bool) -> None:
    run = intending()
    if doubted:
        run.settle("pay", doubt=failure("ReadTimeout"))
    run.crash(proven_dead=False)
    write = run.step("pay").write
    assert write is not None
    assert (write.status, write.sender_may_live) == ("doubt", True)
    assert run.state.crashes == 0


def test_later_death_of_another_process_proves_nothing_about_the_first_one() -> None:
    run = intending()
    run.crash(proven_dead=False)
    run.halt("pay", ParkReason.IN_DOUBT)
    run.resolve("pay", Verb.SEND_AGAIN)
    run.want("pay")
    run.crash()
    write = run.step("pay").write
    assert write is not None
    assert write.sender_may_live


def test_sender_of_a_postponed_write_has_ended() -> None:
    run = intending()
    run.settle("pay", doubt=failure())
    run.hold("pay", 5_000)
    run.crash(proven_dead=False)
    write = run.step("pay").write
    assert write is not None
    assert not write.sender_may_live


@pytest.mark.parametrize("alone", [True, False])
def test_crash_counts_against_a_run_with_a_step_in_flight(*, alone: bool) -> None:
    run = Shell(machine(state("a", "b"), state("b")))
    run.start()
    run.crash()
    run.crash(alone=alone)
    assert (run.state.crashes, run.state.was_alone) == (2, alone)
    run.done("a")
    assert run.state.crashes == 0, "progress clears it"


def test_finished_write_is_progress() -> None:
    run = intending()
    run.crash()
    run.settle("pay", '"ok"')
    assert run.state.crashes == 0


def test_crash_does_not_count_against_a_run_that_waits() -> None:
    run = Shell(machine(state("nap", kind=NodeKind.SLEEP, duration_ms=500)))
    run.start()
    run.crash()
    assert run.state.crashes == 0


def test_step_that_was_to_be_stopped_is_stopped_after_a_crash() -> None:
    run = Shell(machine(state("a")))
    run.start()
    run.cancel()
    run.crash()
    assert run.stopped == {"a"}
    assert run.stop("a")[-1] == "RunCancelled"
