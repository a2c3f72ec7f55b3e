"""An error edge that says `undo=True`: what the machine has written is undone, then the edge is taken."""

from typing import Any

import pytest

from podium.core import stimuli as st
from podium.core.stimuli import ParkReason, Verb
from podium.graph.nodes import END, Graph, NodeKind
from tests.unit.core.builders import COMPENSATE, STOP, caught_by, dag, failure, machine, node, state
from tests.unit.core.shell import Shell

WORKFLOW = NodeKind.WORKFLOW


def trip(*, to: str = "sorry", **more: Any) -> Graph:
    """Return a machine whose third state fails into `to`, with what was booked before undone."""
    edges = (caught_by(to, undo=True),)
    flight, hotel = state("flight", "hotel"), state("hotel", "car")
    return machine(flight, hotel, state("car", handlers=edges), state("sorry"), name="trip", **more)


def booked(graph: Graph, *paths: str) -> Shell:
    run = Shell(graph)
    run.start()
    for path in paths:
        run.write(path)
    return run


@pytest.mark.parametrize("on_failure", [STOP, COMPENSATE])
def test_machine_is_undone_and_its_error_edge_is_taken_then(on_failure: object) -> None:
    run = booked(trip(on_failure=on_failure), "flight", "hotel")
    assert run.fail("car") == ["StepFailed car", "CompensationStarted car", "UndoStarted hotel.undo"]
    assert (run.status, run.step("car").status, run.state.root.active) == ("open", "undoing", 1)
    assert run.undo("hotel") == ["UndoDone hotel.undo", "UndoStarted flight.undo"]
    assert run.undo("flight") == ["UndoDone flight.undo", "CompensationEnded car", "StepStarted sorry"]
    assert run.step("sorry").caught == failure()
    assert run.done("sorry") == ["StepDone sorry", "RunCompleted"]


def test_edge_is_taken_at_once_where_nothing_was_written() -> None:
    run = booked(trip())
    run.done("flight")
    run.done("hotel")
    assert run.fail("car") == ["StepFailed car", "StepStarted sorry"]


def test_edge_is_taken_at_once_where_only_its_surroundings_wrote() -> None:
    run = Shell(machine(state("first", "in"), state("in", kind=WORKFLOW, child=trip())))
    run.start()
    run.write("first")
    run.open("in")
    run.done("in/flight")
    run.done("in/hotel")
    assert run.fail("in/car") == ["StepFailed in/car", "StepStarted in/sorry"]


def test_edge_to_the_end_completes_the_machine() -> None:
    run = booked(trip(to=END), "flight", "hotel")
    run.fail("car")
    run.undo("hotel")
    assert run.undo("flight") == ["UndoDone flight.undo", "CompensationEnded car", "RunCompleted"]


def test_write_of_the_failed_state_is_undone_first() -> None:
    run = booked(trip(), "flight", "hotel")
    run.want("car", undo="cancel@1")
    run.settle("car", '"ok"')
    assert run.fail("car")[-1] == "UndoStarted car.undo"


def test_what_lies_in_other_machines_stays() -> None:
    """Only the machine of the failed state is undone, with what is nested in it."""
    pair = machine(state("x", "y"), state("y"), name="pair")
    edges = (caught_by("sorry", undo=True),)
    states = [state("a", "in"), state("in", "b", kind=WORKFLOW, child=pair), state("b", handlers=edges)]
    inner = machine(*states, state("sorry"))
    run = Shell(machine(state("first", "m"), state("m", kind=WORKFLOW, child=inner), on_failure=COMPENSATE))
    run.start()
    run.write("first")
    run.open("m")
    run.write("m/a")
    run.open("m/in")
    run.write("m/in/x")
    run.write("m/in/y")
    run.done("m/in")
    assert run.fail("m/b")[1:] == ["CompensationStarted m/b", "UndoStarted m/in/y.undo"]
    assert run.undo("m/in/y")[-1] == "UndoStarted m/in/x.undo"
    assert run.undo("m/in/x")[-1] == "UndoStarted m/a.undo"
    assert run.undo("m/a")[-1] == "StepStarted m/sorry"
    assert list(run.state.writes) == ["first"]


def test_workflow_that_failed_is_undone_with_what_it_did() -> None:
    pair = machine(state("x", "y"), state("y"), name="pair")
    edges = (caught_by("sorry", undo=True),)
    run = Shell(machine(state("in", kind=WORKFLOW, child=pair, handlers=edges), state("sorry")))
    run.start()
    run.open("in")
    run.write("in/x")
    assert run.fail("in/y")[-2:] == ["CompensationStarted in", "UndoStarted in/x.undo"]
    assert run.undo("in/x")[-1] == "StepStarted sorry"
    assert set(run.state.steps) == {"sorry"}, "nothing of it is left"


