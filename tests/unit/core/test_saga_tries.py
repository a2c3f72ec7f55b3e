"""A compensation is tried by a policy of its own, and given up by a person only."""

import pytest

from podium.core import events as ev
from podium.core import stimuli as st
from podium.core.stimuli import ParkReason, Verb
from podium.errors import RefusedError
from podium.failure import FailureKind
from podium.graph.policies import UNDO_RETRY
from tests.unit.core.builders import COMPENSATE, failure, machine, state
from tests.unit.core.shell import Shell


def undoing(**write: object) -> Shell:
    """Return a run that undoes `b`, and `a` after it."""
    run = Shell(machine(state("a", "b"), state("b", "c"), state("c"), on_failure=COMPENSATE))
    run.start()
    run.write("a")
    run.write("b", **write)
    run.fail("c")
    return run


def fail_once(run: Shell, *, kind: FailureKind = FailureKind.PERMANENT) -> list[str]:
    """The compensation certainly fails, after the time it waited for."""
    run.want("b.undo")
    run.settle("b.undo", failure=failure(kind=kind))
    facts = run.end("b.undo", st.Failed(failure(kind=kind)))
    if run.timers:
        run.time("b.undo", at=run.timers["b.undo"])
    return facts


def doubted(run: Shell) -> None:
    run.want("b.undo")
    run.settle("b.undo", doubt=failure("ReadTimeout"))


def exhausted() -> Shell:
    run = undoing()
    for _ in range(UNDO_RETRY.attempts):
        fail_once(run)
    return run


def in_doubt() -> Shell:
    run = undoing()
    doubted(run)
    run.halt("b.undo", ParkReason.IN_DOUBT)
    return run


# ----- tries


def test_failed_compensation_is_tried_ten_times_each_under_a_new_key_and_parks_then() -> None:
    run = undoing()
    for tries in range(UNDO_RETRY.attempts - 1):
        assert run.step("b.undo").tries == tries
        assert fail_once(run) == ["AttemptFailed b.undo"]
    assert run.state.generations == {"b.undo": 9}
    assert fail_once(run) == ["StepParked b.undo"]
    step, parked = run.step("b.undo"), run.journal[-1]
    assert (step.status, step.reason, step.failure) == ("parked", "undo-failed", failure())
    assert isinstance(parked, ev.StepParked)
    assert parked.detail == "tried 10 times, in vain; the last time: OddError: OddError it was (test)"
    assert "a.undo" not in run.state.steps, "what it depends on waits for it"


def test_wait_is_what_the_shell_drew_or_else_the_longest_that_the_policy_has() -> None:
    run = undoing()
    run.end("b.undo", st.Failed(failure(), 1_234))
    assert run.timers == {"b.undo": 1_234}
    run.time("b.undo", at=1_234)
    waits = []
    for _ in range(8):
        now_ms = run.now_ms
        run.end("b.undo", st.Failed(failure()))
        waits.append(run.timers["b.undo"] - now_ms)
        run.time("b.undo", at=run.timers["b.undo"])
    assert waits == [2_000, 4_000, 8_000, 16_000, 32_000, 64_000, 128_000, 256_000]


def test_wait_has_a_cap() -> None:
    run = undoing()
    for _ in range(UNDO_RETRY.attempts - 1):
        fail_once(run)
    run.end("b.undo", st.Failed(failure(kind=FailureKind.NOT_SENT)))
    assert run.timers["b.undo"] == run.now_ms + 300_000


def test_request_that_was_not_sent_is_no_try() -> None:
    run = undoing()
    for _ in range(3 * UNDO_RETRY.attempts):
        assert fail_once(run, kind=FailureKind.NOT_SENT) == ["AttemptFailed b.undo"]
    assert run.step("b.undo").tries == 0


def test_own_counters_ask_nothing_of_the_steps_policy() -> None:
    """A step that may be tried no more is undone as often as others."""
    run = undoing()
    run.want("b.undo")
    run.settle("b.undo", failure=failure())
    assert run.end("b.undo", st.Failed(failure(), None)) == ["AttemptFailed b.undo"]


