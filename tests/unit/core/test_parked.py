"""What a person may decide about a parked step: accepted and followed, or refused with the reason."""

import pytest

from podium.core.stimuli import ParkReason, Verb
from podium.errors import RefusedError
from tests.unit.core.builders import caught_by, dag, failure, machine, node, state
from tests.unit.core.shell import Shell


def parked(reason: ParkReason, *, doubt: bool) -> Shell:
    run = Shell(machine(state("pay", handlers=(caught_by("sorry", "AbortedError"),)), state("sorry")))
    run.start()
    if doubt:
        run.want("pay", undo="cancel@1", code="old")
        run.settle("pay", doubt=failure("ReadTimeout"))
    run.halt("pay", reason)
    return run


def in_doubt() -> Shell:
    return parked(ParkReason.IN_DOUBT, doubt=True)


ANSWER = {Verb.DONE: '"booked"', Verb.NOT_DONE: None, Verb.SEND_AGAIN: None, Verb.ABORT: None}


@pytest.mark.parametrize("reason", ParkReason)
@pytest.mark.parametrize("verb", ANSWER)
def test_every_verb_goes_with_a_write_in_doubt(reason: ParkReason, verb: Verb) -> None:
    run = parked(reason, doubt=True)
    assert run.resolve("pay", verb, ANSWER[verb])[0] == "StepResolved pay"


@pytest.mark.parametrize("reason", ParkReason)
@pytest.mark.parametrize("verb", ANSWER)
def test_only_retry_and_abort_go_without_one(reason: ParkReason, verb: Verb) -> None:
    run = parked(reason, doubt=False)
    if verb in (Verb.SEND_AGAIN, Verb.ABORT):
        assert run.resolve("pay", verb)[0] == "StepResolved pay"
    else:
        with pytest.raises(RefusedError, match="with no write in doubt: only retry and abort can be meant"):
            run.resolve("pay", verb, ANSWER[verb])
        assert run.step("pay").status == "parked"


@pytest.mark.parametrize(("verb", "answer"), [(Verb.DONE, None), (Verb.NOT_DONE, "1"), (Verb.ABORT, "1")])
def test_answer_goes_with_done_and_only_with_done(verb: Verb, answer: str | None) -> None:
    with pytest.raises(RefusedError, match="an answer goes with done, and only with done"):
        in_doubt().resolve("pay", verb, answer)


@pytest.mark.parametrize("doubt", [True, False])
def test_step_of_the_workflow_is_not_skipped(*, doubt: bool) -> None:
    with pytest.raises(RefusedError, match="only a compensation is skipped; say abort to give the step up"):
        parked(ParkReason.IN_DOUBT, doubt=doubt).resolve("pay", Verb.SKIP)


def test_decision_about_a_step_that_was_parked_anew_since_is_refused() -> None:
    run = in_doubt()
    version = run.step("pay").parked_at
    assert version == run.state.seq
    run.resolve("pay", Verb.SEND_AGAIN, version=version)
    run.want("pay")
    run.settle("pay", doubt=failure("ReadTimeout"))
    run.halt("pay", ParkReason.IN_DOUBT)
    with pytest.raises(RefusedError, match=f"parked anew since: by event {run.state.seq}, not {version}"):
        run.resolve("pay", Verb.ABORT, version=version)
    assert run.resolve("pay", Verb.ABORT, version=run.state.seq)[0] == "StepResolved pay"


def test_done_with_this_answer_is_the_result_of_the_write() -> None:
    run = in_doubt()
    run.resolve("pay", Verb.DONE, '"booked"')
    write = run.step("pay").write
    assert write is not None
    assert (write.status, write.result, write.failure) == ("done", '"booked"', None)
    assert (run.step("pay").status, run.step("pay").entry, run.step("pay").reason) == ("running", 2, "")
    run.done("pay")
    assert [write.result for write in run.state.writes.values()] == ['"booked"']


def test_send_again_keeps_bytes_key_and_generation() -> None:
    run = in_doubt()
    run.resolve("pay", Verb.SEND_AGAIN)
    assert run.state.generations == {}
    assert run.want("pay", key="pay/0") == ["WriteIntended pay"]
    write = run.step("pay").write
    assert write is not None
    assert (write.key, write.args) == ("pay/0", "{}")


def test_what_is_sent_again_on_a_persons_word_stays_in_doubt_until_it_succeeds() -> None:
    run = in_doubt()
    run.resolve("pay", Verb.SEND_AGAIN)
    run.want("pay")
    assert run.write_status("pay") == "doubt"
    assert run.want("pay") == [], "a person said it once"
    run.cancel()
    assert run.status == "open", "what may have happened is settled first"
    assert run.settle("pay", '"ok"') == ["WriteDone pay"]
    assert run.want("pay") == []


