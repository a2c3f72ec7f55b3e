"""A plan is a graph that comes with the data: it is held to what its node allows, and may fail without failing it."""

import json
from dataclasses import replace
from typing import Any

import pytest

from podium.core import events as ev
from podium.core import stimuli as st
from podium.core.copying import copy_for_fork
from podium.core.invariants import check
from podium.core.plans import BYTES_MAX, STEPS_MAX
from podium.core.state import Phase
from podium.errors import InvariantError
from podium.failure import FailureKind
from podium.graph.encode import graph_to_json
from podium.graph.nodes import END, Graph, GraphKind, Node, NodeKind, ToolFacts
from tests.unit.core.builders import caught_by, failure, machine, mapped, node, state
from tests.unit.core.plans import LOOK, PAY, as_if, begun, call, opened, plan_of, planning
from tests.unit.core.shell import Shell


def report(run: Shell) -> Any:
    return json.loads(run.step("plan").answer or "")


# ----- walking one


def test_plan_runs_as_a_dag_that_came_with_the_data() -> None:
    run = begun(call("a", "a.n"), call("b", "a"), call("c"), data={"a.n": "1"})
    assert run.at("running") == {"plan/a", "plan/c"}
    run.done("plan/c", output="3")
    assert run.done("plan/a", output='{"x":1.50}') == ["StepDone plan/a", "StepStarted plan/b"]
    assert run.done("plan/b", output="2") == ["StepDone plan/b", "ScopeClosed plan"]
    assert run.step("plan").phase is Phase.CLOSE
    assert run.step("plan").answer == '{"done":{"c":3,"a":{"x":1.50},"b":2},"failed":[],"left":[]}'
    assert run.done("plan", label="done") == ["StepDone plan", "RunCompleted"]


def test_plan_of_no_steps_is_done_at_once() -> None:
    run = begun()
    assert run.journal[-1] == ev.ScopeClosed(run.now_ms, "plan", '{"done":{},"failed":[],"left":[]}')


def test_failure_of_a_step_is_what_the_plan_came_to() -> None:
    run = begun(call("a"), call("b", "a"), call("c", "b"))
    run.done("plan/a", output="1")
    facts = run.fail("plan/b", "FullError")
    assert facts == ["StepFailed plan/b", "ScopeFailing plan", "ScopeClosed plan"]
    told = report(run)
    assert (told["done"], told["left"]) == ({"a": 1}, ["c"])
    assert [(one["step"], one["path"], one["failure"]["type"]) for one in told["failed"]] == [
        ("b", "plan/b", "FullError")
    ]
    assert run.done("plan", label="again") == ["StepDone plan", "StepStarted ask#2"]
    run.done("ask#2")
    run.end("plan#2", opened(call("d")))
    assert run.at("running") == {"plan#2/d"}


def test_what_runs_beside_a_failure_settles_before_anybody_is_told() -> None:
    run = begun(call("a"), call("b"))
    assert run.fail("plan/a") == ["StepFailed plan/a", "ScopeFailing plan"]
    assert run.done("plan/b", output="2") == ["StepDone plan/b", "ScopeClosed plan"]
    assert report(run)["done"] == {"b": 2}


def test_what_only_waits_beside_a_failure_is_given_up_and_told_as_left() -> None:
    run = begun(call("a"), call("b"))
    run.hold("plan/b", 9_000)
    assert run.fail("plan/a") == ["StepFailed plan/a", "ScopeFailing plan", "StepCancelled plan/b", "ScopeClosed plan"]
    assert report(run)["left"] == ["b"]


def test_last_plan_fails_its_step_with_the_first_failure_and_all_of_them_as_causes() -> None:
    first = failure("FullError")
    run = begun(call("a"), collects=False, causes=(first,))
    run.fail("plan/a", "StrikeError")
    told = run.state.failure
    assert told is not None
    assert (told.type, told.types[-2:]) == ("PlanFailed", ("BaseException", "FullError"))
    assert [cause.type for cause in told.causes] == ["FullError", "StrikeError"]
    assert run.retry() == ["RunRetried", "StepRestarted plan/a"]
    run.done("plan/a", output="1")
    assert run.done("plan", label="done")[-1] == "RunCompleted"


