"""A machine takes the edge that an outcome names, one state at a time."""

import pytest

from podium.core.inputs import values_of
from podium.graph.nodes import END, NodeKind
from tests.unit.core.builders import caught_by, chooser, failure, machine, state
from tests.unit.core.shell import Shell

REVIEWED = machine(state("draft", "review"), chooser("review", accept=END, revise="draft"), max_visits=2)


def test_machine_follows_its_edges_and_gives_its_record() -> None:
    run = Shell(machine(state("a", "b"), state("b"), fields={"n": {}}))
    assert run.start() == ["RunStarted", "StepStarted a"]
    assert run.done("a", n="7") == ["StepDone a", "StepStarted b"]
    assert run.done("b") == ["StepDone b", "RunCompleted"]
    assert run.status == "completed"
    assert run.state.output == '{"n":7,"log":[],"topic":"t","list":[1,2,3]}'
    assert run.state.steps == {}


def test_changes_and_appends_are_taken_over_with_the_transition() -> None:
    run = Shell(machine(state("a", "b"), state("b", "c"), state("c")))
    run.start(log="[]")
    run.grow("a", "log", '"x"')
    run.grow("b", "log", '"y","z"')
    assert run.state.root.data["log"] == '["x","y","z"]'


def test_label_chooses_the_edge_and_visits_are_told_apart() -> None:
    run = Shell(REVIEWED)
    run.start()
    run.done("draft")
    assert run.done("review", "revise") == ["StepDone review", "StepStarted draft#2"]
    assert run.done("draft#2") == ["StepDone draft#2", "StepStarted review#2"]
    assert run.done("review#2", "accept")[-1] == "RunCompleted"


@pytest.mark.parametrize(
    ("first", "label", "says"),
    [
        (chooser("a", go=END, stay="a"), "leap", "returned 'leap'; expected one of 'go', 'stay'"),
        (chooser("a", go=END), None, "returned None; expected one of 'go'"),
        (state("a"), "go", "returned 'go'; expected no label: it has no choose()"),
    ],
)
def test_label_that_leads_nowhere_fails_the_state(first: object, label: str | None, says: str) -> None:
    run = Shell(machine(first))  # type: ignore[arg-type]  # a node
    run.start()
    assert run.done("a", label, n="7") == ["StepFailed a", "ScopeFailing", "RunFailed"]
    assert run.state.failure is not None
    assert (run.state.failure.type, run.state.failure.message) == ("UnknownLabelError", says)
    assert run.state.root.data["n"] == "0"


def test_state_entered_once_too_often_fails() -> None:
    run = Shell(REVIEWED)
    run.start()
    run.done("draft")
    run.done("review", "revise")
    run.done("draft#2")
    facts = run.done("review#2", "revise")
    assert facts == ["StepDone review#2", "StepStarted draft#3", "StepFailed draft#3", "ScopeFailing", "RunFailed"]
    assert run.state.failure is not None
    assert run.state.failure.type == "TooManyVisitsError"
    assert "max_visits=2" in run.state.failure.message


def test_retrying_a_run_that_went_in_circles_fails_it_again() -> None:
    run = Shell(machine(chooser("a", again="a", out=END), max_visits=1))
    run.start()
    run.done("a", "again")
    assert run.retry() == ["RunRetried", "StepRestarted a#2", "StepFailed a#2", "ScopeFailing", "RunFailed"]


def test_error_edge_may_lead_out_of_a_circle() -> None:
    circle = chooser("a", again="a")
    handled = circle.__class__(
        name="a", kind=NodeKind.STEP, choices=circle.choices, handlers=(caught_by("sorry", "TooManyVisitsError"),)
    )
    run = Shell(machine(handled, state("sorry"), max_visits=1))
    run.start()
    facts = run.done("a", "again")
    assert facts == ["StepDone a", "StepStarted a#2", "StepFailed a#2", "StepStarted sorry"]
    assert run.done("sorry")[-1] == "RunCompleted"


def test_error_edge_does_not_lead_back_into_a_circle_without_end() -> None:
    run = Shell(
        machine(state("a", "b", handlers=(caught_by("a"),)), state("b", handlers=(caught_by("a"),)), max_visits=2)
    )
    run.start()
    assert run.fail("a") == ["StepFailed a", "StepStarted a#2"]
    facts = run.fail("a#2")
    assert facts == ["StepFailed a#2", "StepStarted a#3", "StepFailed a#3", "ScopeFailing", "RunFailed"]


def test_first_error_edge_that_meets_the_failure_is_taken() -> None:
    edges = (caught_by("narrow", "OddError"), caught_by("wide"), caught_by("never"))
    rest = (state("narrow"), state("wide"), state("never"))
    run = Shell(machine(state("a", handlers=edges), *rest))
    run.start()
    assert run.fail("a", "OtherError") == ["StepFailed a", "StepStarted wide"]
    assert run.step("wide").caught == failure("OtherError")
    assert set(run.state.steps) == {"wide"}
    run = Shell(machine(state("a", handlers=edges), *rest))
    run.start()
    assert run.fail("a", "OddError") == ["StepFailed a", "StepStarted narrow"]


def test_failure_that_no_edge_meets_ends_the_run() -> None:
    run = Shell(machine(state("a", handlers=(caught_by("b", "OtherError"),)), state("b")))
    run.start()
    assert run.fail("a") == ["StepFailed a", "ScopeFailing", "RunFailed"]
    assert run.state.failure == failure()


def test_error_edge_may_end_the_machine() -> None:
    run = Shell(machine(state("a", handlers=(caught_by(END),))))
    run.start()
    assert run.fail("a") == ["StepFailed a", "RunCompleted"]


def test_state_takes_the_record_and_a_tool_what_it_names() -> None:
    run = Shell(machine(state("a", "t"), state("t", kind=NodeKind.TOOL, take={"count": "n"})))
    run.start()
    assert values_of(run.state, run.step("a"))["topic"] == '"t"'
    run.done("a")
    assert values_of(run.state, run.step("t")) == {"count": "0"}
