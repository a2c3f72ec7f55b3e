"""Runs that undo what they wrote."""

from typing import Any

from podium.core import stimuli as st
from podium.core.stimuli import ParkReason, Verb
from podium.failure import FailureKind
from podium.graph.nodes import Graph, NodeKind
from podium.graph.policies import UNDO_RETRY
from tests.golden.teller import Teller
from tests.unit.core.builders import COMPENSATE, caught_by, dag, failure, machine, mapped, node, state

UNDO = "cancel@1"


def trip(*written: str, **more: Any) -> Teller:
    """Return a run of three states in which some have written."""
    run = Teller(_line(**more))
    run.start()
    for path in written:
        run.write(path)
    return run


def _line(**more: Any) -> Graph:
    flight, hotel = state("flight", "hotel"), state("hotel", "car")
    return machine(flight, hotel, more.pop("car", state("car")), on_failure=COMPENSATE, **more)


def reverse_order() -> Teller:
    """Each once, the last first, and the cause is kept."""
    run = trip("flight", "hotel")
    run.fail("car", "SoldOut")
    run.cancel()
    run.undo("hotel")
    run.undo("flight")
    return run


def side_by_side() -> Teller:
    """In a DAG, with a map and a nested workflow: what does not depend on one another is undone at once."""
    inner = machine(state("x", "y"), state("y"), name="inner")
    inside = node("in", "a", kind=NodeKind.WORKFLOW, child=inner)
    run = Teller(dag(node("a"), inside, mapped("m", "a"), node("end", "in", "m"), on_failure=COMPENSATE))
    run.start()
    run.want("a", undo=UNDO)
    run.settle("a", '"a"')
    run.done("a", output="[1,2]")
    run.open("in")
    for path in ("m[1]", "in/x", "m[0]", "in/y"):
        run.write(path)
    run.done("in", output="{}")
    run.fail("end")
    for path in ("in/y", "m[0]", "m[1]", "in/x", "a"):
        run.undo(path)
    return run


def cancelled() -> Teller:
    """No failure, but undone; a write under way settles first."""
    run = trip("flight")
    run.want("hotel", undo=UNDO)
    run.cancel()
    run.settle("hotel", '"ok"')
    run.done("hotel")
    run.undo("hotel")
    run.undo("flight")
    return run


def past_its_deadline() -> Teller:
    """Undoing has all the time that it needs."""
    run = trip("flight", deadline_ms=500)
    run.time(at=1_500)
    run.stop("hotel")
    run.undo("flight")
    return run


def error_edge_that_undoes() -> Teller:
    """The machine is undone, then the edge is taken."""
    run = trip("flight", "hotel", car=state("car", handlers=(caught_by("flight", undo=True),)), max_visits=2)
    run.fail("car")
    run.undo("hotel")
    run.undo("flight")
    run.write("flight#2")
    run.write("hotel#2")
    run.done("car#2")
    return run


def error_edge_that_undoes_inside() -> Teller:
    """Only what its own machine wrote."""
    child = machine(state("x", "y"), state("y", handlers=(caught_by("z", undo=True),)), state("z"), name="inner")
    inside = state("in", "car", kind=NodeKind.WORKFLOW, child=child)
    run = Teller(machine(state("flight", "in"), inside, state("car"), on_failure=COMPENSATE))
    run.start()
    run.write("flight")
    run.open("in")
    run.write("in/x")
    run.fail("in/y")
    run.undo("in/x")
    run.done("in/z")
    run.done("in")
    run.done("car")
    return run


def compensation_that_fails_ten_times() -> Teller:
    """Each time under another key, then it parks; a person gives it other input, and it is tried again."""
    run = trip("flight", "hotel")
    run.fail("car")
    for nth in range(UNDO_RETRY.attempts):
        kind = FailureKind.NOT_SENT if nth == 1 else FailureKind.PERMANENT
        _try(run, kind)
    _try(run, FailureKind.PERMANENT)
    run.refused(st.Resolution("hotel.undo", Verb.ABORT), st.Resolution("hotel.undo", Verb.NOT_DONE))
    run.resolve("hotel.undo", Verb.SEND_AGAIN, '"other booking"')
    run.undo("hotel")
    run.undo("flight")
    return run


