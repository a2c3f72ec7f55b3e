"""The orders that are due, whole and as the last events added them."""

from podium.core import stimuli as st
from podium.core.pending import pending, taken, wake_at
from podium.core.state import RunState
from podium.graph.nodes import NodeKind
from tests.unit.core.builders import dag, machine, node, state
from tests.unit.core.shell import Shell


def test_orders_are_taken_once() -> None:
    run = Shell(dag(node("a"), node("b"), node("c", "a", "b")))
    run.start()
    assert taken(run.state) == ()
    assert pending(run.state) == [st.Perform(1, "a", 1), st.Perform(1, "b", 1)]


def test_run_that_is_over_orders_nothing() -> None:
    run = Shell(machine(state("a"), deadline_ms=500))
    run.start()
    run.done("a")
    run.state.touched.append("a")
    assert (taken(run.state), pending(run.state), wake_at(run.state)) == ((), (), None)


def test_run_that_has_not_begun_orders_nothing() -> None:
    assert pending(RunState("r", machine(state("a")))) == []


def test_run_wakes_at_the_earliest_of_its_times() -> None:
    naps = (node("x", kind=NodeKind.SLEEP, duration_ms=300), node("y", kind=NodeKind.SLEEP, duration_ms=200))
    run = Shell(dag(*naps, node("z", "x", "y"), deadline_ms=100))
    run.start()
    assert wake_at(run.state) == 1_100
    run = Shell(dag(*naps, node("z", "x", "y")))
    run.start()
    assert wake_at(run.state) == 1_200


def test_question_without_time_orders_nothing() -> None:
    run = Shell(machine(state("ask", kind=NodeKind.HUMAN)))
    run.start()
    assert pending(run.state) == []


def test_parked_step_orders_nothing() -> None:
    run = Shell(machine(state("a")))
    run.start()
    run.halt("a")
    assert (pending(run.state), wake_at(run.state)) == ([], None)
