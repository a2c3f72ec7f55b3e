"""From the first irreversible write that is done a run can only go forward, if it would be compensated otherwise."""

import pytest

from podium.core import events as ev
from podium.core.stimuli import ParkReason, Verb
from podium.errors import RefusedError
from podium.graph.nodes import END, Graph, NodeKind, OnItemError
from tests.unit.core.builders import COMPENSATE, STOP, caught_by, chooser, dag, failure, machine, mapped, node, state
from tests.unit.core.shell import Shell

WORKFLOW = NodeKind.WORKFLOW


def line(*, last: object = None, **more: object) -> Graph:
    """Return a machine: `before`, `pivot`, `after`, `last`."""
    before, pivot, after = state("before", "pivot"), state("pivot", "after"), state("after", "last")
    return machine(before, pivot, after, last or state("last"), **{"on_failure": COMPENSATE, **more})  # type: ignore[arg-type]  # a node


def bound(graph: Graph | None = None) -> Shell:
    """Return a run that stands in its last state, past its irreversible write."""
    run = Shell(graph or line())
    run.start()
    run.write("before")
    run.write("pivot", undo="", irreversible=True)
    run.write("after")
    return run


def test_step_that_would_end_the_run_parks_and_nothing_is_compensated() -> None:
    run = bound()
    assert run.fail("last") == ["StepParked last"]
    parked = run.journal[-1]
    assert isinstance(parked, ev.StepParked)
    assert (parked.reason, parked.failure) == ("forward-only", failure())
    assert parked.detail == (
        "OddError: OddError it was (test); pivot can not be undone, so the run goes on: "
        "say retry, or abort to let it fail"
    )
    assert (run.status, list(run.state.writes)) == ("open", ["before", "pivot", "after"])


def test_retry_runs_it_again_and_the_run_may_yet_complete() -> None:
    run = bound()
    run.read("last", "call")
    run.fail("last")
    assert run.resolve("last", Verb.SEND_AGAIN) == ["StepResolved last"]
    step = run.step("last")
    assert (step.status, step.entry, step.reads, step.failure) == ("running", 2, {}, None)
    assert run.done("last")[-1] == "RunCompleted"


def test_write_that_certainly_failed_is_made_anew_in_a_retry() -> None:
    run = bound()
    run.want("last", undo="cancel@1")
    run.settle("last", failure=failure("Refused"))
    run.fail("last")
    run.resolve("last", Verb.SEND_AGAIN)
    assert (run.step("last").write, run.state.generations) == (None, {"last": 1})


def test_write_that_is_done_is_kept_in_a_retry() -> None:
    run = bound()
    run.want("last", undo="cancel@1")
    run.settle("last", '"ok"')
    run.fail("last")
    run.resolve("last", Verb.SEND_AGAIN)
    assert run.write_status("last") == "done"


def test_abort_lets_it_fail_with_its_own_cause_and_later_writes_are_undone_earlier_ones_wait() -> None:
    run = bound()
    run.fail("last")
    facts = run.resolve("last", Verb.ABORT)
    assert facts[-2:] == ["CompensationStarted", "UndoStarted after.undo"]
    assert run.state.failure == failure(), "the original cause is kept"
    assert run.undo("after") == ["UndoDone after.undo", "UndoStarted pivot.undo", "StepParked pivot.undo"]
    assert run.step("pivot.undo").reason == "no-undo"
    assert run.resolve("pivot.undo", Verb.SKIP) == ["UndoSkipped pivot.undo", "UndoStarted before.undo"]
    assert run.undo("before")[-1] == "RunCompensated"


def test_step_parked_for_another_reason_is_given_up_as_such() -> None:
    run = bound()
    run.halt("last", ParkReason.DIVERGED)
    run.resolve("last", Verb.ABORT)
    assert run.state.failure is not None
    assert run.state.failure.type == "AbortedError"


def test_cancel_is_refused_and_the_write_is_named() -> None:
    run = bound()
    with pytest.raises(RefusedError, match="run r can only go forward: what pivot wrote can not be undone"):
        run.cancel()
    assert run.done("last")[-1] == "RunCompleted"


def test_write_counts_as_soon_as_it_is_done() -> None:
    run = Shell(machine(state("pivot"), on_failure=COMPENSATE))
    run.start()
    run.want("pivot", irreversible=True)
    run.settle("pivot", '"ok"')
    with pytest.raises(RefusedError, match="what pivot wrote can not be undone"):
        run.cancel()
    assert run.fail("pivot") == ["StepParked pivot"]


def test_second_cancel_is_accepted_even_there() -> None:
    run = Shell(machine(state("pivot"), on_failure=COMPENSATE))
    run.start()
    run.want("pivot", irreversible=True)
    run.cancel()
    run.settle("pivot", '"ok"')
    assert run.cancel() == []
    assert run.stop("pivot")[-1] == "StepParked pivot.undo"