def test_write_that_a_person_wants_sent_again_is_sent_once_more_in_a_run_that_ends() -> None:
    run = in_doubt()
    run.resolve("pay", Verb.SEND_AGAIN)
    run.cancel()
    assert run.want("pay") == ["WriteIntended pay"]


def test_not_done_is_made_anew_under_a_new_key() -> None:
    run = in_doubt()
    run.resolve("pay", Verb.NOT_DONE)
    assert run.state.generations == {"pay": 1}
    assert run.step("pay").write is None
    run.want("pay", args='{"new":1}')
    write = run.step("pay").write
    assert write is not None
    assert (write.key, write.args) == ("pay/1", '{"new":1}')


def test_abort_fails_the_step_and_an_error_edge_may_catch_it() -> None:
    run = in_doubt()
    facts = run.resolve("pay", Verb.ABORT)
    assert facts == ["StepResolved pay", "StepFailed pay", "StepStarted sorry"]
    caught = run.step("sorry").caught
    assert caught is not None
    assert caught.message == "given up by ann"
    assert [(write.path, write.result) for write in run.state.writes.values()] == [("pay", None)], (
        "to be undone, if it was done"
    )


def test_step_that_diverged_may_go_on_with_the_changed_code() -> None:
    run = Shell(machine(state("pay")))
    run.start()
    run.want("pay", code="old")
    run.settle("pay", '"ok"')
    run.halt("pay", ParkReason.DIVERGED)
    run.resolve("pay", Verb.SEND_AGAIN)
    write = run.step("pay").write
    assert write is not None
    assert (write.status, write.code) == ("done", "")


def test_decision_counts_once() -> None:
    run = in_doubt()
    run.resolve("pay", Verb.SEND_AGAIN)
    with pytest.raises(RefusedError, match="run r has no parked step at 'pay'; `podium runs parked` lists them"):
        run.resolve("pay", Verb.ABORT)
    with pytest.raises(RefusedError, match="'nobody'"):
        run.resolve("nobody", Verb.ABORT)


def test_parked_step_does_not_hold_up_the_others() -> None:
    run = Shell(dag(node("a"), node("b"), node("c", "a", "b")))
    run.start()
    run.halt("a")
    assert run.done("b") == ["StepDone b"]
    run.resolve("a", Verb.SEND_AGAIN)
    assert run.done("a") == ["StepDone a", "StepStarted c"]


# ----- a write in doubt is never sent anew blindly, whatever else happens


def test_retry_of_a_run_that_was_aborted_in_doubt_keeps_the_doubt() -> None:
    run = Shell(machine(state("pay")))
    run.start()
    run.want("pay", undo="cancel@1")
    run.settle("pay", doubt=failure("ReadTimeout"))
    run.halt("pay", ParkReason.IN_DOUBT)
    assert run.resolve("pay", Verb.ABORT)[-1] == "RunFailed"
    assert run.retry() == ["RunRetried", "StepRestarted pay"]
    assert run.write_status("pay") == "doubt"
    assert run.state.generations == {}
    assert run.state.writes == {}
    assert run.settle("pay", '"it was"') == ["WriteDone pay"]
    run.done("pay")
    assert [write.result for write in run.state.writes.values()] == ['"it was"']


@pytest.mark.parametrize(("status", "fact"), [("failed", "StepFailed a"), ("parked", "StepParked a")])
def test_doubt_holds_up_the_end_of_a_run_that_fails(status: str, fact: str) -> None:
    run = Shell(dag(node("a"), node("b"), node("c", "a", "b")))
    run.start()
    run.want("a")
    run.settle("a", doubt=failure())
    assert run.fail("b") == ["StepFailed b", "ScopeFailing"]
    if status == "failed":
        run.settle("a", failure=failure())
        assert run.fail("a") == [fact, "RunFailed"]
    else:
        assert run.halt("a", ParkReason.IN_DOUBT) == [fact]
        assert run.resolve("a", Verb.ABORT) == ["StepResolved a", "StepFailed a", "RunFailed"]


@pytest.mark.parametrize("reason", [ParkReason.DIVERGED, ParkReason.DATA_CHANGED])
def test_step_that_would_park_without_doubt_is_given_up_where_the_run_ends(reason: ParkReason) -> None:
    run = Shell(dag(node("a"), node("b"), node("c", "a", "b")))
    run.start()
    run.fail("b")
    assert run.halt("a", reason) == ["StepCancelled a", "RunFailed"]


def test_cancel_gives_up_what_is_parked_without_doubt() -> None:
    run = parked(ParkReason.DIVERGED, doubt=False)
    assert run.cancel() == ["CancelAsked", "StepCancelled pay", "RunCancelled"]
    run = in_doubt()
    assert run.cancel() == ["CancelAsked"]
    run.resolve("pay", Verb.DONE, '"booked"')
    assert run.stop("pay") == ["StepCancelled pay", "RunCancelled"]
