"""What engines agree on: times and processes are left out, order is per path, and across paths as the graph allows."""

from podium.core import events as ev
from podium.failure import Failure, FailureKind
from podium.graph.nodes import NodeKind
from podium.testing.conformance.engines import canonical, out_of_order
from tests.unit.core.builders import dag, machine, node, state

PAIR = dag(node("a"), node("b"), node("end", "a", "b"))
LINE = machine(state("a", "b"), state("b"))


def ran(*said: str, at: int = 1) -> list[ev.Event]:
    """Return events: `a+` begins, `a-` ends."""
    made = [(ev.StepStarted if text[-1] == "+" else ev.StepDone)(at, text[:-1]) for text in said]
    return [ev.RunStarted(at, "r", {}), *made]


def test_times_processes_and_the_order_of_independent_steps_are_left_out() -> None:
    one = ran("a+", "b+", "a-", "b-", "end+", "end-")
    other = [
        *ran("b+", "b-", "a+", at=7),
        ev.RunTakenOver(8, 2, proven_dead=True),
        *ran("a-", "end+", "end-", at=9)[1:],
    ]
    assert canonical(one) == canonical(other)


def test_order_in_a_step_is_not_left_out() -> None:
    one = [ev.ReadDone(1, "a", "x", "1"), ev.ReadDone(1, "a", "y", "2")]
    assert canonical(one) != canonical(one[::-1])


def test_values_and_failures_are_not_left_out_but_for_tracebacks_and_times() -> None:
    failure = Failure(kind=FailureKind.TRANSIENT, type="E", message="m", traceback="line 1", retry_at=5)
    same = Failure(kind=FailureKind.TRANSIENT, type="E", message="m", traceback="line 2", retry_at=6)
    other = Failure(kind=FailureKind.TRANSIENT, type="E", message="n")
    assert canonical([ev.StepFailed(1, "a", failure)]) == canonical([ev.StepFailed(1, "a", same)])
    assert canonical([ev.StepFailed(1, "a", failure)]) != canonical([ev.StepFailed(1, "a", other)])
    assert canonical([ev.StepDone(1, "a", output="1")]) != canonical([ev.StepDone(1, "a", output="2")])


def test_keys_are_told_apart_and_not_compared() -> None:
    def sent(*keys: str) -> list[ev.Event]:
        return [ev.WriteIntended(1, "a", "book", "{}", key) for key in keys]

    assert canonical(sent("k1", "k1")) == canonical(sent("other", "other"))
    assert canonical(sent("k1", "k1")) != canonical(sent("k1", "k2"))


def test_order_that_the_graph_allows_is_none_to_speak_of() -> None:
    assert out_of_order(PAIR, ran("b+", "a+", "a-", "b-", "end+", "end-")) == []
    assert out_of_order(LINE, ran("a+", "a-", "b+", "b-")) == []


def test_node_that_comes_before_what_it_needs_is_found() -> None:
    assert out_of_order(PAIR, ran("a+", "a-", "b+", "end+")) == ["StepStarted end comes before b has settled"]


def test_two_states_at_a_time_are_found() -> None:
    assert out_of_order(LINE, ran("a+", "b+")) == ["StepStarted b comes while a is under way"]


def test_event_before_the_beginning_or_after_the_end_of_its_step_is_found() -> None:
    assert out_of_order(LINE, ran("a-")) == ["StepDone a comes before its beginning"]
    assert out_of_order(LINE, ran("a+", "a-", "a-")) == ["StepDone a comes after its end"]


def test_order_inside_a_nested_workflow_is_that_of_its_graph() -> None:
    outer = machine(state("in", kind=NodeKind.WORKFLOW, child=PAIR))
    assert out_of_order(outer, ran("in+", "in/a+", "in/end+")) == [
        "StepStarted in/end comes before in/a has settled",
        "StepStarted in/end comes before in/b has settled",
    ]


def test_run_that_is_sent_on_is_judged_no_more() -> None:
    assert out_of_order(LINE, [*ran("a+", "a-"), ev.RunRetried(2), ev.StepStarted(3, "a")]) == []