@pytest.mark.parametrize("kind", [FailureKind.DEADLINE, FailureKind.CANCELLED, FailureKind.AMBIGUOUS])
def test_failure_that_another_plan_does_not_mend_fails_the_step(kind: FailureKind) -> None:
    run = begun(call("a"))
    facts = run.end("plan/a", st.Failed(failure("LateError", kind=kind)))
    assert facts[-1] == "RunFailed"
    assert run.state.failure is not None
    assert "LateError" in run.state.failure.types


def test_write_that_was_given_up_in_doubt_is_nothing_for_a_planner() -> None:
    run = begun(call("a"))
    run.want("plan/a")
    run.settle("plan/a", doubt=failure())
    run.halt("plan/a", st.ParkReason.IN_DOUBT)
    assert "ScopeClosed plan" not in run.resolve("plan/a", st.Verb.ABORT)
    assert run.status == "failed"


def test_plan_that_is_called_off_is_not_told_to_a_planner() -> None:
    run = begun(call("a"), call("b"))
    run.fail("plan/a")
    run.cancel()
    assert run.stop("plan/b") == ["StepCancelled plan/b", "StepFailed plan", "RunCancelled"]


def test_forward_only_run_plans_again_instead_of_parking() -> None:
    run = begun(call("a"), call("b", "a"), graph=planning(compensates=True))
    run.want("plan/a", irreversible=True)
    run.settle("plan/a", "1")
    run.done("plan/a", output="1")
    assert run.fail("plan/b")[-1] == "ScopeClosed plan"


def test_forward_only_run_parks_the_last_plan() -> None:
    run = begun(call("a"), call("b", "a"), graph=planning(compensates=True), collects=False)
    run.want("plan/a", irreversible=True)
    run.settle("plan/a", "1")
    run.done("plan/a", output="1")
    assert run.fail("plan/b") == ["StepParked plan/b"]


# ----- what it may be


def far_too_long() -> st.Opened:
    return opened(call("a", "a.n"), data={"a.n": f'"{"x" * BYTES_MAX}"'})


