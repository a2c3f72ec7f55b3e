"""A workflow inside another one is a step: opened, walked, closed, all in the same run."""

import pytest

from podium.core.inputs import values_of
from podium.core.path import place
from podium.core.state import RunState, Step
from podium.graph.nodes import END, Graph, Node, NodeKind
from tests.unit.core.builders import caught_by, dag, failure, machine, mapped, node, state
from tests.unit.core.shell import Shell

WORKFLOW = NodeKind.WORKFLOW
PAIR = machine(state("x", "y"), state("y"), name="pair")
FLAT = dag(node("p"), node("q"), name="flat")


def inside_dag(child: Graph, *more: Node) -> Graph:
    return dag(node("pre", "topic"), node("in", "pre", kind=WORKFLOW, child=child), *more, node("post", "in"))


def test_end_of_a_nested_workflow_does_not_look_at_every_step_of_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    run = Shell(dag(mapped("m", "list", kind=NodeKind.WORKFLOW, child=machine(state("x"), name="child"))))
    run.start(list="[1,2]")
    run.open("m[0]")
    run.open("m[1]")
    looked: list[str] = []

    def below(_: RunState, path: str) -> list[Step]:
        looked.append(path)
        return []

    monkeypatch.setattr(RunState, "below", below)
    run.done("m[0]/x")
    assert looked == []


def test_machine_in_a_dag_gives_its_record_to_the_dag() -> None:
    run = Shell(inside_dag(PAIR))
    run.start()
    assert run.done("pre", output='"P"') == ["StepDone pre", "StepStarted in"]
    assert values_of(run.state, run.step("in")) == {"pre": '"P"'}
    assert run.open("in", n="5") == ["ScopeOpened in", "StepStarted in/x"]
    assert run.step("in").status == "inside"
    run.done("in/x", n="6")
    assert run.done("in/y") == ["StepDone in/y", "ScopeClosed in"]
    assert run.step("in").answer == '{"n":6,"log":[],"topic":"t","list":[1,2,3]}'
    assert set(run.state.scopes) == {""}
    assert run.done("in", output='"I"') == ["StepDone in", "StepStarted post"]


def test_dag_in_a_machine_gives_its_result_to_the_state() -> None:
    run = Shell(machine(state("a", "b", kind=WORKFLOW, child=FLAT, take={"topic": "n"}, give="n"), state("b")))
    run.start()
    assert values_of(run.state, run.step("a")) == {"topic": "0"}
    assert run.open("a") == ["ScopeOpened a", "StepStarted a/p", "StepStarted a/q"]
    run.done("a/q", output="9")
    assert run.done("a/p")[-1] == "ScopeClosed a"
    assert run.step("a").answer == "9"
    assert run.done("a", n="9") == ["StepDone a", "StepStarted b"]


def test_every_item_of_a_map_may_be_a_workflow() -> None:
    run = Shell(dag(mapped("in", "list", kind=WORKFLOW, child=PAIR, concurrency=1)))
    run.start(list="[1,2]")
    run.open("in[0]")
    run.done("in[0]/x")
    run.done("in[0]/y")
    assert run.done("in[0]", output='"first"') == ["StepDone in[0]", "StepStarted in[1]"]
    run.open("in[1]")
    assert place("in[1]/x") == "in/x"
    run.done("in[1]/x")
    run.done("in[1]/y")
    assert run.done("in[1]", output='"second"')[-1] == "RunCompleted"
    assert run.state.output == '["first","second"]'


def test_failure_inside_is_the_failure_of_the_step_around_it() -> None:
    run = Shell(inside_dag(FLAT, node("beside", "pre")))
    run.start()
    run.done("pre")
    run.open("in")
    assert run.fail("in/p") == ["StepFailed in/p", "ScopeFailing in"]
    assert run.done("in/q") == ["StepDone in/q", "StepFailed in", "ScopeFailing"]
    assert run.done("beside") == ["StepDone beside", "RunFailed"]
    assert run.state.failure == failure()


def test_failure_inside_may_be_handled_outside() -> None:
    edge = caught_by("sorry", "OddError")
    run = Shell(machine(state("a", kind=WORKFLOW, child=PAIR, handlers=(edge,)), state("sorry")))
    run.start()
    run.open("a")
    facts = run.fail("a/x")
    assert facts == ["StepFailed a/x", "ScopeFailing a", "StepFailed a", "StepStarted sorry"]
    assert set(run.state.steps) == {"sorry"}
    assert set(run.state.scopes) == {""}
    assert run.done("sorry")[-1] == "RunCompleted"


def test_workflow_two_deep_is_forgotten_as_a_whole() -> None:
    outer = machine(state("m", kind=WORKFLOW, child=PAIR, handlers=(caught_by(END),)), name="outer")
    run = Shell(machine(state("a", "b", kind=WORKFLOW, child=outer), state("b")))
    run.start()
    run.open("a")
    run.open("a/m")
    facts = run.fail("a/m/x")
    assert facts == ["StepFailed a/m/x", "ScopeFailing a/m", "StepFailed a/m", "ScopeClosed a"]
    assert set(run.state.steps) == {"a"}
    assert set(run.state.scopes) == {""}


def test_failing_scope_closes_the_ones_inside_it() -> None:
    run = Shell(inside_dag(PAIR, node("beside", "topic")))
    run.start()
    run.done("pre")
    run.open("in")
    run.fail("beside")
    assert run.done("in/x") == [
        "StepDone in/x",
        "StepStarted in/y",
        "StepCancelled in/y",
        "StepCancelled in",
        "RunFailed",
    ]


def test_workflow_is_not_opened_any_more_where_nothing_new_starts() -> None:
    run = Shell(
        dag(node("in", "topic", kind=WORKFLOW, child=FLAT), node("beside", "topic"), node("end", "in", "beside"))
    )
    run.start()
    run.fail("beside")
    assert run.open("in") == ["StepCancelled in", "RunFailed"]
    assert run.retry() == ["RunRetried", "StepRestarted in", "StepRestarted beside"]
    assert run.open("in") == ["ScopeOpened in", "StepStarted in/p", "StepStarted in/q"]


def test_each_visit_of_a_nested_workflow_begins_anew() -> None:
    again = Node(name="a", kind=WORKFLOW, child=PAIR, choices={"again": "a", "out": END})
    run = Shell(machine(again))
    run.start()
    for path, label in (("a", "again"), ("a#2", "out")):
        run.open(path)
        run.done(f"{path}/x")
        run.done(f"{path}/y")
        run.done(path, label)
    assert run.status == "completed"
    assert run.state.root.visits == {"a": 2}
