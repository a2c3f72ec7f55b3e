"""A question to a person is answered once: by an answer or by its time, whichever comes first."""

import pytest

from podium.core import stimuli as st
from podium.errors import RefusedError
from podium.graph.nodes import NodeKind
from tests.unit.core.builders import dag, machine, mapped, state
from tests.unit.core.shell import Shell

ASKED = machine(state("edit", kind=NodeKind.HUMAN, timeout_ms=500))
DEFAULTED = machine(state("edit", kind=NodeKind.HUMAN, timeout_ms=500, default_answer='"no"'))


def test_human_step_asks_and_goes_on_with_the_answer() -> None:
    run = Shell(ASKED)
    assert run.start() == ["RunStarted", "StepStarted edit", "TaskOpened edit"]
    assert run.journal[-1].until == 1_500  # type: ignore[union-attr]  # a TaskOpened
    assert run.answer("edit", '"yes"') == ["StepAnswered edit"]
    assert run.step("edit").answer == '"yes"'
    assert run.done("edit")[-1] == "RunCompleted"


def test_answer_beats_a_later_timeout() -> None:
    run = Shell(ASKED)
    run.start()
    run.answer("edit")
    assert run.time("edit", at=1_500) == []


@pytest.mark.parametrize(("graph", "fact"), [(ASKED, "StepFailed edit"), (DEFAULTED, "StepAnswered edit")])
def test_timeout_beats_a_later_answer(graph: object, fact: str) -> None:
    run = Shell(graph)  # type: ignore[arg-type]  # a graph
    run.start()
    assert run.time("edit", at=1_500)[0] == fact
    with pytest.raises(RefusedError, match="does not ask anything at 'edit' \\(any more\\)"):
        run.answer("edit")


def test_timeout_without_a_default_is_a_failure() -> None:
    run = Shell(ASKED)
    run.start()
    run.time("edit", at=1_500)
    assert run.state.failure is not None
    assert run.state.failure.message == "waited 500 ms for an answer"


def test_default_answer_is_the_answer_at_the_timeout() -> None:
    run = Shell(DEFAULTED)
    run.start()
    run.time("edit", at=1_500)
    assert run.step("edit").answer == '"no"'
    assert run.step("edit").until is None


def test_step_that_failed_after_its_answer_keeps_it_in_a_retry() -> None:
    run = Shell(ASKED)
    run.start()
    run.answer("edit", '"yes"')
    run.fail("edit")
    assert run.retry() == ["RunRetried", "StepRestarted edit"]
    assert (run.step("edit").status, run.step("edit").answer) == ("running", '"yes"')


def test_step_that_was_not_answered_in_time_asks_again_in_a_retry() -> None:
    run = Shell(ASKED)
    run.start()
    run.time("edit", at=1_500)
    assert run.retry() == ["RunRetried", "StepRestarted edit", "TaskOpened edit"]
    assert run.step("edit").until == 2_000


def test_every_item_may_be_a_question() -> None:
    run = Shell(dag(mapped("ask", "list", kind=NodeKind.HUMAN)))
    run.start(list="[1,2]")
    assert run.answer("ask[1]", "2") == ["StepAnswered ask[1]"]
    assert run.answer("ask[0]", "1") == ["StepAnswered ask[0]"]


# ----- consent to a write

WRITING = machine(state("pay"))


def asking() -> Shell:
    run = Shell(WRITING)
    run.start()
    assert run.want("pay", consent=True, consent_ms=500) == ["WriteAsked pay", "TaskOpened pay"]
    assert (run.step("pay").status, run.write_status("pay")) == ("waiting", "asked")
    return run


def test_approved_write_is_intended_with_the_arguments_that_were_shown() -> None:
    run = asking()
    assert run.answer("pay", "true") == ["WriteApproved pay"]
    assert run.step("pay").entry == 2
    assert run.want("pay", consent=True, args='{"other":1}') == ["WriteIntended pay"]
    write = run.step("pay").write
    assert write is not None
    assert (write.status, write.args, write.key) == ("intent", "{}", "pay/0")


def test_refused_write_is_a_definite_failure() -> None:
    run = asking()
    assert run.answer("pay", "false", by="ann") == ["WriteRefused pay"]
    write = run.step("pay").write
    assert write is not None
    assert write.failure is not None
    assert (write.status, write.failure.type) == ("failed", "NotApproved")
    assert write.failure.message == "book was not approved by ann"


def test_consent_that_does_not_come_is_a_refusal() -> None:
    run = asking()
    assert run.time("pay", at=1_500) == ["WriteRefused pay"]
    with pytest.raises(RefusedError):
        run.answer("pay", "true")
    write = run.step("pay").write
    assert write is not None
    assert write.failure is not None
    assert write.failure.message == "book was not approved by timeout"


def test_refusal_without_a_name_names_nobody() -> None:
    run = asking()
    run.answer("pay", "false", by="")
    write = run.step("pay").write
    assert write is not None
    assert write.failure is not None
    assert write.failure.message == "book was not approved"


def test_consent_may_be_waited_for_without_end() -> None:
    run = Shell(WRITING)
    run.start()
    run.want("pay", consent=True)
    assert run.tell_early("pay", at=10**12) == []
    assert run.tell(st.AnswerGiven("pay", "true")) == ["WriteApproved pay"]


def test_cancel_gives_a_question_up() -> None:
    run = asking()
    assert run.cancel() == ["CancelAsked", "StepCancelled pay", "RunCancelled"]