def _try(run: Teller, kind: FailureKind) -> None:
    run.want("hotel.undo")
    run.settle("hotel.undo", failure=failure(kind=kind))
    run.end("hotel.undo", st.Failed(failure(kind=kind)))
    if run.timers:
        run.time("hotel.undo", at=run.timers["hotel.undo"])


def compensation_that_is_skipped() -> Teller:
    """A person leaves the write as it is, and says why; what waits for it goes on."""
    run = trip("flight", "hotel")
    run.fail("car")
    run.halt("hotel.undo", ParkReason.NO_UNDO)
    run.resolve("hotel.undo", Verb.SKIP)
    run.undo("flight")
    return run


def compensation_in_doubt() -> Teller:
    """It waits, parks, is sent again, is in doubt again, and was done after all."""
    run = trip("flight")
    run.fail("hotel")
    run.want("flight.undo")
    run.settle("flight.undo", doubt=failure("ReadTimeout"))
    run.hold("flight.undo", 5_000)
    run.time("flight.undo", at=5_000)
    run.halt("flight.undo", ParkReason.IN_DOUBT)
    run.refused(st.Resolution("flight.undo", Verb.SKIP))
    run.resolve("flight.undo", Verb.NOT_DONE)
    run.want("flight.undo")
    run.crash()
    run.halt("flight.undo", ParkReason.IN_DOUBT)
    run.resolve("flight.undo", Verb.DONE, "null")
    return run


def write_that_was_given_up_in_doubt() -> Teller:
    """It is undone as one that may have happened; without knowing, its compensator may not be called."""
    run = trip()
    run.want("flight", undo=UNDO)
    run.settle("flight", doubt=failure())
    run.halt("flight", ParkReason.IN_DOUBT)
    run.resolve("flight", Verb.ABORT)
    run.halt("flight.undo", ParkReason.NO_UNDO)
    run.resolve("flight.undo", Verb.DONE, "null")
    if "flight.undo" in run.flights:
        run.end("flight.undo", st.Succeeded())
    return run


def forward_only() -> Teller:
    """Past an irreversible write a failure parks, a cancel is refused, and the run goes on."""
    run = trip("flight")
    run.write("hotel", undo="", irreversible=True)
    run.refused(st.CancelWanted())
    run.fail("car")
    run.resolve("car", Verb.SEND_AGAIN)
    run.done("car")
    return run


def forward_only_given_up() -> Teller:
    """A person ends it; what can not be undone parks, and is left as it is."""
    run = trip("flight")
    run.write("hotel", undo="", irreversible=True)
    run.fail("car")
    run.resolve("car", Verb.ABORT)
    run.halt("hotel.undo", ParkReason.NO_UNDO)
    run.resolve("hotel.undo", Verb.SKIP)
    run.undo("flight")
    return run


def act_that_is_undone_may_be_done_anew() -> Teller:
    """Under a key of the next generation, after a rewind."""
    run = trip()
    run.write("flight", act="book:17")
    run.write("hotel")
    run.fail("car")
    run.undo("hotel")
    run.undo("flight")
    run.rewind()
    run.write("flight", act="book:17")
    run.write("hotel")
    run.done("car")
    return run


def rewound_past_what_was_skipped() -> Teller:
    """What a person left as it is, is found made when its step begins again."""
    run = trip("flight", "hotel")
    run.fail("car")
    run.halt("hotel.undo", ParkReason.NO_UNDO)
    run.resolve("hotel.undo", Verb.SKIP)
    run.undo("flight")
    run.rewind()
    run.write("flight")
    run.done("hotel")
    run.done("car")
    return run


def process_that_died_while_undoing() -> Teller:
    """What was undone stays so; the one under way is in doubt."""
    run = trip("flight", "hotel")
    run.fail("car")
    run.undo("hotel")
    run.want("flight.undo")
    run.crash()
    run.settle("flight.undo", "null")
    run.end("flight.undo", st.Succeeded())
    return run
