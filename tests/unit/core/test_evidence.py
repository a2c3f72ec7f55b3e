"""An answer that comes too late still tells what became of a write, where nobody knows, and changes nothing else."""

import pytest

from podium.core import stimuli as st
from podium.core.stimuli import ParkReason
from podium.failure import Failure
from tests.unit.core.builders import caught_by, dag, failure, machine, node, state
from tests.unit.core.shell import Shell

KEY = "pay/0"


def late(
    run: Shell, result: str | None = '"late"', *, failed: Failure | None = None, key: str = KEY, **more: int
) -> list[str]:
    """An answer comes that was sent for by the step's current entry."""
    step = run.state.steps.get("pay")
    said = {"incarnation": run.state.incarnation, "entry": step.entry if step else 1, **more}
    news = st.LateEvidence(path="pay", key=key, result=None if failed else result, failure=failed, **said)  # type: ignore[arg-type]  # its own fields
    return run.tell(news)


def in_doubt() -> Shell:
    run = Shell(machine(state("pay")))
    run.start()
    run.want("pay")
    run.settle("pay", doubt=failure("ReadTimeout"))
    return run


def test_running_step_gets_the_answer() -> None:
    run = in_doubt()
    assert late(run) == ["WriteDone pay"]
    write = run.step("pay").write
    assert write is not None
    assert (write.status, write.result) == ("done", '"late"')
    assert run.done("pay")[-1] == "RunCompleted"


def test_postponed_step_goes_on_at_once() -> None:
    run = in_doubt()
    run.hold("pay", 60_000)
    assert late(run) == ["WriteDone pay", "StepResumed pay"]
    assert (run.step("pay").status, run.flights) == ("running", {"pay": 2})
    assert run.time("pay", at=60_000) == [], "the wait is over"


def test_step_that_is_parked_in_doubt_goes_on_without_a_person() -> None:
    run = in_doubt()
    run.halt("pay", ParkReason.IN_DOUBT)
    assert late(run) == ["WriteDone pay", "StepResumed pay"]
    assert (run.step("pay").status, run.step("pay").reason, run.state.parked) == ("running", "", 0)


def test_step_that_is_parked_for_something_else_stays_parked_and_knows() -> None:
    run = in_doubt()
    run.crash()
    run.halt("pay", ParkReason.CRASH_LOOP)
    assert late(run) == ["WriteDone pay"]
    assert (run.step("pay").status, run.write_status("pay")) == ("parked", "done")


def test_answer_comes_before_what_was_to_be_sent_again_is() -> None:
    run = in_doubt()
    run.settle("pay", absent=True)
    run.hold("pay", 60_000)
    assert late(run) == ["WriteDone pay", "StepResumed pay"]
    assert run.write_status("pay") == "done"


def test_answer_comes_to_another_owner() -> None:
    run = in_doubt()
    run.crash(proven_dead=False)
    run.halt("pay", ParkReason.IN_DOUBT)
    assert late(run, incarnation=1, entry=1) == ["WriteDone pay", "StepResumed pay"]


@pytest.mark.parametrize("key", ["pay/1", "", "other/0"])
def test_answer_to_another_key_is_about_something_else(key: str) -> None:
    run = in_doubt()
    assert late(run, key=key) == []
    assert run.write_status("pay") == "doubt"


def test_answer_to_what_is_known_or_over_changes_nothing() -> None:
    run = in_doubt()
    run.settle("pay", '"in time"')
    assert late(run) == []
    run.done("pay")
    assert late(run) == []
    assert run.tell(st.LateEvidence(1, "nowhere", 1, KEY, '"x"')) == []


def test_answer_to_what_was_given_up_changes_nothing() -> None:
    run = Shell(dag(node("pay"), node("b"), node("end", "pay", "b")))
    run.start()
    run.want("pay")
    run.settle("pay", doubt=failure())
    run.halt("pay", ParkReason.IN_DOUBT)
    run.resolve("pay", st.Verb.ABORT)
    assert late(run) == []


def test_definite_failure_of_the_only_attempt_ends_the_doubt() -> None:
    run = Shell(machine(state("pay", handlers=(caught_by("sorry"),)), state("sorry")))
    run.start()
    run.want("pay")
    run.settle("pay", doubt=failure("ReadTimeout"))
    assert late(run, failed=failure("Refused"), is_only=True) == ["WriteFailed pay"]
    assert run.fail("pay") == ["StepFailed pay", "StepStarted sorry"]


def test_definite_failure_says_nothing_of_another_attempt() -> None:
    run = in_doubt()
    refused = failure("Refused")
    assert late(run, failed=refused) == []
    assert late(run, failed=refused, is_only=True, incarnation=7) == []
    assert late(run, failed=refused, is_only=True, entry=7) == []
    run.hold("pay", 2_000)
    run.time("pay", at=2_000)
    assert late(run, failed=refused, is_only=True, entry=1) == []
    assert run.write_status("pay") == "doubt"


def test_what_was_released_is_not_failed_by_a_late_refusal() -> None:
    run = in_doubt()
    run.settle("pay", absent=True)
    assert late(run, failed=failure("Refused"), is_only=True) == []
    assert run.write_status("pay") == "released"


def test_late_answer_is_what_a_person_wanted_sent_again() -> None:
    run = in_doubt()
    run.halt("pay", ParkReason.IN_DOUBT)
    run.resolve("pay", st.Verb.SEND_AGAIN)
    assert late(run) == ["WriteDone pay"]
    assert run.want("pay", key=KEY) == []
