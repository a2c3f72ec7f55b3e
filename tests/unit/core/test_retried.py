"""A failed run goes on from where it failed: what is done stays done, what was given up begins again."""

import pytest

from podium.core.stimuli import ParkReason
from podium.errors import RefusedError
from podium.graph.nodes import NodeKind
from tests.unit.core.builders import chooser, dag, machine, mapped, node, state
from tests.unit.core.shell import Shell

WORKFLOW = NodeKind.WORKFLOW


def test_only_a_failed_run_is_retried() -> None:
    run = Shell(machine(state("a")))
    run.start()
    with pytest.raises(RefusedError, match="run r is open; only a failed run can be retried"):
        run.retry()
    run.done("a")
    with pytest.raises(RefusedError, match="run r is completed"):
        run.retry()


def test_machine_goes_on_in_the_state_that_failed() -> None:
    run = Shell(machine(state("a", "b"), state("b")))
    run.start()
    run.done("a", n="1")
    run.fail("b")
    assert run.retry() == ["RunRetried", "StepRestarted b"]
    assert (run.status, run.state.failure) == ("open", None)
    assert (run.step("b").entry, run.step("b").attempt, run.step("b").failure) == (2, 1, None)
    assert run.done("b")[-1] == "RunCompleted"


def test_dag_restarts_what_failed_and_what_was_given_up_and_starts_what_was_ready() -> None:
    nap = node("nap", kind=NodeKind.SLEEP, duration_ms=100)
    run = Shell(dag(node("a"), nap, node("b"), node("c", "b"), node("d", "a", "nap", "c")))
    run.start()
    run.fail("a")
    run.done("b")
    assert run.status == "failed"
    assert run.retry() == ["RunRetried", "StepRestarted a", "StepRestarted nap", "StepStarted c"]
    run.done("a")
    run.done("c")
    run.time("nap", at=2_000)
    assert run.done("d")[-1] == "RunCompleted"


def test_run_may_be_retried_as_often_as_it_fails() -> None:
    run = Shell(dag(node("a"), node("b"), node("c", "a", "b")))
    run.start()
    for _ in range(3):
        run.fail("a")
        if "b" in run.state.steps:
            run.done("b")
        assert run.retry() == ["RunRetried", "StepRestarted a"]


def test_failed_write_is_made_anew_and_one_that_is_done_is_kept_with_what_led_to_it() -> None:
    run = Shell(dag(node("a"), node("b"), node("c", "a", "b")))
    run.start()
    for path in "ab":
        run.read(path, "before")
        run.want(path, undo="cancel@1")
    run.settle("a", '"ok"')
    run.settle("b", absent=True)
    run.read("a", "after")
    run.fail("b")
    assert run.fail("a")[-1] == "RunFailed"
    run.retry()
    assert (run.write_status("a"), list(run.step("a").reads)) == ("done", ["before"])
    assert (run.step("b").write, run.step("b").reads, run.state.generations) == (None, {}, {"b": 1})
    assert run.state.writes == {}
    run.done("a")
    assert [write.path for write in run.state.writes.values()] == ["a"]


def test_map_goes_on_with_the_failed_item_and_those_that_did_not_start() -> None:
    run = Shell(dag(mapped("m", "list", concurrency=2)))
    run.start(list="[1,2,3,4]")
    run.fail("m[0]")
    run.done("m[1]", output='"kept"')
    assert run.retry() == ["RunRetried", "StepRestarted m[0]", "StepStarted m[2]"]
    facts = [run.done(path)[-1] for path in ("m[0]", "m[2]", "m[3]")]
    assert facts == ["StepStarted m[3]", "StepDone m[2]", "RunCompleted"]
    assert run.state.output == '[null,"kept",null,null]'


def test_map_that_was_given_up_between_items_goes_on() -> None:
    run = Shell(dag(mapped("m", "list", concurrency=1), node("a"), node("b", "a", "m")))
    run.start()
    run.fail("a")
    assert run.done("m[0]") == ["StepDone m[0]", "StepCancelled m", "RunFailed"]
    assert run.retry() == ["RunRetried", "StepRestarted a", "StepStarted m[1]"]