def test_compensation_in_doubt_is_postponed_as_often_as_it_may_be_tried_and_parks_then() -> None:
    run = undoing()
    doubted(run)
    for tries in range(1, UNDO_RETRY.attempts):
        assert run.hold("b.undo", run.now_ms + 10) == ["StepPostponed b.undo"]
        assert run.step("b.undo").tries == tries
        run.time("b.undo", at=run.timers["b.undo"])
    assert run.hold("b.undo", run.now_ms + 10) == ["StepParked b.undo"]
    parked = run.journal[-1]
    assert isinstance(parked, ev.StepParked)
    assert (parked.reason, parked.failure) == ("undo-failed", failure("ReadTimeout"))
    assert "it may have happened" in parked.detail
    assert run.write_status("b.undo") == "doubt"


@pytest.mark.parametrize("tried", [0, UNDO_RETRY.attempts - 1])
def test_wait_before_it_is_sent_is_no_try(tried: int) -> None:
    run = undoing()
    for _ in range(tried):
        fail_once(run)
    for _ in range(3):
        assert run.hold("b.undo", run.now_ms + 10) == ["StepPostponed b.undo"]
        run.time("b.undo", at=run.timers["b.undo"])
    assert run.step("b.undo").tries == tried


def test_tries_in_doubt_and_tries_that_failed_count_together_and_outlive_a_crash() -> None:
    run = undoing()
    fail_once(run)
    doubted(run)
    run.hold("b.undo", run.now_ms + 10)
    run.crash()
    assert run.step("b.undo").tries == 2


def test_order_to_stop_is_not_for_compensations() -> None:
    run = undoing()
    assert run.tell(st.AttemptEnded(1, "b.undo", 1, st.Stopped())) == []


def test_compensation_that_its_process_does_not_survive_parks() -> None:
    run = undoing()
    assert run.halt("b.undo", ParkReason.CRASH_LOOP) == ["StepParked b.undo"]
    assert run.resolve("b.undo", Verb.SEND_AGAIN) == ["StepResolved b.undo"]
    assert run.undo("b")[0] == "UndoDone b.undo"


def test_compensation_may_ask_a_person_first() -> None:
    run = undoing()
    assert run.want("b.undo", consent=True) == ["WriteAsked b.undo", "TaskOpened b.undo"]
    assert run.answer("b.undo") == ["WriteApproved b.undo"]
    assert run.undo("b")[0] == "UndoDone b.undo"


# ----- what a person may decide


def test_done_with_evidence_ends_it() -> None:
    for run in (exhausted(), in_doubt()):
        assert run.resolve("b.undo", Verb.DONE) == ["StepResolved b.undo", "UndoDone b.undo", "UndoStarted a.undo"]
        resolved = next(event for event in run.journal if isinstance(event, ev.StepResolved))
        assert (resolved.by, resolved.reason) == ("ann", "because")
    assert exhausted().resolve("b.undo", Verb.DONE, '{"refund":7}')[1] == "UndoDone b.undo"
    assert in_doubt().resolve("b.undo", Verb.DONE, "null")[1] == "UndoDone b.undo"


def test_decision_counts_once() -> None:
    run = exhausted()
    version = run.step("b.undo").parked_at
    run.resolve("b.undo", Verb.SEND_AGAIN, version=version)
    with pytest.raises(RefusedError, match="has no parked step at 'b.undo'"):
        run.resolve("b.undo", Verb.DONE, version=version)
    run.halt("b.undo", ParkReason.CRASH_LOOP)
    with pytest.raises(RefusedError, match="parked anew since"):
        run.resolve("b.undo", Verb.DONE, version=version)


def test_retry_begins_the_tries_anew_under_a_new_key() -> None:
    run = exhausted()
    assert run.resolve("b.undo", Verb.SEND_AGAIN) == ["StepResolved b.undo"]
    step = run.step("b.undo")
    assert (step.tries, step.write, step.answer, run.state.generations) == (0, None, None, {"b.undo": 10})
    for _ in range(UNDO_RETRY.attempts - 1):
        assert fail_once(run) == ["AttemptFailed b.undo"]
    assert fail_once(run) == ["StepParked b.undo"]