def test_deadline_is_only_forgotten() -> None:
    run = bound(line(deadline_ms=500))
    assert run.time(at=1_500) == ["DeadlinePassed"]
    assert (run.state.deadline_at, run.stopped, run.state.root.closing) == (None, set(), False)
    assert run.done("last")[-1] == "RunCompleted"


def test_deadline_gives_nothing_up_that_waits() -> None:
    nap = node("nap", kind=NodeKind.SLEEP, duration_ms=9_000)
    run = Shell(dag(node("pivot"), nap, node("end", "pivot", "nap"), on_failure=COMPENSATE, deadline_ms=500))
    run.start()
    run.write("pivot", irreversible=True)
    assert run.time(at=1_500) == ["DeadlinePassed"]
    assert run.at("waiting") == {"nap"}


def test_deadline_gives_up_what_waits_in_a_run_that_fails_already() -> None:
    graph = dag(node("a"), node("b"), node("end", "a", "b"), on_failure=COMPENSATE, deadline_ms=500)
    run = Shell(graph)
    run.start()
    run.want("b", irreversible=True)
    run.fail("a")
    run.settle("b", '"ok"')
    assert run.time(at=1_500) == ["DeadlinePassed"]
    assert run.stop("b")[-1] == "StepParked b.undo"
    assert run.state.failure == failure()


@pytest.mark.parametrize("on_failure", [STOP, COMPENSATE])
def test_run_without_an_irreversible_write_or_compensations_fails_and_is_cancelled(on_failure: object) -> None:
    run = Shell(line(on_failure=on_failure))
    run.start()
    run.write("before", irreversible=on_failure is STOP)
    assert run.cancel() == ["CancelAsked"]
    run = Shell(line(on_failure=on_failure))
    run.start()
    run.write("before", irreversible=on_failure is STOP)
    assert run.fail("pivot")[0] == "StepFailed pivot"


# ----- what somebody handles does not park


def test_failure_that_an_error_edge_handles_does_not_park() -> None:
    run = bound(line(last=state("last", handlers=(caught_by(END),))))
    assert run.fail("last") == ["StepFailed last", "RunCompleted"]


def test_failure_that_is_collected_does_not_park() -> None:
    items = mapped("m", "pivot", on_item_error=OnItemError.COLLECT)
    run = Shell(dag(node("pivot"), items, node("end", "m"), on_failure=COMPENSATE))
    run.start()
    run.want("pivot", irreversible=True)
    run.settle("pivot", '"ok"')
    run.done("pivot", output="[1,2]")
    assert run.fail("m[0]") == ["StepFailed m[0]"]


def test_item_that_fails_its_map_parks_and_its_siblings_go_on() -> None:
    run = Shell(dag(node("pivot"), mapped("m", "pivot"), node("end", "m"), on_failure=COMPENSATE))
    run.start()
    run.want("pivot", irreversible=True)
    run.settle("pivot", '"ok"')
    run.done("pivot", output="[1,2]")
    assert run.fail("m[0]") == ["StepParked m[0]"]
    assert run.done("m[1]") == ["StepDone m[1]"]
    run.resolve("m[0]", Verb.SEND_AGAIN)
    assert run.done("m[0]")[-1] == "StepStarted end"


def test_item_of_a_map_that_fails_already_does_not_park() -> None:
    run = Shell(dag(mapped("m", "list"), node("end", "m"), on_failure=COMPENSATE))
    run.start()
    run.fail("m[0]")
    run.want("m[1]", irreversible=True)
    run.settle("m[1]", '"ok"')
    assert run.fail("m[1]") == ["StepFailed m[1]"]


def nested(*edges: object, inner: tuple[object, ...] = ()) -> Shell:
    """Return a run that stands in `in/y`, past the irreversible write of `in/x`; `edges` are those of `in`."""
    pair = machine(state("x", "y"), state("y", handlers=inner), state("mend"), name="pair")
    states = [state("a", "in"), state("in", kind=WORKFLOW, child=pair, handlers=edges), state("sorry")]
    run = Shell(machine(*states, on_failure=COMPENSATE))
    run.start()
    run.write("a")
    run.open("in")
    run.write("in/x", irreversible=True)
    return run


def test_handler_is_looked_for_all_the_way_up() -> None:
    assert nested(caught_by("sorry")).fail("in/y")[-1] == "StepStarted sorry"
    assert nested(caught_by("sorry", "OtherError")).fail("in/y") == ["StepParked in/y"]
    assert nested().fail("in/y") == ["StepParked in/y"]


def test_edge_that_would_undo_what_can_not_be_undone_handles_nothing() -> None:
    undoes = caught_by("sorry", undo=True)
    assert nested(undoes).fail("in/y") == ["StepParked in/y"]
    assert nested(inner=(caught_by("mend", undo=True),)).fail("in/y") == ["StepParked in/y"]
    run = nested(caught_by("sorry"), inner=(caught_by("mend", undo=True),))
    assert run.fail("in/y")[-1] == "StepStarted sorry", "the next one up handles it"
    run = nested(inner=(caught_by("mend", undo=True),))
    run.fail("in/y")
    assert run.resolve("in/y", Verb.ABORT)[-2:] == ["UndoStarted in/x.undo", "StepParked in/x.undo"]
    assert run.status == "compensating"