def two_trips(**more: object) -> Shell:
    """Return a run of two trips side by side."""
    trips = [node(name, kind=WORKFLOW, child=trip()) for name in ("one", "two")]
    run = Shell(dag(*trips, node("end", "one", "two"), **more))
    run.start()
    for name in ("one", "two"):
        run.open(name)
        run.write(f"{name}/flight")
        run.write(f"{name}/hotel")
    return run


def test_machines_side_by_side_are_undone_side_by_side() -> None:
    run = two_trips()
    run.fail("one/car")
    run.fail("two/car")
    assert set(run.state.sagas) == {"one", "two"}
    run.undo("two/hotel")
    run.undo("one/hotel")
    assert run.undo("one/flight")[-1] == "StepStarted one/sorry"
    run.done("one/sorry")
    assert run.done("one") == ["StepDone one"]
    assert run.undo("two/flight")[-1] == "StepStarted two/sorry"


def test_run_that_is_called_off_meanwhile_ends_after_it() -> None:
    run = two_trips(on_failure=COMPENSATE)
    run.fail("one/car")
    run.cancel()
    run.stop("two/car")
    assert (run.flights, run.stopped) == ({"one/hotel.undo": 1}, set())
    run.undo("one/hotel")
    assert run.undo("one/flight") == [
        "UndoDone one/flight.undo",
        "CompensationEnded one/car",
        "StepStarted one/sorry",
        "StepCancelled one/sorry",
        "StepCancelled one",
        "CompensationStarted",
        "UndoStarted two/hotel.undo",
    ]
    run.undo("two/hotel")
    assert run.undo("two/flight")[-1] == "RunCompensated"


def test_compensation_between_two_tries_is_not_given_up_with_the_run() -> None:
    run = two_trips()
    run.fail("one/car")
    run.fail("one/hotel.undo", retry_at=2_000)
    assert run.fail("two/car")[-1] == "UndoStarted two/hotel.undo"
    run.hold("two/hotel.undo", 3_000)
    assert run.cancel() == ["CancelAsked"]
    assert run.at("backoff") | run.at("postponed") == {"one/hotel.undo", "two/hotel.undo"}
    assert run.time("one/hotel.undo", at=2_000) == ["StepResumed one/hotel.undo"]


def test_parked_compensation_holds_its_machine_only() -> None:
    run = two_trips()
    run.fail("one/car")
    run.halt("one/hotel.undo", ParkReason.NO_UNDO)
    run.fail("two/car")
    run.undo("two/hotel")
    assert run.undo("two/flight")[-1] == "StepStarted two/sorry"
    assert run.resolve("one/hotel.undo", Verb.SKIP) == ["UndoSkipped one/hotel.undo", "UndoStarted one/flight.undo"]


@pytest.mark.parametrize(("to", "restarted"), [("sorry", ["StepRestarted one/sorry"]), (END, ["ScopeClosed one"])])
def test_retry_of_a_run_goes_on_where_the_error_edge_led(to: str, restarted: list[str]) -> None:
    """What was undone is not taken for done: the state that failed does not begin again."""
    run = Shell(dag(node("one", kind=WORKFLOW, child=trip(to=to)), node("b"), node("end", "one", "b")))
    run.start()
    run.open("one")
    run.write("one/flight")
    run.done("one/hotel")
    run.fail("one/car")
    run.fail("b")
    assert run.undo("one/flight")[-2:] == ["StepCancelled one", "RunFailed"]
    assert run.retry() == ["RunRetried", "StepRestarted b", *restarted]


def test_crash_in_between_loses_nothing() -> None:
    run = booked(trip(), "flight", "hotel")
    run.fail("car")
    run.crash()
    run.undo("hotel")
    run.crash()
    assert run.flights == {"flight.undo": 1}
    assert run.undo("flight")[-1] == "StepStarted sorry"


def test_state_that_was_given_up_in_doubt_is_undone_like_others() -> None:
    run = booked(trip())
    run.done("flight")
    run.done("hotel")
    run.want("car", undo="cancel@1")
    run.settle("car", doubt=failure())
    run.halt("car", ParkReason.IN_DOUBT)
    assert run.resolve("car", Verb.ABORT)[-2:] == ["CompensationStarted car", "UndoStarted car.undo"]
    assert run.end("car.undo", st.Succeeded())[-1] == "StepStarted sorry"