@pytest.mark.parametrize("reason", [ParkReason.NO_UNDO, ParkReason.DATA_CHANGED])
def test_retry_with_another_input_is_a_new_write(reason: ParkReason) -> None:
    run = undoing()
    run.halt("b.undo", reason)
    run.resolve("b.undo", Verb.SEND_AGAIN, '{"patched":1}')
    assert (run.step("b.undo").answer, run.state.generations) == ('{"patched":1}', {"b.undo": 1})
    fail_once(run)
    assert run.step("b.undo").answer == '{"patched":1}', "every later try takes it too"


def test_skip_leaves_the_write_as_it_is_and_goes_on() -> None:
    run = exhausted()
    assert run.resolve("b.undo", Verb.SKIP) == ["UndoSkipped b.undo", "UndoStarted a.undo"]
    skipped = run.journal[-2]
    assert skipped == ev.UndoSkipped(run.state.at, "b.undo", "ann", "because")
    assert (list(run.state.writes), run.state.skipped, run.state.parked) == (["a"], ["b"], 0)
    run.undo("a")
    assert run.journal[-1] == ev.RunCompensated(run.state.at, failure(), ("b",))


def test_doubt_is_decided_as_of_any_write() -> None:
    run = in_doubt()
    run.resolve("b.undo", Verb.NOT_DONE)
    assert (run.step("b.undo").write, run.state.generations) == (None, {"b.undo": 1})
    run = in_doubt()
    run.resolve("b.undo", Verb.SEND_AGAIN)
    assert (run.write_status("b.undo"), run.state.generations) == ("doubt", {}), "it may still have happened"


@pytest.mark.parametrize("verb", [Verb.ABORT, Verb.SKIP])
def test_compensation_in_doubt_is_not_left(verb: Verb) -> None:
    with pytest.raises(RefusedError, match=r"b\.undo may have happened: say done, not-done or retry"):
        in_doubt().resolve("b.undo", verb)


def test_answer_goes_with_done_where_it_is_in_doubt() -> None:
    with pytest.raises(RefusedError, match="an answer goes with done only"):
        in_doubt().resolve("b.undo", Verb.SEND_AGAIN, "1")


def test_compensation_is_not_given_up() -> None:
    with pytest.raises(RefusedError, match="say skip to leave what b.undo is about as it is"):
        exhausted().resolve("b.undo", Verb.ABORT)


def test_what_is_known_is_not_said_to_be_not_done() -> None:
    with pytest.raises(RefusedError, match="parked as undo-failed, and not in doubt: say done, retry or skip"):
        exhausted().resolve("b.undo", Verb.NOT_DONE)


def test_no_answer_goes_with_skip() -> None:
    with pytest.raises(RefusedError, match=r"skip at b\.undo: no answer goes with it"):
        exhausted().resolve("b.undo", Verb.SKIP, "1")


def test_compensation_that_is_done_is_not_done_again_with_another_input() -> None:
    run = undoing()
    run.want("b.undo")
    run.settle("b.undo", "null")
    run.halt("b.undo", ParkReason.DATA_CHANGED)
    with pytest.raises(RefusedError, match="is done, and not done again with another input"):
        run.resolve("b.undo", Verb.SEND_AGAIN, "1")
    run.resolve("b.undo", Verb.SEND_AGAIN)
    assert run.write_status("b.undo") == "done"


# ----- what nothing can undo


@pytest.mark.parametrize("undo", ["", "cancel@1"])
def test_write_that_can_not_be_undone_parks_instead_of_being_performed(undo: str) -> None:
    run = Shell(machine(state("a", "b"), state("b", "c"), state("c"), on_failure=COMPENSATE))
    run.start()
    run.write("a")
    run.write("b", undo=undo, irreversible=True)
    run.fail("c")
    run.resolve("c", Verb.ABORT)
    parked = run.journal[-1]
    assert isinstance(parked, ev.StepParked)
    assert (parked.path, parked.reason) == ("b.undo", "no-undo")
    assert parked.detail.startswith("book is irreversible: say done")
    assert run.flights == {}
    with pytest.raises(RefusedError, match=r"book is irreversible, so b\.undo can not be tried"):
        run.resolve("b.undo", Verb.SEND_AGAIN)
    assert run.resolve("b.undo", Verb.DONE)[-1] == "UndoStarted a.undo"