def test_edge_that_undoes_handles_where_only_its_surroundings_are_bound() -> None:
    pair = machine(state("x", "y"), state("y", handlers=(caught_by(END, undo=True),)), name="pair")
    run = Shell(machine(state("pivot", "in"), state("in", kind=WORKFLOW, child=pair), on_failure=COMPENSATE))
    run.start()
    run.write("pivot", irreversible=True)
    run.open("in")
    run.write("in/x")
    assert run.fail("in/y")[-1] == "UndoStarted in/x.undo"
    assert run.undo("in/x")[-1] == "ScopeClosed in"


def test_step_of_a_scope_that_ends_anyway_does_not_park() -> None:
    run = Shell(dag(node("a"), node("b"), node("end", "a", "b"), on_failure=COMPENSATE))
    run.start()
    run.want("b", irreversible=True)
    run.fail("a")
    run.settle("b", '"ok"')
    assert run.fail("b")[0] == "StepFailed b"


# ----- whatever would have failed it


def after_pivot(node: object) -> Shell:
    """Return a run that has just entered `node` past its irreversible write."""
    run = Shell(machine(state("pivot", "last"), node, on_failure=COMPENSATE))  # type: ignore[arg-type]  # a node
    run.start()
    run.write("pivot", irreversible=True)
    return run


def test_question_that_nobody_answered_is_asked_again() -> None:
    run = after_pivot(state("last", kind=NodeKind.HUMAN, timeout_ms=100))
    assert run.time("last", at=1_100) == ["StepParked last"]
    assert run.timers == {}
    assert run.resolve("last", Verb.SEND_AGAIN) == ["StepResolved last", "TaskOpened last"]
    assert run.timers == {"last": 1_200}
    assert run.answer("last") == ["StepAnswered last"]
    assert run.fail("last") == ["StepParked last"]
    assert run.resolve("last", Verb.SEND_AGAIN) == ["StepResolved last"], "it has its answer"


def test_signal_that_did_not_come_is_waited_for_again() -> None:
    run = after_pivot(state("last", kind=NodeKind.WAIT, signal="go", timeout_ms=100))
    run.time("last", at=1_100)
    run.signal("go")
    assert run.resolve("last", Verb.SEND_AGAIN) == ["StepResolved last", "StepAnswered last"]


def test_write_that_was_refused_is_asked_about_again() -> None:
    run = after_pivot(state("last"))
    run.want("last", consent=True)
    run.answer("last", "false")
    assert run.fail("last", "NotApproved") == ["StepParked last"]
    run.resolve("last", Verb.SEND_AGAIN)
    assert run.want("last", consent=True) == ["WriteAsked last", "TaskOpened last"]


def test_condition_that_raised_is_asked_again() -> None:
    run = Shell(dag(node("pivot"), node("end", "pivot", has_condition=True), on_failure=COMPENSATE))
    run.start()
    run.write("pivot", irreversible=True)
    assert run.holds("end", holds=failure()) == ["StepParked end"]
    assert run.resolve("end", Verb.SEND_AGAIN) == ["StepResolved end"]
    assert run.step("end").status == "checking"
    assert run.holds("end") == ["ConditionKnown end", "StepStarted end"]


def test_map_over_something_else_than_a_list_parks_each_time() -> None:
    run = Shell(dag(node("pivot"), mapped("m", "pivot"), node("end", "m"), on_failure=COMPENSATE))
    run.start()
    run.want("pivot", irreversible=True)
    run.settle("pivot", '"ok"')
    assert run.done("pivot", output="7") == ["StepDone pivot", "StepStarted m", "StepParked m"]
    assert run.resolve("m", Verb.SEND_AGAIN) == ["StepResolved m", "StepParked m"]
    assert run.resolve("m", Verb.ABORT)[-1] == "StepParked pivot.undo"


def test_state_entered_too_often_parks_and_a_person_may_let_it_in_once_more() -> None:
    loop = machine(state("pivot", "x"), chooser("x", again="x", on=END), max_visits=1, on_failure=COMPENSATE)
    run = Shell(loop)
    run.start()
    run.write("pivot", irreversible=True)
    assert run.done("x", "again")[-1] == "StepParked x#2"
    assert run.resolve("x#2", Verb.SEND_AGAIN) == ["StepResolved x#2"]
    assert run.done("x#2", "on")[-1] == "RunCompleted"


def test_label_that_leads_nowhere_parks() -> None:
    run = after_pivot(state("last"))
    assert run.done("last", "odd") == ["StepParked last"]