def test_nested_workflow_goes_on_inside() -> None:
    pair = machine(state("x", "y"), state("y"), name="pair")
    run = Shell(dag(mapped("in", "list", kind=WORKFLOW, child=pair), node("end", "in")))
    run.start(list="[1,2]")
    run.open("in[0]")
    run.open("in[1]")
    run.done("in[0]/x")
    run.fail("in[0]/y")
    run.done("in[1]/x")
    run.done("in[1]/y")
    assert run.done("in[1]")[-1] == "RunFailed"
    assert run.retry() == ["RunRetried", "StepRestarted in[0]/y"]
    run.done("in[0]/y")
    assert run.done("in[0]") == ["StepDone in[0]", "StepDone in", "StepStarted end"]


def test_nested_workflows_that_reached_their_end_while_the_run_failed_are_closed() -> None:
    one, two = machine(state("x"), name="one"), dag(node("x"), name="two")
    inner = [node(name, kind=WORKFLOW, child=child) for name, child in (("m", one), ("d", two))]
    run = Shell(dag(node("a"), *inner, node("end", "a", "m", "d")))
    run.start()
    run.open("m")
    run.open("d")
    run.fail("a")
    assert run.done("m/x") == ["StepDone m/x", "StepCancelled m"]
    assert run.done("d/x", output="5") == ["StepDone d/x", "StepCancelled d", "RunFailed"]
    assert run.retry() == ["RunRetried", "StepRestarted a", "ScopeClosed m", "ScopeClosed d"]
    assert run.step("d").answer == "5"
    run.done("m")
    run.done("d")
    assert run.done("a") == ["StepDone a", "StepStarted end"]


@pytest.mark.parametrize("graph", [machine(state("x"), deadline_ms=500), dag(node("x"), deadline_ms=500)])
def test_run_whose_last_step_ended_after_its_deadline_is_completed_by_a_retry(graph: object) -> None:
    run = Shell(graph)  # type: ignore[arg-type]  # a graph
    run.start()
    run.time(at=1_500)
    assert run.done("x") == ["StepDone x", "RunFailed"]
    assert run.retry() == ["RunRetried", "RunCompleted"]


def test_workflow_that_fails_in_the_same_breath_as_the_run_around_it_ends() -> None:
    circle = machine(chooser("x", again="x"), name="circle", max_visits=1)
    bad = mapped("bad", "list", has_condition=True)
    run = Shell(dag(bad, node("in", kind=WORKFLOW, child=circle), node("end", "bad", "in")))
    run.start(list="1")
    run.open("in")
    run.holds("bad")
    assert run.done("in/x", "again")[-4:] == [
        "StepStarted in/x#2",
        "StepCancelled in/x#2",
        "StepCancelled in",
        "RunFailed",
    ]
    facts = run.retry()
    assert facts[3:5] == ["StepFailed bad", "StepFailed in/x#2"]
    assert facts[5:] == ["ScopeFailing", "ScopeFailing in", "StepFailed in", "RunFailed"]


def test_step_that_failed_to_take_the_result_of_its_workflow_takes_it_again() -> None:
    run = Shell(dag(node("in", kind=WORKFLOW, child=dag(node("x"), name="child"))))
    run.start()
    run.open("in")
    run.done("in/x", output="5")
    run.fail("in")
    assert run.retry() == ["RunRetried", "StepRestarted in"]
    assert (run.step("in").phase, run.step("in").answer) == ("close", "5")


def test_step_given_up_while_parked_begins_again() -> None:
    run = Shell(dag(node("a"), node("b"), node("c", "a", "b")))
    run.start()
    run.halt("a", ParkReason.DIVERGED)
    assert run.fail("b") == ["StepFailed b", "ScopeFailing", "StepCancelled a", "RunFailed"]
    assert run.retry() == ["RunRetried", "StepRestarted a", "StepRestarted b"]