REFUSED: dict[str, tuple[st.Opened, str]] = {
    "another tool": (opened(call("a", tool=ToolFacts(name="rm", writes=True))), "step a calls rm, and may call one of"),
    "a write told as a read": (opened(call("a", tool=ToolFacts(name="pay", writes=False))), "step a calls pay"),
    "no tool": (opened(as_if(call("a"), tools=())), "step a calls nothing"),
    "two tools": (opened(as_if(call("a"), tools=(LOOK, PAY))), "step a calls look, pay"),
    "a step that is code": (opened(as_if(call("a"), kind=NodeKind.STEP)), "more than one call"),
    "a map": (opened(as_if(call("a"), each="b"), call("b")), "more than one call"),
    "a cycle": (opened(call("a", "b"), call("b", "a")), "wait for each other"),
    "an unknown source": (opened(call("a", "b")), "takes 'b'"),
    "data that no step has": (st.Opened({"n": "1"}, graph_to_json(plan_of(call("a")))), "its data is not"),
    "a name that is an address": (opened(as_if(call("a"), name="a/b")), "can not be the name"),
    "too many steps": (opened(*(call(f"a{n}") for n in range(STEPS_MAX + 1))), "at most 50"),
    "a machine": (st.Opened({}, graph_to_json(machine(state("a"), fields={}))), "has to be a dag"),
    "too many bytes": (far_too_long(), "at most 256000 are allowed"),
    "nothing": (st.Opened({}), "there is none"),
    "two for one act": (opened(call("a", act="x"), call("b", act="x")), "two of its steps replace"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_plan_is_refused_by_the_core_that_is(what: str) -> None:
    proposed, why = REFUSED[what]
    run = Shell(planning())
    run.start()
    run.done("ask")
    assert run.end("plan", proposed) == ["StepFailed plan", "ScopeFailing", "RunFailed"]
    assert run.state.failure is not None
    assert run.state.failure.type == "PlanRefusedError"
    assert why in run.state.failure.message


def test_tool_whose_policies_were_changed_since_the_run_began_is_the_same_tool() -> None:
    run = begun(call("a", tool=as_told_later()))
    assert run.at("running") == {"plan/a"}


def as_told_later() -> ToolFacts:
    return replace(LOOK, limits=("retry 3",), fallback=("book",))


def test_plan_is_refused_that_replaces_what_is_done() -> None:
    run = begun(call("a"), call("b", "a"))
    run.want("plan/a", act="order")
    run.settle("plan/a", "1")
    run.done("plan/a", output="1")
    run.fail("plan/b")
    run.done("plan", label="again")
    run.done("ask#2")
    run.end("plan#2", opened(call("c", act="order")))
    assert run.state.failure is not None
    assert "what it replaces at plan/a is done" in run.state.failure.message


def test_act_of_a_failed_write_is_taken_over_under_the_next_generation() -> None:
    run = begun(call("a"))
    run.want("plan/a", act="order")
    run.settle("plan/a", failure=failure())
    run.fail("plan/a")
    assert report(run)["failed"][0]["act"] == "order"
    run.done("plan", label="again")
    run.done("ask#2")
    run.end("plan#2", opened(call("b", act="order")))
    assert run.state.generations["order"] == 1
    run.want("plan#2/b", act="order", tool="pay")
    assert run.write_status("plan#2/b") == "intent"


def test_step_that_failed_before_its_write_passes_on_the_act_that_it_was_given() -> None:
    run = begun(call("a", act="order"))
    run.fail("plan/a")
    assert report(run)["failed"][0]["act"] == "order"


# ----- an error edge for what another way may mend


def mended() -> Shell:
    edge = caught_by("mend")
    run = Shell(machine(state("a", handlers=(as_definite(edge),)), state("mend")))
    run.start()
    return run


def as_definite(edge: Any) -> Any:
    return as_if(edge, definite=True)


def test_definite_edge_is_taken_for_a_definite_failure() -> None:
    assert mended().fail("a") == ["StepFailed a", "StepStarted mend"]


def test_definite_edge_is_not_taken_for_time_that_is_up() -> None:
    run = mended()
    assert run.end("a", st.Failed(failure(kind=FailureKind.DEADLINE)))[-1] == "RunFailed"


def test_definite_edge_is_not_taken_while_a_write_is_in_doubt() -> None:
    run = mended()
    run.want("a")
    run.settle("a", doubt=failure())
    run.halt("a", st.ParkReason.IN_DOUBT)
    assert run.resolve("a", st.Verb.ABORT)[-1] == "RunFailed"


# ----- copies, and what is kept


def test_graph_of_a_plan_is_kept_as_long_as_its_writes_can_be_undone() -> None:
    run = begun(call("a"), graph=planning(compensates=True))
    run.want("plan/a", undo="unbook@1")
    run.settle("plan/a", "1")
    run.done("plan/a", output="1")
    assert list(run.state.plans) == ["plan"]
    run.done("plan", label="again")
    assert list(run.state.plans) == ["plan"], "a compensation walks it backwards"
    run.fail("ask#2")
    run.undo("plan/a")
    assert (run.status, run.state.plans) == ("compensated", {})


def test_graph_of_a_plan_that_wrote_nothing_is_forgotten_with_it() -> None:
    run = begun(call("a", tool=LOOK))
    run.done("plan/a", output="1")
    assert run.state.plans == {}


def test_law_finds_a_plan_without_its_graph_and_a_graph_that_nothing_needs() -> None:
    run = begun(call("a"))
    graph = run.state.plans.pop("plan")
    with pytest.raises(InvariantError, match="The graph of a plan is kept while it runs"):
        check(run.state)
    run.state.plans.update({"plan": graph, "other": graph})
    with pytest.raises(InvariantError, match="'other' is kept for nothing"):
        check(run.state)


def test_fork_in_the_middle_of_a_plan_goes_on_with_it() -> None:
    run = begun(call("a"), call("b", "a"))
    run.done("plan/a", output="1")
    fork = Shell(planning())
    fork.tell(st.ForkAsked("f", "r", 3, copy_for_fork(run.state), may_write=True))
    assert fork.at("running") == {"plan/b"}
    fork.done("plan/b", output="2")
    assert json.loads(fork.step("plan").answer or "")["done"] == {"a": 1, "b": 2}


def test_crash_in_the_middle_of_a_plan_goes_on_with_it() -> None:
    run = begun(call("a"), call("b", "a"))
    run.done("plan/a", output="1")
    run.crash()
    assert run.done("plan/b", output="2")[-1] == "ScopeClosed plan"


def test_plans_are_undone_from_the_last_one_to_the_first_and_each_against_its_edges() -> None:
    run = begun(call("a"), call("b", "a"), call("x", "b"), graph=planning(compensates=True))
    for path in ("plan/a", "plan/b"):
        write(run, path)
    run.fail("plan/x")
    run.done("plan", label="again")
    run.done("ask#2")
    run.end("plan#2", opened(call("c"), call("d", "c"), collects=False))
    write(run, "plan#2/c")
    run.fail("plan#2/d")
    undone = []
    while run.status == "compensating":
        (path,) = run.at("running")
        undone.append(path.removesuffix(".undo"))
        run.undo(undone[-1])
    assert undone == ["plan#2/c", "plan/b", "plan/a"]


def test_compensated_run_is_sent_on_in_the_middle_of_its_plan() -> None:
    run = begun(call("a"), call("b", "a"), graph=planning(compensates=True), collects=False)
    write(run, "plan/a")
    run.fail("plan/b")
    run.undo("plan/a")
    run.rewind()
    assert run.at("running") == {"plan/a"}
    write(run, "plan/a")
    run.done("plan/b", output="1")
    assert run.done("plan", label="done")[-1] == "RunCompleted"


def write(run: Shell, path: str) -> None:
    run.want(path, undo="unbook@1", args=f'"{path}"')
    run.settle(path, "1")
    run.done(path, output="1")


def test_nested_machines_plan_each_for_itself() -> None:
    run = Shell(machine(Node(name="in", kind=NodeKind.WORKFLOW, child=planning(), next=END)))
    run.start()
    run.open("in")
    run.done("in/ask")
    run.end("in/plan", opened(call("a")))
    run.fail("in/plan/a")
    assert run.done("in/plan", label="again") == ["StepDone in/plan", "StepStarted in/ask#2"]


def test_items_of_a_map_plan_each_for_itself() -> None:
    child = planning()
    graph = Graph(
        name="trips", kind=GraphKind.DAG, gives="in", fields={"list": {}},
        nodes={"in": mapped("in", "list", kind=NodeKind.WORKFLOW, child=child)},
    )  # fmt: skip
    run = Shell(graph)
    run.start(list="[1,2]")
    for item, steps in ((0, (call("a"),)), (1, (call("b"),))):
        run.open(f"in[{item}]")
        run.done(f"in[{item}]/ask")
        run.end(f"in[{item}]/plan", opened(*steps))
    assert run.at("running") == {"in[0]/plan/a", "in[1]/plan/b"}


def test_node_without_a_plan_opens_as_before() -> None:
    run = Shell(machine(Node(name="in", kind=NodeKind.WORKFLOW, child=machine(state("x")), next=END)))
    run.start()
    run.open("in")
    assert run.journal[-2] == ev.ScopeOpened(run.now_ms, "in", run.journal[-2].data)  # type: ignore[union-attr]
    assert node("x").act == ""
