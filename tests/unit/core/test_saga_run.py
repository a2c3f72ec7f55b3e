"""A run that ends without success undoes what it has written: in order, each once, and keeps why it ended."""

from typing import Any

import pytest

from podium.core import events as ev
from podium.core import stimuli as st
from podium.core.pending import pending, wake_at
from podium.core.state import Act, WriteStatus
from podium.core.stimuli import ParkReason, Verb
from podium.errors import RefusedError
from podium.graph.nodes import Graph, NodeKind, OnFailure
from tests.unit.core.builders import COMPENSATE, STOP, caught_by, dag, failure, machine, mapped, node, state
from tests.unit.core.shell import Shell


def trip(**more: Any) -> Graph:
    flight, hotel = state("flight", "hotel"), state("hotel", "car")
    return machine(flight, hotel, state("car"), **{"on_failure": COMPENSATE, **more})


def booked(*paths: str, graph: Graph | None = None) -> Shell:
    run = Shell(graph or trip())
    run.start()
    for path in paths:
        run.write(path)
    return run


def test_failed_run_undoes_its_writes_in_reverse_order_each_once_and_keeps_the_cause() -> None:
    run = booked("flight", "hotel")
    assert run.fail("car", "SoldOut") == [
        "StepFailed car",
        "ScopeFailing",
        "CompensationStarted",
        "UndoStarted hotel.undo",
    ]
    assert (run.status, run.state.failure) == ("compensating", failure("SoldOut"))
    assert run.flights == {"hotel.undo": 1}
    assert run.undo("hotel") == ["UndoDone hotel.undo", "UndoStarted flight.undo"]
    assert run.undo("flight") == ["UndoDone flight.undo", "RunCompensated"]
    assert (run.status, run.state.failure, run.state.writes) == ("compensated", failure("SoldOut"), {})
    assert run.journal[-1] == ev.RunCompensated(1_000, failure("SoldOut"))
    assert (pending(run.state), wake_at(run.state)) == ((), None)


def test_compensation_is_a_step_with_the_write_that_it_undoes() -> None:
    run = booked("flight", "hotel")
    run.fail("car")
    step = run.step("hotel.undo")
    assert (step.scope, step.item, step.node.kind, step.node.name) == ("", None, NodeKind.TOOL, "unhotel")
    assert [(facts.name, facts.writes) for facts in step.node.tools] == [("unhotel", True)]
    assert step.undoes is run.state.writes["hotel"]
    assert (step.undoes.tool, step.undoes.args, step.undoes.result) == ("book", "{}", '"hotel"')
    assert (step.undoes.key, step.undoes.undo) == ("hotel/0", "unhotel@1")


def test_write_of_the_step_that_fails_after_it_is_undone_too() -> None:
    run = booked()
    run.want("flight", undo="cancel@1")
    run.settle("flight", '"ok"')
    assert run.fail("flight")[-2:] == ["CompensationStarted", "UndoStarted flight.undo"]


def test_cancelled_run_is_undone_and_has_no_failure() -> None:
    run = booked("flight")
    run.cancel()
    assert run.stop("hotel") == ["StepCancelled hotel", "CompensationStarted", "UndoStarted flight.undo"]
    assert run.undo("flight")[-1] == "RunCompensated"
    assert (run.status, run.state.failure) == ("compensated", None)


def test_run_whose_deadline_passed_is_undone_without_one() -> None:
    run = booked("flight", graph=trip(deadline_ms=500))
    run.time(at=1_500)
    assert run.stop("hotel")[-1] == "UndoStarted flight.undo"
    assert run.state.deadline_at is None
    assert run.tell_early("", at=9_999) == []
    run.undo("flight")
    assert run.state.failure is not None
    assert run.state.failure.type == "DeadlineError"


def test_run_that_wrote_nothing_just_ends() -> None:
    assert booked().fail("flight")[-1] == "RunFailed"
    run = booked()
    run.cancel()
    assert run.stop("flight")[-1] == "RunCancelled"


def test_run_that_says_stop_undoes_nothing() -> None:
    run = booked("flight", graph=trip(on_failure=STOP))
    assert run.fail("hotel")[-1] == "RunFailed"
    assert list(run.state.writes) == ["flight"]


@pytest.mark.parametrize("inner", [STOP, COMPENSATE])
def test_only_the_root_decides_whether_to_undo(inner: OnFailure) -> None:
    child = machine(state("x", "y"), state("y"), name="child", on_failure=inner)
    for outer, last in ((STOP, "RunFailed"), (COMPENSATE, "UndoStarted in/x.undo")):
        run = Shell(machine(state("in", kind=NodeKind.WORKFLOW, child=child), on_failure=outer))
        run.start()
        run.open("in")
        run.write("in/x")
        assert run.fail("in/y")[-1] == last


def test_error_that_was_handled_compensates_nothing() -> None:
    flight, hotel = state("flight", "hotel"), state("hotel", handlers=(caught_by("sorry"),))
    run = booked("flight", graph=machine(flight, hotel, state("sorry"), on_failure=COMPENSATE))
    assert run.fail("hotel") == ["StepFailed hotel", "StepStarted sorry"]
    assert run.done("sorry")[-1] == "RunCompleted"


def test_undoing_begins_when_everything_in_flight_has_settled_and_covers_it() -> None:
    run = booked(graph=dag(node("a"), node("b"), node("end", "a", "b"), on_failure=COMPENSATE))
    run.want("b", undo="cancel@1")
    assert run.fail("a") == ["StepFailed a", "ScopeFailing"]
    run.settle("b", '"late"')
    assert run.stop("b") == ["StepCancelled b", "CompensationStarted", "UndoStarted b.undo"]


