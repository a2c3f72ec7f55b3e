"""A plan does not write again under another name what was written, or may have been, whoever made the plan."""

from podium.core import stimuli as st
from podium.graph.nodes import END, Handler, Node, NodeKind
from tests.unit.core.builders import COMPENSATE, caught_by, dag, failure, machine, node, state
from tests.unit.core.plans import PAY, begun, call, opened, planning
from tests.unit.core.shell import Shell

ARGS = '{"n":1}'


def barred(run: Shell, path: str) -> str:
    write = run.step(path).write
    assert write is not None
    assert (str(write.status), write.failure and write.failure.type) == ("failed", "ReissuedError")
    return write.failure.message if write.failure else ""


def paid(run: Shell, path: str, **more: object) -> None:
    run.want(path, tool="pay", args=ARGS, **more)
    run.settle(path, "1")
    run.done(path, output="1")


def again(run: Shell, *steps: Node) -> None:
    run.done("plan", label="again")
    run.done("ask#2")
    run.end("plan#2", opened(*steps))


def failed_after(run: Shell) -> None:
    run.fail("plan/b")
    again(run, call("c", tool=PAY))


def test_write_that_is_done_is_not_made_again_by_the_next_plan() -> None:
    run = begun(call("a", tool=PAY), call("b", "a"))
    paid(run, "plan/a")
    failed_after(run)
    assert run.want("plan#2/c", tool="pay", args=ARGS) == ["WriteBarred plan#2/c"]
    assert barred(run, "plan#2/c") == "pay with these arguments is done at plan/a; nothing was sent from here"


def test_other_arguments_or_another_tool_are_another_write() -> None:
    run = begun(call("a", tool=PAY), call("b", "a"))
    paid(run, "plan/a")
    failed_after(run)
    assert run.want("plan#2/c", tool="pay", args='{"n":2}') == ["WriteIntended plan#2/c"]


def test_write_under_way_is_not_made_beside_it() -> None:
    run = begun(call("a", tool=PAY), call("b", tool=PAY))
    run.want("plan/a", tool="pay", args=ARGS)
    run.want("plan/b", tool="pay", args=ARGS)
    assert "under way at plan/a" in barred(run, "plan/b")


def test_write_in_doubt_is_not_made_beside_it() -> None:
    run = begun(call("a", tool=PAY), call("b", tool=PAY))
    run.want("plan/a", tool="pay", args=ARGS)
    run.settle("plan/a", doubt=failure())
    run.want("plan/b", tool="pay", args=ARGS)
    assert "in doubt at plan/a" in barred(run, "plan/b")


def test_write_in_doubt_in_another_branch_is_not_made_by_a_plan() -> None:
    run = both_branches()
    run.want("pay", tool="pay", args=ARGS)
    run.settle("pay", doubt=failure())
    run.want("in/plan/a", tool="pay", args=ARGS)
    assert "in doubt at pay" in barred(run, "in/plan/a")


def both_branches() -> Shell:
    """A DAG in which one node pays and beside it a machine plans to."""
    inner = Node(name="in", kind=NodeKind.WORKFLOW, child=planning())
    run = Shell(dag(node("pay"), inner, node("end", "pay", "in")))
    run.start()
    run.open("in")
    run.done("in/ask")
    run.end("in/plan", opened(call("a", tool=PAY)))
    return run


def test_write_that_certainly_failed_may_be_planned_again() -> None:
    run = begun(call("a", tool=PAY))
    run.want("plan/a", tool="pay", args=ARGS)
    run.settle("plan/a", failure=failure())
    run.fail("plan/a")
    again(run, call("c", tool=PAY))
    assert run.want("plan#2/c", tool="pay", args=ARGS) == ["WriteIntended plan#2/c"]


def test_own_write_of_a_step_does_not_bar_it() -> None:
    run = begun(call("a", tool=PAY))
    run.want("plan/a", tool="pay", args=ARGS)
    run.settle("plan/a", absent=True)
    assert run.want("plan/a", tool="pay", args=ARGS) == ["WriteIntended plan/a"]


def test_next_visit_of_a_machine_with_plans_may_write_the_same() -> None:
    inner = Node(name="in", kind=NodeKind.WORKFLOW, child=planning(), choices={"more": "in", "end": END})
    run = Shell(machine(inner))
    run.start()
    for path in ("in", "in#2"):
        run.open(path)
        run.done(f"{path}/ask")
        run.end(f"{path}/plan", opened(call("a", tool=PAY)))
        paid(run, f"{path}/plan/a")
        run.done(f"{path}/plan", label="done")
        run.done(path, label="more")


def test_write_that_was_undone_may_be_planned_again() -> None:
    """Inside a machine with plans a nested one may undo what it wrote, and fail all the same."""
    pair = machine(state("w", "x"), state("x", handlers=(undoing("y"),)), state("y"), name="pair")
    nested = Node(name="try", kind=NodeKind.WORKFLOW, child=pair, next="ask")
    graph = planning(nested, compensates=True)
    run = Shell(machine(nested, *graph.nodes.values(), on_failure=COMPENSATE))
    run.start()
    run.open("try")
    run.want("try/w", tool="pay", args=ARGS, undo="refund@1")
    run.settle("try/w", "1")
    run.done("try/w")
    assert run.state.root.wrote == {f"pay{ARGS}": "try/w"}
    run.fail("try/x")
    run.undo("try/w")
    assert run.state.root.wrote == {}


def undoing(target: str) -> Handler:
    return caught_by(target, undo=True)


def test_undoing_one_of_two_equal_writes_leaves_the_other_remembered() -> None:
    edge = undoing("y")
    pair = machine(state("v", "w"), state("w", "x"), state("x", handlers=(edge,)), state("y"), name="pair")
    nested = Node(name="try", kind=NodeKind.WORKFLOW, child=pair, next="ask")
    run = Shell(machine(nested, *planning(compensates=True).nodes.values(), on_failure=COMPENSATE))
    run.start()
    run.open("try")
    for path in ("try/v", "try/w"):
        paid(run, path, undo="refund@1")
    run.fail("try/x")
    run.undo("try/w")
    assert run.state.root.wrote == {}
    run.undo("try/v")
    assert run.state.root.wrote == {}


def test_compensation_is_never_taken_for_a_write_of_a_plan() -> None:
    run = begun(call("a", tool=PAY), graph=planning(compensates=True), collects=False)
    paid(run, "plan/a", undo="pay@1")
    run.done("plan", label="again")
    run.fail("ask#2")
    assert run.want("plan/a.undo", tool="pay", args=ARGS) == ["WriteIntended plan/a.undo"]


def test_step_outside_of_plans_may_write_the_same_twice() -> None:
    run = Shell(machine(state("a", "b"), state("b")))
    run.start()
    for path in ("a", "b"):
        run.want(path, tool="pay", args=ARGS)
        run.settle(path, "1")
        run.end(path, st.Succeeded())
    assert run.status == "completed"