def test_doubt_is_resolved_before_anything_is_undone() -> None:
    run = booked(graph=dag(node("a"), node("b"), node("end", "a", "b"), on_failure=COMPENSATE))
    run.want("b", undo="cancel@1")
    run.settle("b", doubt=failure("ReadTimeout"))
    run.fail("a")
    assert run.halt("b", ParkReason.IN_DOUBT) == ["StepParked b"]
    run.resolve("b", Verb.DONE, '"it was"')
    assert run.stop("b")[-1] == "UndoStarted b.undo"
    assert run.state.writes["b"].result == '"it was"'


def test_write_given_up_in_doubt_is_owed_without_a_result() -> None:
    run = booked()
    run.want("flight", undo="cancel@1")
    run.settle("flight", doubt=failure("ReadTimeout"))
    run.halt("flight", ParkReason.IN_DOUBT)
    assert run.resolve("flight", Verb.ABORT)[-1] == "UndoStarted flight.undo"
    step = run.step("flight.undo")
    assert step.undoes is not None
    assert step.undoes.result is None
    assert run.halt("flight.undo", ParkReason.NO_UNDO) == ["StepParked flight.undo"], "as the shell finds"


def test_write_that_was_made_in_two_visits_is_undone_twice() -> None:
    loop = machine(state("book", None, choices={"again": "book", "on": "end"}), state("end"), on_failure=COMPENSATE)
    run = Shell(loop)
    run.start()
    for path, label in (("book", "again"), ("book#2", "on")):
        run.want(path, undo="cancel@1")
        run.settle(path, f'"{path}"')
        run.done(path, label)
    assert run.fail("end")[-1] == "UndoStarted book#2.undo"
    assert run.undo("book#2")[-1] == "UndoStarted book.undo"
    assert run.undo("book")[-1] == "RunCompensated"


def test_items_and_branches_are_undone_side_by_side() -> None:
    graph = dag(node("a"), mapped("m", "list"), node("end", "a", "m"), on_failure=COMPENSATE)
    run = booked("a", "m[0]", "m[1]", "m[2]", graph=graph)
    assert run.fail("end")[-4:] == [
        "UndoStarted a.undo",
        "UndoStarted m[2].undo",
        "UndoStarted m[1].undo",
        "UndoStarted m[0].undo",
    ]
    for path in ("m[1]", "a", "m[2]"):
        assert run.undo(path) == [f"UndoDone {path}.undo"]
    assert run.undo("m[0]")[-1] == "RunCompensated"


def test_cancel_of_what_is_compensated_is_accepted_and_changes_nothing() -> None:
    run = booked("flight")
    run.fail("hotel")
    assert run.cancel() == []
    assert run.cancel() == []
    assert run.undo("flight")[-1] == "RunCompensated"
    with pytest.raises(RefusedError, match="run r is compensated and can not be cancelled any more"):
        run.cancel()


def test_run_that_undoes_takes_no_signals_and_is_not_retried() -> None:
    run = booked("flight")
    run.fail("hotel")
    with pytest.raises(RefusedError, match="run r is compensating and can not be signalled"):
        run.signal("go")
    with pytest.raises(RefusedError, match="run r is compensating; only a failed run can be retried"):
        run.retry()


def test_crash_puts_a_compensation_that_was_sent_in_doubt_and_it_is_sent_again_under_its_key() -> None:
    run = booked("flight")
    run.fail("hotel")
    run.want("flight.undo")
    assert run.crash() == ["RunTakenOver"]
    assert (run.flights, run.write_status("flight.undo")) == ({"flight.undo": 1}, "doubt")
    run.settle("flight.undo", absent=True)
    assert run.want("flight.undo", key="flight.undo/0") == ["WriteIntended flight.undo"]
    run.settle("flight.undo", "null")
    assert run.end("flight.undo", st.Succeeded())[-1] == "RunCompensated"


def test_crash_between_two_compensations_loses_none_and_repeats_none() -> None:
    run = booked("flight", "hotel")
    run.fail("car")
    run.undo("hotel")
    run.crash()
    assert run.flights == {"flight.undo": 1}
    assert run.undo("flight")[-1] == "RunCompensated"


def test_what_was_undone_has_a_new_key_and_so_has_what_undid_it() -> None:
    run = booked("flight", "hotel")
    run.state.acts["book:7"] = Act("hotel", "{}", WriteStatus.DONE, '"hotel"')
    run.state.writes["hotel"].act = "book:7"
    run.twin = run.replayed()
    run.twin.acts["book:7"] = Act("hotel", "{}", WriteStatus.DONE, '"hotel"')
    run.twin.writes["hotel"].act = "book:7"
    run.fail("car")
    run.undo("hotel")
    assert run.state.generations == {"hotel": 1, "hotel.undo": 1, "book:7": 1}
    assert run.state.acts["book:7"] == Act("hotel", "{}", None), "the act is free"


def test_report_about_a_compensation_that_is_over_changes_nothing() -> None:
    run = booked("flight", "hotel")
    run.fail("car")
    ended = st.AttemptEnded(1, "hotel.undo", 1, st.Succeeded())
    run.undo("hotel")
    assert run.tell(ended) == []
    run.undo("flight")
    assert run.tell(ended) == []
